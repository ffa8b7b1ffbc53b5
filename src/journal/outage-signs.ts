import { MINUTE_MS } from '../base/time.ts';
import type { Entry } from './entry.ts';
import type { OutageCause } from './outage.ts';

/** A sign of life comes each minute: when one is missing and the next is due, what it told is not known any more. */
const TOLD_WITHIN_MS = 2 * MINUTE_MS;

/** What each sign of life tells of. */
export type ToldCause = Extract<OutageCause, 'scanner' | 'signal' | 'trust-stale' | 'trust-expired'>;
const TOLD: ReadonlySet<OutageCause> = new Set<ToldCause>(['scanner', 'signal', 'trust-stale', 'trust-expired']);

export const isTold = (cause: OutageCause): cause is ToldCause => TOLD.has(cause);

/** Whether an entry says by itself that this is so. */
export function tells(cause: ToldCause, entry: Entry): boolean {
  if (cause === 'trust-stale' || cause === 'trust-expired') {
    return entry.type === 'health' && `trust-${entry.trust}` === cause;
  }
  if (entry.type === 'health') return entry[cause] !== 'ready';
  return (entry.type === 'device-lost' || entry.type === 'device-fault') && entry.device === cause;
}

/** Neighbours between which a sign of life was due and did not come: a kiosk that hung, or a disk that took nothing. */
const isPause = (before: Entry, after: Entry): boolean =>
  after.seq === before.seq + 1 && after.monoMs - before.monoMs > MINUTE_MS;

/**
 * Whether each place of a stretch comes within two minutes of an entry that says so, without the time in which nothing
 * was written, as two neighbours show.
 * @param places numbers of entries, the last of the stretch among them
 * @param shown the first entry of the stretch and all that are shown of it, in the order of the log
 */
export function isToldThroughout(cause: ToldCause, places: ReadonlySet<number>, shown: readonly Entry[]): boolean {
  let untoldMs = 0;
  let last: Entry | null = null;
  for (const entry of shown) {
    if (last !== null && last.boot !== entry.boot) return false;
    if (last === null || tells(cause, entry)) untoldMs = 0;
    else if (!isPause(last, entry)) untoldMs += entry.monoMs - last.monoMs;
    if (untoldMs > TOLD_WITHIN_MS && places.has(entry.seq)) return false;
    last = entry;
  }
  return true;
}

/**
 * The numbers of the entries by which `isToldThroughout` holds for a stretch: for each of its places the last sign of
 * life before it, and the neighbours of each pause since.
 * @param entries all of the stretch, in the order of the log
 */
export function signsFor(cause: ToldCause, places: ReadonlySet<number>, entries: Iterable<Entry>): ReadonlySet<number> {
  const signs = new Set<number>();
  let sinceTold: number[] = [];
  let last: Entry | null = null;
  for (const entry of entries) {
    if (last === null || tells(cause, entry)) sinceTold = [entry.seq];
    else if (isPause(last, entry)) sinceTold.push(last.seq, entry.seq);
    if (places.has(entry.seq)) for (const seq of sinceTold) signs.add(seq);
    last = entry;
  }
  return signs;
}
