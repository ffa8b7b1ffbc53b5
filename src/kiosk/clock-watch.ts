import { type Clock, SECOND_MS } from '../base/time.ts';
import type { Authenticated } from '../door/event.ts';
import type { Note } from '../journal/entry.ts';
import { ClockDoubt } from './clock-doubt.ts';
import type { ClockMemoryFile } from './clock-memory.ts';
import { DeletionGrace } from './deletion-grace.ts';

/** A wall clock that moves against monotonic time by more than this was stepped. */
const CLOCK_STEP_MS = 2 * SECOND_MS;

/** Notices what happens to the wall clock between two looks, and what genuine passes say of it. */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #lastTrustedMs: () => number | null;
  readonly #doubt = new ClockDoubt();
  #wallLeadMs: number;
  #trusted: boolean;
  /** Whether the owner's hand set it, at the last look. */
  #handSet: boolean;
  readonly #grace: DeletionGrace;

  /**
   * @param lastTrustedMs the newest time that the journal vouches for; null for none
   * @param memory what earlier runs knew of the clock; null where that is kept nowhere
   */
  constructor(clock: Clock, lastTrustedMs: () => number | null, memory: ClockMemoryFile | null) {
    this.#clock = clock;
    this.#lastTrustedMs = lastTrustedMs;
    const nowMs = clock.monotonicMs();
    const { atMs, trusted, handSet = false } = clock.wall();
    this.#grace = new DeletionGrace(memory, lastTrustedMs(), nowMs);
    if (handSet) this.#grace.wasSet(atMs, nowMs);
    this.#wallLeadMs = atMs - nowMs;
    this.#trusted = trusted;
    this.#handSet = handSet;
  }

  /** The owner has set the clock, which is an entry already: neither a step nor a change of trust. */
  wasSet(): void {
    const nowMs = this.#clock.monotonicMs();
    const { atMs, trusted } = this.#clock.wall();
    this.#wallLeadMs = atMs - nowMs;
    this.#trusted = trusted;
    this.#handSet = true;
    this.#grace.wasSet(atMs, nowMs);
    this.#doubt.settle();
  }

  /**
   * The time by which things may be deleted, as of the last look; null while nothing may. Of a clock that somebody vouches
   * for it is what the log believes of it: a leap that has not proven itself deletes nothing.
   */
  deletesByMs(): number | null {
    return this.#grace.deletesByMs(this.#knownMs(), this.#clock.monotonicMs());
  }

  /** Listens to one authenticated scan; writes nothing before the next look. */
  heard(outcome: Authenticated): void {
    this.#doubt.heard(outcome, this.#clock.wall(), this.#clock.monotonicMs());
  }

  /** Whether genuine passes are newer than this clock. */
  isLate(): boolean {
    return this.#doubt.isLate(this.#clock.wall().trusted, this.#clock.monotonicMs());
  }

  /** The entries that tell of steps, of a changed trust and of doubts since the last look. */
  look(): readonly Note[] {
    const nowMs = this.#clock.monotonicMs();
    const { atMs, trusted, handSet = false } = this.#clock.wall();
    const leadMs = atMs - nowMs;
    const byMs = Math.round(leadMs - this.#wallLeadMs);
    const notes: Note[] = [...this.#doubt.takeNotes()];
    const isHandedOver = this.#handSet && !handSet;
    if (isHandedOver) this.#grace.handOver(nowMs);
    if (Math.abs(byMs) > CLOCK_STEP_MS) {
      notes.push({ type: 'clock-step', byMs });
      // A time server that sets an unsure clock, as it does at each start of a board without a battery, changes no date
      // that was believed.
      if (trusted && this.#trusted) this.#grace.stepped(nowMs);
    }
    if (trusted !== this.#trusted || isHandedOver) notes.push({ type: 'clock-trust', trusted });
    if (byMs > CLOCK_STEP_MS || (trusted && !this.#trusted)) this.#doubt.settle();
    this.#wallLeadMs = leadMs;
    this.#trusted = trusted;
    this.#handSet = handSet;
    this.#grace.look(this.#knownMs(), nowMs);
    return notes;
  }

  /** The time of now, as far as somebody answers for it: an owner, or a log that believes who vouches. */
  #knownMs(): number | null {
    const { atMs, trusted, handSet = false } = this.#clock.wall();
    if (!trusted || handSet) return trusted ? atMs : null;
    const vouchedMs = this.#lastTrustedMs();
    return vouchedMs === null ? null : Math.min(atMs, vouchedMs);
  }
}
