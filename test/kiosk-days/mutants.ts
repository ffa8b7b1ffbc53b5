import type Database from 'better-sqlite3';
import type { Timers } from '../../src/base/timers.ts';
import { SHOWING_MS } from '../../src/door/signals.ts';
import { type Journal, JournalFault } from '../../src/journal/journal.ts';
import type { Decision, History } from '../../src/policy/decide.ts';
import type { DayTime } from './day-time.ts';

/** A known mistake of a kiosk, made around the real parts. */
export interface Flaw {
  readonly journal?: (journal: Journal, time: DayTime) => Journal;
  readonly timers?: (timers: Timers) => Timers;
  /** What becomes of an opened file. */
  readonly file?: (db: Database.Database) => void;
  /** What the process finds when it starts. */
  readonly found?: (db: Database.Database) => void;
  readonly forgetsRevocations?: boolean;
  readonly hidesLostSignal?: boolean;
  /** Also when nobody vouches for the clock. */
  readonly purgesByAnyClock?: boolean;
}

/** A mistake that the promises must catch. */
export interface Mutant extends Flaw {
  /** What a catch looks like: the promise that it breaks. A mutant that merely fails is not caught. */
  readonly symptom: RegExp;
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

/** A power cut takes away the newest admission, and what was written after it. */
const LOSE_ADMISSION = `DELETE FROM entry WHERE seq >=
  (SELECT max(seq) FROM entry WHERE json_extract(CAST(bytes AS TEXT), '$.verdict') = 'admit')`;

const UNRECORDED = /^the door opens for entry \d+, which is not on the disk as an admission$/;
const USE_FORGOTTEN = / is judged .*; expected (assist|refuse): already-used$/;

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'act-then-record': { file: commitLate, symptom: UNRECORDED },
  'dropped-passback': {
    journal: withHistory((history) => ({ ...history, lastUse: null })),
    symptom: USE_FORGOTTEN,
  },
  'wall-clock-passback': {
    journal: withHistory((history, time) => ({
      ...history,
      lastUse: history.lastUse === null ? null : { agoMs: history.lastUse.agoMs + time.wrongByMs },
    })),
    symptom: / is judged .*already-used$| is judged \w+: already-used; expected (?!.*already-used)/,
  },
  'lost-shown': {
    journal: (journal) => altered(journal, { shown: () => {} }),
    symptom: /^people inside: |^the opening of entry \d+ was never recorded$/,
  },
  'dropped-doubt': {
    journal: withHistory((history) => ({ ...history, unshownAdmission: false })),
    symptom: / is judged .*; expected assist: already-used$/,
  },
  'staff-without-use': {
    journal: (journal) =>
      altered(journal, {
        recordStaff: (of, choice, because) => journal.record({ type: `staff-${choice}`, of, because }),
      }),
    symptom: / is judged .*; expected (assist|refuse): already-used$| is forgotten( inside its window)?$/,
  },
  'staff-unrecorded': {
    // Answers with the number that the entry would have had.
    journal: (journal) => altered(journal, { recordStaff: () => journal.size() }),
    symptom: new RegExp(`${UNRECORDED.source}|^a decision of staff is not recorded once$`),
  },
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
    symptom: new RegExp(`${UNRECORDED.source}|^the signal is for entry \\d+, the verdict is entry null$`),
  },
  'purge-by-any-clock': {
    purgesByAnyClock: true,
    symptom: /^personal rows were deleted by a clock that nobody vouches for$/,
  },
  'no-timer': {
    timers: (timers) => ({
      after: (delayMs, callback) =>
        delayMs === SHOWING_MS.admit || delayMs === SHOWING_MS.refuse ? () => {} : timers.after(delayMs, callback),
    }),
    symptom: /^the door: \{"state":"showing".*, expected |^a press that came too late is not recorded$/,
  },
  'forgotten-revocations': { forgetsRevocations: true, symptom: / is judged .*; expected refuse: revoked$/ },
  'lost-signal-unnoticed': { hidesLostSignal: true, symptom: /^the door: .*, expected \{"state":"out-of-service"/ },
  'lost-entry': {
    found: (db) => void db.exec(LOSE_ADMISSION),
    symptom: /^\d+ entries that were recorded are lost, with [1-9]/,
  },
};
