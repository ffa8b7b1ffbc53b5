import { Worker } from 'node:worker_threads';
import { err, type Result } from './result.ts';
import { realTimers, type Timers } from './timers.ts';

export interface ThreadSurroundings {
  readonly workerUrl: URL;
  /** A thread that takes longer hangs, and is ended. */
  readonly deadlineMs: number;
  readonly timers?: Timers;
}

/**
 * Does a job in a thread of its own that ends with it, so that the lines of the kiosk do not wait. The thread posts one
 * `Result` whose error is a sentence. Never rejects.
 * @param what the work in words, as the subject of a sentence
 */
export function inThread<T>(
  job: unknown,
  what: string,
  { workerUrl, deadlineMs, timers = realTimers }: ThreadSurroundings,
): Promise<Result<T, string>> {
  const worker = new Worker(workerUrl, { workerData: job });
  return new Promise((resolve) => {
    const finish = (outcome: Result<T, string>): void => {
      cancelDeadline();
      resolve(outcome);
      void worker.terminate();
    };
    const cancelDeadline = timers.after(deadlineMs, () => {
      finish(err(`drawing ${what} took longer than ${deadlineMs / 1_000} s: try again`));
    });
    worker.once('message', finish);
    worker.once('error', (thrown) => finish(err(`${what} could not be drawn: ${thrown.message}`)));
    worker.once('exit', () => finish(err(`${what} could not be drawn: its thread ended early`)));
  });
}
