import { Worker } from 'node:worker_threads';
import { reasonOf } from '../base/assert.ts';
import { err, type Result } from '../base/result.ts';
import type { Environment } from '../settings/schema.ts';
import {
  FOUND,
  type Found,
  type Imported,
  type ImportJob,
  type ImportMessage,
  type ImportTask,
} from './import-protocol.ts';

/**
 * Imports loose keys or a signed list into the trust store in a thread of its own: thousands of keys take seconds to parse, and the door
 * must not wait for them. Never rejects; an error is one sentence and has changed nothing.
 * @param record called here when all are found good and before any is stored; what it throws stops the import
 */
export function importDocuments(
  path: string,
  environment: Environment,
  task: ImportTask,
  record: (found: Found) => void,
  workerUrl: URL = new URL('./import-worker.js', import.meta.url),
): Promise<Result<Imported, string>> {
  const answer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const job: ImportJob = { path, environment, task, answer };
  const worker = new Worker(workerUrl, { workerData: job });
  return new Promise((resolve) => {
    let refusal: string | null = null;
    worker.on('message', (message: ImportMessage) => {
      if (message.kind === 'done') {
        resolve(refusal === null ? message.result : err(refusal));
        return;
      }
      const flag = new Int32Array(answer);
      try {
        record(message.found);
        Atomics.store(flag, 0, FOUND.record);
      } catch (thrown) {
        refusal = `the import cannot be recorded (${reasonOf(thrown)}): free some space, then try again`;
        Atomics.store(flag, 0, FOUND.refuse);
      }
      Atomics.notify(flag, 0);
    });
    worker.once('error', (thrown) => resolve(err(`the import failed: ${thrown.message}; nothing was changed`)));
    worker.once('exit', () => resolve(err('the import ended early; nothing was changed')));
  });
}
