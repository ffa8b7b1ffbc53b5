import { formatInstant } from '../base/time.ts';
import type { LogBefore } from './entry-stamp.ts';

/** What can be wrong with a log, each with the entries it is about. */
export const PROBLEM_CODES = [
  /** An entry is not in the form in which a kiosk writes it. */
  'entry-unreadable',
  /** A number is missing, double or out of order. */
  'seq-broken',
  /** Within one boot time went back, or a boot came again. */
  'stamp-impossible',
  'checkpoint-unreadable',
  /** Signed by none of the keys given. */
  'checkpoint-foreign',
  'checkpoint-forged',
  /** The entries are not the ones that were signed. */
  'root-differs',
  /** The log signed more entries than are here. */
  'log-short',
  /** Entries after the last checkpoint, where there must be none. */
  'unsigned-tail',
  'no-checkpoint',
  'witness-unreadable',
  'witness-foreign',
  'witness-forged',
  /** A witness was shown other entries. */
  'witness-differs',
  /** A witness was shown more entries. */
  'witness-longer',
  /** Entries bear a time that a witness rules out. */
  'time-contradicts-witness',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface LogProblem {
  readonly code: ProblemCode;
  /** The first entry that it is about, or the size of the checkpoint; null where neither is known. */
  readonly seq: number | null;
  /** The last entry that it is about. */
  readonly upTo: number | null;
}

/** More problems than this are counted, not listed. */
export const MAX_PROBLEMS = 100;

/** What a check of a log, or of a stretch of it, came to. */
export interface LogReport {
  readonly origin: string | null;
  /** The log before this one, where a damaged disk has ended that. */
  readonly continues: LogBefore | null;
  /** The first entry looked at, and the number of entries up to the end. */
  readonly from: number;
  readonly size: number;
  readonly firstAtMs: number | null;
  readonly lastAtMs: number | null;
  /** Checkpoints whose signature holds and whose entries are these. */
  readonly checkpoints: number;
  /** How many entries the last of them vouches for. */
  readonly signedSize: number | null;
  readonly problems: readonly LogProblem[];
  /** Problems beyond those listed. */
  readonly furtherProblems: number;
  /** How many entries a witness vouches for. */
  readonly witnessedSize: number | null;
  /** The witnesses that have countersigned so many; none where the checkpoint was only kept elsewhere. */
  readonly witnessedBy: readonly string[];
  /** Whoever has the kiosk's key could have written what came later anew. */
  readonly unwitnessedSinceMs: number | null;
}

/** The report as JSON, times in RFC 3339: what both verifiers print. */
export function reportJson(report: LogReport): string {
  const { firstAtMs, lastAtMs, unwitnessedSinceMs, ...plain } = report;
  const at = (ms: number | null): string | null => (ms === null ? null : formatInstant(ms));
  return JSON.stringify({
    ...plain,
    firstAt: at(firstAtMs),
    lastAt: at(lastAtMs),
    unwitnessedSince: at(unwitnessedSinceMs),
  });
}
