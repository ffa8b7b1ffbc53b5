import { formatInstant } from '../base/time.ts';
import type { LogBefore } from './entry-stamp.ts';

/** What can be wrong with a log, each with the entries it is about. */
export const PROBLEM_CODES = [
  /** The first entries are not here, and nobody asked to leave them out. */
  'beginning-missing',
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
  /** A key has signed again after another one had taken its place. */
  'key-returned',
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
  /** The same, where the log's own heads do not fit the entries either: nothing shows that its key has signed both. */
  'witness-differs-too',
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
  /** The file with the checkpoint of a witness, where it came in one. */
  readonly file?: string;
}

/** Entries that one name of the log has signed; each key of a log has a name of its own. */
export interface SignedStretch {
  readonly origin: string;
  readonly from: number;
  readonly upTo: number;
}

/** More problems than this are counted, not listed. */
export const MAX_PROBLEMS = 100;

/** What a check of a log, or of a stretch of it, came to. */
export interface LogReport {
  /** An export, and not the log in the kiosk: it may be older than a checkpoint that was kept since. */
  readonly exported: boolean;
  readonly origin: string | null;
  /** Who signed what, in order: more than one where the kiosk's key was lost. */
  readonly signedBy: readonly SignedStretch[];
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
  /** Keys of witnesses by which no countersignature is, as name and id: another key was given in their place. */
  readonly unusedWitnessKeys: readonly string[];
  /** Checkpoints of witnesses that cover only entries before those that are here; null where there are none. */
  readonly uncheckedWitnesses: { readonly count: number; readonly largest: number } | null;
  /** Whoever has the kiosk's key could have written what came later anew; null where no sure clock tells. */
  readonly unwitnessedSinceMs: number | null;
}

/** Nothing is wrong with what is here, but it is not the whole log and nobody asked for a part. */
export const isSoundPart = ({ problems, furtherProblems }: LogReport): boolean =>
  problems.length === 1 && furtherProblems === 0 && problems[0]?.code === 'beginning-missing';

/** The report as JSON, times in RFC 3339: what every verifier prints. */
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
