import type Database from 'better-sqlite3';
import type { Timers } from '../../src/base/timers.ts';
import { SHOWING_MS } from '../../src/door/signals.ts';
import { type Journal, JournalFault } from '../../src/journal/journal.ts';
import type { Decision, History } from '../../src/policy/decide.ts';
import type { DayTime } from './day-time.ts';

/** A kiosk with a known mistake, made around the real parts: what the promises must catch. */
export interface Mutant {
  readonly journal?: (journal: Journal, time: DayTime) => Journal;
  readonly timers?: (timers: Timers) => Timers;
  /** What becomes of an opened file. */
  readonly file?: (db: Database.Database) => void;
  readonly forgetsRevocations?: boolean;
  readonly hidesLostSignal?: boolean;
  /** Also when nobody vouches for the clock. */
  readonly purgesByAnyClock?: boolean;
  readonly opensTwiceForStaff?: boolean;
}

/** The journal with some of its calls answered otherwise. */
function altered(journal: Journal, calls: Partial<Journal>): Journal {
  return new Proxy(journal, {
    get(target, name) {
      const own: unknown = Reflect.get(calls, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const withHistory =
  (change: (history: History, time: DayTime) => History) =>
  (journal: Journal, time: DayTime): Journal =>
    altered(journal, {
      judge: (subject, decide) => journal.judge(subject, (history) => decide(change(history, time))),
    });

const ADMITTED: Decision = {
  verdict: 'admit',
  reason: 'ok',
  rule: null,
  validFromMs: null,
  validUntilMs: null,
  advice: null,
};

/** The commit waits until the next transaction, or the end of the file. */
function commitLate(db: Database.Database): void {
  const transaction = (body: () => unknown): { immediate(): unknown } => ({
    immediate() {
      if (db.inTransaction) db.exec('COMMIT');
      db.exec('BEGIN IMMEDIATE');
      try {
        return body();
      } catch (thrown) {
        db.exec('ROLLBACK');
        throw thrown;
      }
    },
  });
  db.transaction = transaction as typeof db.transaction;
}

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'act-then-record': { file: commitLate },
  'dropped-passback': { journal: withHistory((history) => ({ ...history, lastUse: null })) },
  'wall-clock-passback': {
    journal: withHistory((history, time) => ({
      ...history,
      lastUse: history.lastUse === null ? null : { agoMs: history.lastUse.agoMs + time.wrongByMs },
    })),
  },
  'lost-shown': { journal: (journal) => altered(journal, { shown: () => {} }) },
  'dropped-doubt': { journal: withHistory((history) => ({ ...history, unshownAdmission: false })) },
  'staff-without-use': {
    journal: (journal) =>
      altered(journal, { recordStaff: (of, choice) => journal.record({ type: `staff-${choice}`, of }) }),
  },
  'staff-unrecorded': { opensTwiceForStaff: true },
  'fault-admits': {
    journal: (journal) =>
      altered(journal, {
        judge(subject, decide) {
          try {
            return journal.judge(subject, decide);
          } catch (thrown) {
            if (!(thrown instanceof JournalFault)) throw thrown;
            return { seq: journal.size(), decision: ADMITTED };
          }
        },
      }),
  },
  'purge-by-any-clock': { purgesByAnyClock: true },
  'no-timer': {
    timers: (timers) => ({
      after: (delayMs, callback) =>
        delayMs === SHOWING_MS.admit || delayMs === SHOWING_MS.refuse ? () => {} : timers.after(delayMs, callback),
    }),
  },
  'forgotten-revocations': { forgetsRevocations: true },
  'lost-signal-unnoticed': { hidesLostSignal: true },
  'lost-entry': {
    // What a power cut does to a log that is not synchronised: its newest entries are gone at the next start.
    file: (db) => void db.exec('DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry) AND seq > 20'),
  },
};
