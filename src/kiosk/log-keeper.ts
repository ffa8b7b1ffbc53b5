import type { Result } from '../base/result.ts';
import { type Clock, MINUTE_MS, SECOND_MS } from '../base/time.ts';
import { DAMAGES_BEFORE_ASIDE } from '../journal/damage.ts';
import { DamagedJournal, type Journal } from '../journal/journal.ts';
import { type AuditResult, LogAudit } from '../journal/log-audit.ts';
import type { LogKey } from '../journal/log-key.ts';
import { type JournalReader, reading } from '../journal/query.ts';
import type { Log } from './log.ts';

/** A checkpoint is made after this many entries, or this long after the last one if anything was added. */
export const CHECKPOINT_ENTRIES = 256;
export const CHECKPOINT_MINUTES = 5;
/** Whoever asks for a checkpoint gets no newer one within this time. */
export const FRESH_EVERY_MS = 10 * SECOND_MS;
/** What one look at the log takes at a time: a few milliseconds in which no scan is judged. */
export const AUDIT_ROWS = 500;

export interface LogKeeperParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly key: LogKey;
  /** What checkpoints say beside their time, as it is now. */
  readonly checkpointLines?: () => readonly string[];
  /** A connection of its own: what it reads waits for nobody and holds nobody up. */
  readonly reader: () => Result<JournalReader, string>;
  readonly log: Log;
}

/** Signs the log when it is time, and reads it through from its beginning while the door has nothing else to do. */
export class LogKeeper {
  readonly #parts: LogKeeperParts;
  #signedSize = 0;
  #signedAtMs: number;
  #asked: { readonly note: string; readonly atMs: number; readonly size: number } | null = null;
  #reader: JournalReader | null = null;
  #audit: LogAudit | null = null;
  #isAudited = false;
  #badReads = 0;

  constructor(parts: LogKeeperParts) {
    this.#parts = parts;
    this.#signedAtMs = parts.clock.monotonicMs();
  }

  /** Signs the log as it is; throws `JournalFault`. */
  sign(): void {
    const { journal, key, clock, checkpointLines } = this.#parts;
    journal.checkpoint(key, checkpointLines?.());
    this.#signedSize = journal.size();
    this.#signedAtMs = clock.monotonicMs();
  }

  /**
   * A checkpoint of now, for whoever keeps it; the last one again within `FRESH_EVERY_MS`, so that asking costs nothing.
   * Throws `JournalFault`.
   */
  fresh(): string {
    const { journal, key, clock, checkpointLines } = this.#parts;
    const nowMs = clock.monotonicMs();
    const last = this.#asked;
    // A log that has taken the place of a damaged one has fewer entries than the last note.
    const isOfThisLog = last !== null && last.size <= journal.size();
    if (isOfThisLog && nowMs - last.atMs < FRESH_EVERY_MS) return last.note;
    const note = journal.checkpoint(key, checkpointLines?.());
    this.#signedSize = journal.size();
    this.#signedAtMs = nowMs;
    this.#asked = { note, atMs: nowMs, size: this.#signedSize };
    return note;
  }

  /**
   * The clock was set or stepped: the next look signs. Entries of a time are looked for between heads of that time, and
   * those of a clock that was wrong for a minute have none else.
   */
  clockMoved(): void {
    this.#signedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** To be called between two people; throws `JournalFault`. */
  signIfDue(): void {
    const size = this.#parts.journal.size();
    // Another log has taken the place of the one that was signed.
    const added = size < this.#signedSize ? size : size - this.#signedSize;
    const waitedMs = this.#parts.clock.monotonicMs() - this.#signedAtMs;
    if (added >= CHECKPOINT_ENTRIES || (added > 0 && waitedMs >= CHECKPOINT_MINUTES * MINUTE_MS)) this.sign();
  }

  /** To be called every few seconds: a signature if one is due, and the next slice of the audit. */
  look(): void {
    this.signIfDue();
    if (this.#isAudited) return;
    const audited = this.#nextSlice();
    if (audited === null) return;
    this.#endAudit();
    const { entries, problem, isDamage } = audited;
    this.#parts.log('log-audited', { entries, problem });
    // Told in the log that takes its place: what is damaged is not written to any more.
    if (isDamage) this.#parts.journal.distrust(problem ?? 'damaged');
    this.#parts.journal.record({ type: 'log-audited', entries, problem });
  }

  /** The last signature of this run; throws `JournalFault`. */
  close(): void {
    this.#endAudit();
    this.sign();
  }

  #nextSlice(): AuditResult | null {
    try {
      if (this.#audit === null) {
        const reader = this.#parts.reader();
        // A disk that refuses a second reader has damaged nothing.
        if (!reader.ok) return { entries: 0, problem: reader.error, isDamage: false };
        this.#reader = reader.value;
        this.#audit = reading(() => new LogAudit(reader.value, [this.#parts.key.verifier]));
      }
      return this.#audit.step(AUDIT_ROWS);
    } catch (thrown) {
      if (!(thrown instanceof DamagedJournal)) throw thrown;
      this.#badReads += 1;
      if (this.#badReads >= DAMAGES_BEFORE_ASIDE) return { entries: 0, problem: thrown.message, isDamage: true };
      this.#closeReader();
      return null;
    }
  }

  #endAudit(): void {
    this.#isAudited = true;
    this.#closeReader();
  }

  #closeReader(): void {
    this.#audit = null;
    this.#reader?.close();
    this.#reader = null;
  }
}
