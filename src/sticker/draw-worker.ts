import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../base/assert.ts';
import { type DrawJob, drawInThread } from './draw-in-thread.ts';

assert(parentPort !== null, 'the draw worker has a parent');
const { face, paper }: DrawJob = workerData;
parentPort.postMessage(drawInThread(face, paper));
