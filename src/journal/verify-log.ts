import { equalBytes } from './byte-text.ts';
import { type LogBefore, logBefore, type ReadStamp, readStamp } from './entry-stamp.ts';
import type { JudgedNotes, SignedHead } from './judge-notes.ts';
import { type LogProblem, type LogReport, MAX_PROBLEMS, type ProblemCode } from './log-report.ts';
import { type CompactRange, leafHashOf, type Sha256 } from './merkle.ts';
import { UnwitnessedSince } from './unwitnessed-since.ts';
import { WITNESS_TOLERANCE_MS, WitnessedTimes } from './witnessed-times.ts';

export interface LogCheckOptions {
  readonly sha256: Sha256;
  /** What precedes the first entry: empty, or the complete subtrees before a stretch. */
  readonly start: CompactRange;
  /** The first entry that was asked for: a log that begins later has lost its beginning. */
  readonly askedFrom: number;
  readonly notes: JudgedNotes;
  /** An export ends with a checkpoint; a running log may have entries that none covers yet. */
  readonly isExport: boolean;
}

/** One line of heads in the order of their size, and how far they agreed with the entries. */
interface Vouching {
  readonly heads: readonly SignedHead[];
  next: number;
  good: number;
  agreedSize: number | null;
  /** Whose countersignatures stand under the head that agreed last. */
  agreedBy: Set<string>;
  /** The size of the first head that does not fit the entries. */
  differsAt: number | null;
  /** The sizes of the largest heads that fit the entries and that do not. */
  fitsUpTo: number;
  differsUpTo: number;
}

/**
 * Checks a log from its entries and checkpoints alone, entry by entry in the memory of one path. It opens no file and
 * knows no clock, so that the kiosk, the command and the page in a stranger's browser find the same.
 */
export class LogCheck {
  readonly #options: LogCheckOptions;
  readonly #from: number;
  readonly #problems: LogProblem[] = [];
  #problemCount = 0;
  #expectedSeq: number;
  #last: ReadStamp | null = null;
  #firstAtMs: number | null = null;
  #lastAtMs: number | null = null;
  #continues: LogBefore | null = null;
  readonly #boots = new Set<string>();
  readonly #own: Vouching;
  readonly #witness: Vouching;
  readonly #times: WitnessedTimes;
  readonly #since = new UnwitnessedSince();
  readonly #signers: { origin: string; from: number; upTo: number }[] = [];

  constructor(options: LogCheckOptions) {
    this.#options = options;
    const { notes, start, askedFrom } = options;
    this.#from = start.size;
    this.#expectedSeq = start.size;
    if (start.size > askedFrom) this.#report('beginning-missing', askedFrom, start.size - 1);
    for (const problem of notes.problems) this.#add(problem);
    this.#own = vouching(notes.own, start.size);
    this.#witness = vouching(notes.witness, start.size);
    this.#times = new WitnessedTimes(notes.witness, WITNESS_TOLERANCE_MS);
    this.#compare();
  }

  /** The bytes of the next entry as they were written. */
  entry(bytes: Uint8Array): void {
    const { sha256, start } = this.#options;
    const index = start.size;
    const stamp = readStamp(bytes);
    if (stamp === null) this.#report('entry-unreadable', index);
    else this.#stamped(stamp, index);
    if (index === 0 && stamp !== null) this.#continues = logBefore(bytes);
    this.#expectedSeq = (stamp?.seq ?? this.#expectedSeq) + 1;
    start.push(leafHashOf(sha256, bytes));
    this.#compare();
  }

