import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../base/assert.ts';
import { type ForgetJob, forgetAside } from '../journal/forget-aside.ts';

assert(parentPort !== null, 'the worker that forgets has a parent');
const job: ForgetJob = workerData;
parentPort.postMessage(forgetAside(job));
