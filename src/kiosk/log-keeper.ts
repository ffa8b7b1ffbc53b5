import type { Result } from '../base/result.ts';
import { type Clock, MINUTE_MS } from '../base/time.ts';
import type { Journal } from '../journal/journal.ts';
import { LogAudit, saysDamage } from '../journal/log-audit.ts';
import type { LogKey } from '../journal/log-key.ts';
import type { JournalReader } from '../journal/query.ts';
import type { Log } from './log.ts';

/** A checkpoint is made after this many entries, or this long after the last one if anything was added. */
export const CHECKPOINT_ENTRIES = 256;
export const CHECKPOINT_MINUTES = 5;
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
  #reader: JournalReader | null = null;
  #audit: LogAudit | null = null;
  #isAudited = false;

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
    this.#parts.log('log-audited', { ...audited });
    // Told in the log that takes its place: what is damaged is not written to any more.
    if (audited.problem !== null && saysDamage(audited.problem)) this.#parts.journal.distrust(audited.problem);
    this.#parts.journal.record({ type: 'log-audited', ...audited });
  }

  /** The last signature of this run; throws `JournalFault`. */
  close(): void {
    this.#endAudit();
    this.sign();
  }

  #nextSlice(): ReturnType<LogAudit['step']> {
    if (this.#audit === null) {
      const reader = this.#parts.reader();
      if (!reader.ok) return { entries: 0, problem: reader.error };
      this.#reader = reader.value;
      this.#audit = new LogAudit(reader.value, [this.#parts.key.verifier]);
    }
    return this.#audit.step(AUDIT_ROWS);
  }

  #endAudit(): void {
    this.#isAudited = true;
    this.#audit = null;
    this.#reader?.close();
    this.#reader = null;
  }
}