  finish(): LogReport {
    const { start, notes, isExport } = this.#options;
    const { size } = start;
    const own = this.#own;
    const ownLast = own.heads.at(-1)?.size ?? 0;
    const witnessLast = this.#witness.heads.at(-1)?.size ?? 0;
    if (ownLast > size) this.#report('log-short', size, ownLast - 1);
    if (own.heads.length === 0) this.#report('no-checkpoint', null);
    else if (isExport && own.differsAt === null && ownLast < size) this.#report('unsigned-tail', ownLast, size - 1);
    if (witnessLast > size) this.#report('witness-longer', size, witnessLast - 1);
    this.#softenWhereUnsigned();
    const ruledOut = this.#times.ruledOut();
    if (ruledOut !== null) this.#report('time-contradicts-witness', ruledOut.seq, ruledOut.upTo);
    return {
      exported: isExport,
      origin: notes.origin,
      continues: this.#continues,
      signedBy: this.#signers.filter(({ from, upTo }) => upTo >= from),
      from: this.#from,
      size,
      firstAtMs: this.#firstAtMs,
      lastAtMs: this.#lastAtMs,
      checkpoints: own.good,
      signedSize: own.agreedSize,
      problems: this.#problems,
      furtherProblems: this.#problemCount - this.#problems.length,
      witnessedSize: this.#witness.agreedSize,
      witnessedBy: [...this.#witness.agreedBy].toSorted(),
      unusedWitnessKeys: notes.unusedWitnessKeys,
      uncheckedWitnesses: uncheckedAmong(notes.witness, this.#from),
      unwitnessedSinceMs: this.#since.atMs,
    };
  }

  #stamped(stamp: ReadStamp, index: number): void {
    const last = this.#last;
    if (stamp.seq !== this.#expectedSeq) this.#report('seq-broken', index);
    if (last?.boot === stamp.boot ? stamp.monoMs < last.monoMs : this.#boots.has(stamp.boot)) {
      this.#report('stamp-impossible', index);
    }
    this.#boots.add(stamp.boot);
    this.#times.entry(index, stamp);
    this.#since.entry(stamp);
    this.#last = stamp;
    this.#firstAtMs ??= stamp.wallMs;
    this.#lastAtMs = stamp.wallMs;
  }

  /** Holds the entries so far against every head of their size. */
  #compare(): void {
    const { size } = this.#options.start;
    let root: Uint8Array | null = null;
    for (const [line, code] of [
      [this.#own, 'root-differs'],
      [this.#witness, 'witness-differs'],
    ] as const) {
      for (let head = line.heads[line.next]; head?.size === size; head = line.heads[line.next]) {
        line.next += 1;
        root ??= this.#options.start.root();
        const fits = equalBytes(root, head.root);
        if (fits) line.fitsUpTo = size;
        else line.differsUpTo = size;
        if (line.differsAt !== null) continue;
        if (fits) {
          line.good += 1;
          if (line.agreedSize !== size) line.agreedBy.clear();
          for (const name of head.cosignedBy) line.agreedBy.add(name);
          line.agreedSize = size;
          if (line === this.#own) this.#since.signed(head);
          else this.#since.witnessed(head);
          this.#signedAs(head);
        } else {
          line.differsAt = size;
          this.#report(code, line.agreedSize ?? this.#from, size - 1);
        }
      }
    }
  }

  /**
   * Only a head of the log itself that fits what a witness was not shown tells that its key has signed both. Where its own
   * heads do not fit either, one damaged byte is enough, and nobody is accused.
   */
  #softenWhereUnsigned(): void {
    const { differsAt, agreedSize } = this.#witness;
    if (differsAt === null || this.#own.fitsUpTo >= differsAt) return;
    if (this.#own.differsUpTo <= (agreedSize ?? this.#from)) return;
    const at = this.#problems.findIndex(({ code }) => code === 'witness-differs');
    const problem = this.#problems[at];
    if (problem !== undefined) this.#problems[at] = { ...problem, code: 'witness-differs-too' };
  }

  /** A log changes its key once the old one is lost: whoever signs with that afterwards is somebody else. */
  #signedAs({ origin, size }: SignedHead): void {
    const last = this.#signers.at(-1);
    if (last?.origin === origin) {
      last.upTo = size - 1;
      return;
    }
    if (this.#signers.some((signer) => signer.origin === origin)) this.#report('key-returned', size);
    this.#signers.push({ origin, from: last === undefined ? this.#from : last.upTo + 1, upTo: size - 1 });
  }

  #report(code: ProblemCode, seq: number | null, upTo: number | null = seq): void {
    this.#add({ code, seq, upTo });
  }

  #add(problem: LogProblem): void {
    this.#problemCount += 1;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
  }
}

/** Heads of less than the stretch begins with cannot be held against it. */
function vouching(heads: readonly SignedHead[], from: number): Vouching {
  const useful = heads.filter(({ size }) => size >= from).toSorted((one, other) => one.size - other.size);
  return {
    heads: useful,
    next: 0,
    good: 0,
    agreedSize: null,
    agreedBy: new Set(),
    differsAt: null,
    fitsUpTo: 0,
    differsUpTo: 0,
  };
}

function uncheckedAmong(heads: readonly SignedHead[], from: number): LogReport['uncheckedWitnesses'] {
  const sizes = heads.map(({ size }) => size).filter((size) => size < from);
  return sizes.length === 0
    ? null
    : { count: sizes.length, largest: sizes.reduce((one, other) => Math.max(one, other)) };
}
