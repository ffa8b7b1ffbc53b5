import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../base/assert.ts';
import { type SlipJob, slipPicture } from './slip-picture.ts';

assert(parentPort !== null, 'the slip worker has a parent');
const job: SlipJob = workerData;
parentPort.postMessage(slipPicture(job));
