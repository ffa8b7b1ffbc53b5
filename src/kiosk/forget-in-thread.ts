import { Worker } from 'node:worker_threads';
import { reasonOf } from '../base/assert.ts';
import { asidesOf, type ForgetJob } from '../journal/forget-aside.ts';
import type { VerifierKey } from '../journal/signed-note.ts';
import type { Log } from './log.ts';

/** A journal of any size is read row by row; a thread that needs more has met damage that makes it, and ends alone. */
const HEAP_MIB = 64;

/**
 * Sees to it that damaged journals forget in a thread of its own, one at a time: they may be as large as the journal, and
 * the door waits for nobody. Whatever becomes of the thread, the kiosk goes on, and asks again.
 * @returns for `SqliteJournal`, see `forgetAside` there
 */
export function forgetInThread(
  path: string,
  key: VerifierKey,
  log: Log,
  workerUrl: URL = new URL('./forget-aside-worker.js', import.meta.url),
): (untilMs: number, latestMs: number) => number | null {
  let isAtWork = false;
  const done = new Set<string>();
  const kept = (fault: string): void => log('damaged-journal-kept', { fault });
  const begin = (job: ForgetJob): void => {
    const worker = new Worker(workerUrl, { workerData: job, resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB } });
    isAtWork = true;
    // A kiosk that stops waits for no thread: the next one begins again where this was ended.
    worker.unref();
    worker.once('error', (thrown) => kept(thrown.message));
    worker.once('message', (later: readonly string[]) => {
      for (const file of job.files) if (!later.includes(file)) done.add(file);
      if (later.length > 0) kept('it is being read, or the disk refuses');
    });
    worker.once('exit', () => {
      isAtWork = false;
    });
  };
  return (untilMs, latestMs) => {
    try {
      const asides = asidesOf(path, latestMs);
      const files = asides.filter(({ file, sinceMs }) => sinceMs < untilMs && !done.has(file)).map(({ file }) => file);
      if (!isAtWork && files.length > 0) begin({ files, key });
      return asides.length === 0 ? null : Math.max(...asides.map(({ atMs }) => atMs));
    } catch (thrown) {
      kept(reasonOf(thrown));
      return latestMs;
    }
  };
}
