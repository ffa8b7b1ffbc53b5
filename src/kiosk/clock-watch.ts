import { type Clock, DAY_MS, isEvident, SECOND_MS } from '../base/time.ts';
import type { Authenticated } from '../door/event.ts';
import type { Note } from '../journal/entry.ts';
import { ClockDoubt } from './clock-doubt.ts';

/** A wall clock that moves against monotonic time by more than this was stepped. */
const CLOCK_STEP_MS = 2 * SECOND_MS;
/** So long an owner has to notice a wrong date that he set, before anything is deleted by it. */
export const HAND_SET_GRACE_MS = DAY_MS;

/** Notices what happens to the wall clock between two looks, and what genuine passes say of it. */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #doubt = new ClockDoubt();
  #wallLeadMs: number;
  #trusted: boolean;
  /** Monotonic time at which a hand-set clock was first seen; null where it is the machine's. */
  #handSetMs: number | null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wallLeadMs = clock.wall().atMs - clock.monotonicMs();
    this.#trusted = clock.wall().trusted;
    this.#handSetMs = clock.wall().handSet === true ? clock.monotonicMs() : null;
  }

  /** The owner has set the clock, which is an entry already: neither a step nor a change of trust. */
  wasSet(): void {
    const nowMs = this.#clock.monotonicMs();
    const { atMs, trusted } = this.#clock.wall();
    this.#wallLeadMs = atMs - nowMs;
    this.#trusted = trusted;
    this.#handSetMs = nowMs;
    this.#doubt.settle();
  }

  /** Whether things may be deleted by what the clock says. */
  mayDelete(): boolean {
    const wall = this.#clock.wall();
    const isNew = this.#handSetMs !== null && this.#clock.monotonicMs() - this.#handSetMs < HAND_SET_GRACE_MS;
    return isEvident(wall) || (wall.trusted && !isNew);
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
    const { atMs, trusted, handSet = false } = this.#clock.wall();
    const leadMs = atMs - this.#clock.monotonicMs();
    const byMs = Math.round(leadMs - this.#wallLeadMs);
    const notes: Note[] = [...this.#doubt.takeNotes()];
    if (Math.abs(byMs) > CLOCK_STEP_MS) notes.push({ type: 'clock-step', byMs });
    const isHandedOver = this.#handSetMs !== null && !handSet;
    if (trusted !== this.#trusted || isHandedOver) notes.push({ type: 'clock-trust', trusted });
    if (byMs > CLOCK_STEP_MS || (trusted && !this.#trusted)) this.#doubt.settle();
    this.#wallLeadMs = leadMs;
    this.#trusted = trusted;
    if (!handSet) this.#handSetMs = null;
    return notes;
  }
}
