import { type Clock, DAY_MS, HOUR_MS, SECOND_MS } from '../base/time.ts';
import type { Authenticated } from '../door/event.ts';
import type { Note } from '../journal/entry.ts';
import { ClockDoubt } from './clock-doubt.ts';

/** A wall clock that moves against monotonic time by more than this was stepped. */
const CLOCK_STEP_MS = 2 * SECOND_MS;
/** A used ticket is remembered a day past its end: a clock that is ahead by less makes nobody forget it too early. */
const GAP_MS = DAY_MS;
/** So long nothing is deleted by a date that may be put right in a moment. */
export const STEADY_AFTER_MS = HOUR_MS;

/** Notices what happens to the wall clock between two looks, and what genuine passes say of it. */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #doubt = new ClockDoubt();
  #wallLeadMs: number;
  #trusted: boolean;
  /** Monotonic time of the last step; null where there was none. */
  #steppedMs: number | null;

  /** @param lastTrustedMs the newest time that the journal vouches for; null for none */
  constructor(clock: Clock, lastTrustedMs: number | null) {
    this.#clock = clock;
    const isGap = lastTrustedMs !== null && clock.wall().atMs - lastTrustedMs > GAP_MS;
    this.#steppedMs = isGap ? clock.monotonicMs() : null;
    this.#wallLeadMs = clock.wall().atMs - clock.monotonicMs();
    this.#trusted = clock.wall().trusted;
  }

  /** Listens to one authenticated scan; writes nothing before the next look. */
  heard(outcome: Authenticated): void {
    this.#doubt.heard(outcome, this.#clock.wall(), this.#clock.monotonicMs());
  }

  /** Whether genuine passes are newer than this clock. */
  isLate(): boolean {
    return this.#doubt.isLate(this.#clock.wall().trusted, this.#clock.monotonicMs());
  }

  /** Whether the clock has not leaped for a while, at the last look: what is deleted by a wrong date is gone for good. */
  isSteady(): boolean {
    return this.#steppedMs === null || this.#clock.monotonicMs() - this.#steppedMs >= STEADY_AFTER_MS;
  }

  /** The entries that tell of steps, of a changed trust and of doubts since the last look. */
  look(): readonly Note[] {
    const { atMs, trusted } = this.#clock.wall();
    const leadMs = atMs - this.#clock.monotonicMs();
    const byMs = Math.round(leadMs - this.#wallLeadMs);
    const notes: Note[] = [...this.#doubt.takeNotes()];
    if (Math.abs(byMs) > CLOCK_STEP_MS) {
      notes.push({ type: 'clock-step', byMs });
      this.#steppedMs = this.#clock.monotonicMs();
    }
    if (trusted !== this.#trusted) notes.push({ type: 'clock-trust', trusted });
    if (byMs > CLOCK_STEP_MS || (trusted && !this.#trusted)) this.#doubt.settle();
    this.#wallLeadMs = leadMs;
    this.#trusted = trusted;
    return notes;
  }
}
