import { Worker } from 'node:worker_threads';
import { reasonOf } from '../base/assert.ts';
import { dueAside, type ForgetJob } from '../journal/forget-aside.ts';
import type { VerifierKey } from '../journal/signed-note.ts';
import type { Log } from './log.ts';

/** A journal of any size is read row by row; a thread that needs more has met damage that makes it, and ends alone. */
const HEAP_MIB = 64;

/**
 * Sees to it that damaged journals forget in a thread of its own, one at a time: they may be as large as the journal, and
 * the door waits for nobody. Whatever becomes of the thread, the kiosk goes on, and asks again.
 * @returns for `SqliteJournal`: begins what is due before a time in milliseconds since the epoch
 */
export function forgetInThread(
  path: string,
  key: VerifierKey,
  log: Log,
  workerUrl: URL = new URL('./forget-aside-worker.js', import.meta.url),
): (untilMs: number) => void {
  let isAtWork = false;
  const done = new Set<string>();
  const kept = (fault: string): void => log('damaged-journal-kept', { fault });
  const begin = (due: readonly string[], job: ForgetJob): void => {
    const worker = new Worker(workerUrl, { workerData: job, resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB } });
    isAtWork = true;
    // A kiosk that stops waits for no thread: the next one begins again where this was ended.
    worker.unref();
    worker.once('error', (thrown) => kept(thrown.message));
    worker.once('message', (later: readonly string[]) => {
      for (const file of due) if (!later.includes(file)) done.add(file);
      if (later.length > 0) kept('it is being read, or the disk refuses');
    });
    worker.once('exit', () => {
      isAtWork = false;
    });
  };
  return (untilMs) => {
    if (isAtWork) return;
    try {
      const due = dueAside(path, untilMs).filter((file) => !done.has(file));
      if (due.length > 0) begin(due, { path, untilMs, key });
    } catch (thrown) {
      kept(reasonOf(thrown));
    }
  };
}
