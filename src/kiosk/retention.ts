import { type Clock, MINUTE_MS } from '../base/time.ts';
import type { Journal } from '../journal/journal.ts';
import type { Register } from '../register/register.ts';
import type { Log } from './log.ts';

/** Often enough that nothing is left an hour after its time. */
export const PURGE_EVERY_MS = 30 * MINUTE_MS;
/** After a fault, or while a reader still holds on to what was deleted. */
export const PURGE_AGAIN_MS = MINUTE_MS;
/** How long the log may not know how many people have registered. */
export const TELL_EVERY_MS = 30 * MINUTE_MS;

export interface RetentionParts {
  readonly clock: Clock;
  readonly journal: Pick<Journal, 'purge'>;
  readonly register: Pick<Register, 'purge' | 'tell'> | null;
  /**
   * The time by which things may be deleted, in milliseconds since the epoch; null while the clock is not good enough: a
   * wrong one must not delete what is not yet due.
   */
  readonly deletesByMs: () => number | null;
  readonly log: Log;
}

/** Sees to it that what must be forgotten is gone from the disk in time. */
export class Retention {
  readonly #parts: RetentionParts;
  #nextMs: number;
  #nextTellMs: number;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
    this.#nextMs = parts.clock.monotonicMs();
    this.#nextTellMs = this.#nextMs;
  }

  /** To be called every few seconds; throws `JournalFault`, and is then due again soon. */
  look(): void {
    const { clock, journal, register, deletesByMs, log } = this.#parts;
    const nowMs = clock.monotonicMs();
    this.#tell(nowMs);
    if (nowMs < this.#nextMs) return;
    const atMs = deletesByMs();
    if (atMs === null) return;
    this.#nextMs = nowMs + PURGE_AGAIN_MS;
    const trouble = register?.purge(atMs) ?? null;
    if (trouble !== null) log('register', { warning: trouble });
    const isGone = journal.purge(atMs) && trouble === null;
    if (isGone) this.#nextMs = nowMs + PURGE_EVERY_MS;
  }

  #tell(nowMs: number): void {
    if (nowMs < this.#nextTellMs) return;
    this.#nextTellMs = nowMs + TELL_EVERY_MS;
    const trouble = this.#parts.register?.tell() ?? null;
    if (trouble !== null) this.#parts.log('register', { warning: trouble });
  }
}
