import type { FormatName, Kind, Pass } from '../pass/pass.ts';
import type { Decision, History } from '../policy/decide.ts';
import type { Facts } from '../policy/facts.ts';
import type { Policy } from '../policy/policy.ts';
import type { StaffReason } from '../policy/staff-reasons.ts';
import type { LastEnd, Note } from './entry.ts';
import type { LogKey } from './log-key.ts';
import type { WitnessBook } from './witness.ts';

/** What a scan leaves in its entry beside the decision. */
export interface ScanSubject {
  readonly pass: Pass | null;
  readonly facts: Facts | null;
  readonly format: FormatName | null;
  readonly kind: Kind | null;
  readonly issuer: string | null;
  readonly policy: string;
  readonly reuse: Policy['reuse'] | null;
  /** How the policy counts this pass; `none` for a scan without a genuine pass. */
  readonly reuseMode: Policy['reuse']['mode'];
}

export interface Judged {
  readonly seq: number;
  readonly decision: Decision;
}

export interface StickerRecord {
  /** The short id, the sticker's `jti`. */
  readonly id: string;
  /** The pass whose use key the sticker shares; null for a sticker issued on papers alone. */
  readonly pass: Pass | null;
  readonly of: number | null;
  readonly kind: Kind;
  readonly via: string;
  readonly untilMs: number;
}

/** How many people are inside, by what the entries say. */
export interface Occupancy {
  readonly inside: number;
  /** When the count last began at nobody, in milliseconds since the epoch by the clock of that time; 0 for never. */
  readonly sinceMs: number;
}

/** Disk space that the journal gives up when the disk is full. */
export interface HeldBack {
  /** It is given up, or not yet whole again: somebody must make room. */
  readonly isLow: boolean;
  /** Brings it one step nearer to being whole, where the disk has room for that. */
  grow(): void;
}

/** The disk did not take an entry: nothing of it is stored. `detail` names the fault, for the journal and staff. */
export class JournalFault extends Error {
  override readonly name = 'JournalFault';
}

/** What is stored is not what was written. */
export class DamagedJournal extends JournalFault {}

/**
 * The append-only log. Every writing call is synchronous and durable when it returns, or throws `JournalFault` and has
 * stored nothing.
 */
export interface Journal {
  /** How the run before this one ended, as its last entry tells. */
  readonly lastEnd: LastEnd;
  /** What is known of a pass, without judging it. */
  historyOf(pass: Pass): History;
  /** The space that is held back for the day the disk is full; null where none is. */
  readonly reserve: HeldBack | null;
  /** Reads earlier uses, decides, writes entry and use, commits: one transaction. */
  judge(subject: ScanSubject, decide: (history: History) => Decision): Judged;
  /** The signal of an admission was given: written with the next commit, or by `flush`. */
  shown(of: number): void;
  flush(): void;
  record(note: Note): number;
  /** Staff ended an assist; an admitted pass counts as used from here on. */
  recordStaff(of: number, choice: 'admitted' | 'refused', because: StaffReason): number;
  recordSticker(sticker: StickerRecord): number;
  /** False where no such sticker was issued here. */
  revokeSticker(id: string): boolean;
  isStickerRevoked(id: string): boolean;
  /**
   * Removes salts and facts past 28 days and use keys past their end; says so in an entry if there were any.
   * @returns false while what was removed still lies in the write-ahead log: to be called again soon
   */
  purge(nowMs: number): boolean;
  /** Admissions whose signal was given, less the people who were counted out. */
  occupancy(): Occupancy;
  /**
   * Signs the log as it is now and keeps the signed note, which is returned; not anew while nothing has been added.
   * @param extensions lines that the note says beside its time
   */
  checkpoint(key: LogKey, extensions?: readonly string[]): string;
  /** What this kiosk and others vouch for of each other's logs: one transaction. */
  witness<T>(act: (book: WitnessBook) => T): T;
  size(): number;
  /** Wall time of the newest entry, or null before the first. */
  lastAtMs(): number | null;
  /** Wall time of the newest entry made under a trusted clock, or null; see `TrustedTime` for a clock that leaps. */
  lastTrustedMs(): number | null;
  /** Wall time at which this log took the place of a damaged one; null where it did not. */
  continuedAtMs(): number | null;
  /** Until when used passes may be shown of which nothing is known any more, for their key was lost; null for none. */
  forgottenUntilMs(): number | null;
  /** What is stored was found to be damaged: the next call sets the file aside and goes on in a new log. */
  distrust(problem: string): void;
  close(): void;
}
