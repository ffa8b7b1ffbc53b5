import type { Entry, Note } from './entry.ts';
import { DamagedJournal, type Occupancy } from './journal.ts';
import type { Statements } from './statements.ts';

/**
 * The count is written down once in so many entries, not with each: every admission would pay for one page more, and
 * a start reads back over a thousand entries in milliseconds.
 */
export const FOLD_EVERY_ENTRIES = 1_000;

/** How many people are inside after one more entry. Nobody counts below none: there are other ways out. */
export function countAfter(before: Occupancy, note: Note, wallMs: number): Occupancy {
  switch (note.type) {
    case 'shown':
      return { ...before, inside: before.inside + 1 };
    case 'counted-out':
      return { ...before, inside: Math.max(0, before.inside - note.count) };
    case 'counted-reset':
      return { inside: 0, sinceMs: wallMs };
    default:
      return before;
  }
}

/** The entries behind number `seq` that change the count. */
function countedAfter(statements: Statements, seq: number): readonly Entry[] {
  // The bytes are ours: what wrote them is entry.ts, and their leaf hashes have just been checked.
  return statements.countedFrom.all(seq).map(({ bytes }) => JSON.parse(bytes.toString('utf8')) as Entry);
}

/** The admissions whose opening is recorded behind number `seq`. */
export function shownAfter(statements: Statements, seq: number): ReadonlySet<number> {
  return new Set(countedAfter(statements, seq).flatMap((entry) => (entry.type === 'shown' ? [entry.of] : [])));
}

/**
 * People inside, in memory and as the entries tell it. An admission counts when its signal was given, by hand or not:
 * after a power cut whoever found the door shut is asked again and counted once.
 */
export class HeadCount {
  #now: Occupancy;

  /** @param size the number of entries; the count is at most two folds behind it */
  constructor(statements: Statements, size: number) {
    const folded = statements.foldedCount.get();
    const from = Math.max(folded?.seq ?? -1, size - 1 - 2 * FOLD_EVERY_ENTRIES);
    const isSound = [folded?.seq, folded?.inside, folded?.since_ms].every((each) => Number.isSafeInteger(each ?? 0));
    if (!isSound) throw new DamagedJournal('the count of people is damaged');
    let now: Occupancy = { inside: folded?.inside ?? 0, sinceMs: folded?.since_ms ?? 0 };
    for (const entry of countedAfter(statements, from)) now = countAfter(now, entry, entry.wallMs);
    this.#now = now;
  }

  /** The count with admissions whose signal was given and whose entry waits for the next commit. */
  after(pendingShown: number): Occupancy {
    return { ...this.#now, inside: this.#now.inside + pendingShown };
  }

  /**
   * Inside a transaction, once its `shown` entries are written: stores the count if it is due. Nothing in memory
   * changes, because the transaction may yet fail.
   */
  fold(statements: Statements, nextSeq: number, pendingShown: number): void {
    const folded = statements.foldedCount.get()?.seq ?? -1;
    if (nextSeq - 1 - folded < FOLD_EVERY_ENTRIES) return;
    const { inside, sinceMs } = this.after(pendingShown);
    statements.foldCount.run(nextSeq - 1, inside, sinceMs);
  }

  /** So many `shown` entries were committed. */
  shown(count: number): void {
    this.#now = this.after(count);
  }

  /** An entry was committed. */
  noted(note: Note, wallMs: number): void {
    this.#now = countAfter(this.#now, note, wallMs);
  }
}
