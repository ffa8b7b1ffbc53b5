import { type Clock, SECOND_MS } from '../base/time.ts';
import type { Authenticated } from '../door/event.ts';
import type { Note } from '../journal/entry.ts';
import { ClockDoubt } from './clock-doubt.ts';

/** A wall clock that moves against monotonic time by more than this was stepped. */
const CLOCK_STEP_MS = 2 * SECOND_MS;

/** Notices what happens to the wall clock between two looks, and what genuine passes say of it. */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #doubt = new ClockDoubt();
  #wallLeadMs: number;
  #trusted: boolean;

  constructor(clock: Clock) {
    this.#clock = clock;
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

  /** The entries that tell of steps, of a changed trust and of doubts since the last look. */
  look(): readonly Note[] {
    const { atMs, trusted } = this.#clock.wall();
    const leadMs = atMs - this.#clock.monotonicMs();
    const byMs = Math.round(leadMs - this.#wallLeadMs);
    const notes: Note[] = [...this.#doubt.takeNotes()];
    if (Math.abs(byMs) > CLOCK_STEP_MS) notes.push({ type: 'clock-step', byMs });
    if (trusted !== this.#trusted) notes.push({ type: 'clock-trust', trusted });
    if (byMs > CLOCK_STEP_MS || (trusted && !this.#trusted)) this.#doubt.settle();
    this.#wallLeadMs = leadMs;
    this.#trusted = trusted;
    return notes;
  }
}
