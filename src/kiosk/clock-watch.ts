import { type Clock, SECOND_MS } from '../base/time.ts';
import type { Note } from '../journal/entry.ts';

/** A wall clock that moves against monotonic time by more than this was stepped. */
const CLOCK_STEP_MS = 2 * SECOND_MS;

/** Notices what happens to the wall clock between two looks. */
export class ClockWatch {
  readonly #clock: Clock;
  #wallLeadMs: number;
  #trusted: boolean;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wallLeadMs = clock.wall().atMs - clock.monotonicMs();
    this.#trusted = clock.wall().trusted;
  }

  /** The entries that tell of steps and of a changed trust since the last look. */
  look(): readonly Note[] {
    const { atMs, trusted } = this.#clock.wall();
    const leadMs = atMs - this.#clock.monotonicMs();
    const byMs = Math.round(leadMs - this.#wallLeadMs);
    const notes: Note[] = [];
    if (Math.abs(byMs) > CLOCK_STEP_MS) notes.push({ type: 'clock-step', byMs });
    if (trusted !== this.#trusted) notes.push({ type: 'clock-trust', trusted });
    this.#wallLeadMs = leadMs;
    this.#trusted = trusted;
    return notes;
  }
}
