import { type Clock, DAY_MS, SECOND_MS } from '../base/time.ts';
import type { Authenticated } from '../door/event.ts';
import type { Note } from '../journal/entry.ts';
import { ClockDoubt } from './clock-doubt.ts';
import { DeletionGrace } from './deletion-grace.ts';

/** A wall clock that moves against monotonic time by more than this was stepped. */
const CLOCK_STEP_MS = 2 * SECOND_MS;
/** A used ticket is remembered a day past its end: a clock that is ahead by less makes nobody forget it too early. */
const GAP_MS = DAY_MS;

/** Notices what happens to the wall clock between two looks, and what genuine passes say of it. */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #doubt = new ClockDoubt();
  #wallLeadMs: number;
  #trusted: boolean;
  /** Whether the owner's hand set it, at the last look. */
  #handSet: boolean;
  readonly #grace = new DeletionGrace();

  /** @param lastTrustedMs the newest time that the journal vouches for; null for none */
  constructor(clock: Clock, lastTrustedMs: number | null) {
    this.#clock = clock;
    const nowMs = clock.monotonicMs();
    const { atMs, trusted, handSet = false } = clock.wall();
    // A log that vouches for no time yet says nothing against a year that is wrong.
    if (lastTrustedMs === null || atMs - lastTrustedMs > GAP_MS) this.#grace.begin('stepped', nowMs);
    if (handSet) this.#grace.begin('hand-set', nowMs);
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
    this.#grace.begin('hand-set', nowMs);
    this.#doubt.settle();
  }

  /** Whether things may be deleted by what the clock says, as of the last look. */
  mayDelete(): boolean {
    return this.#clock.wall().trusted && this.#grace.isOver(this.#clock.monotonicMs());
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
    const isHandedOver = this.#handSet && !handSet;
    if (isHandedOver) this.#grace.handOver(this.#clock.monotonicMs());
    if (Math.abs(byMs) > CLOCK_STEP_MS) {
      notes.push({ type: 'clock-step', byMs });
      this.#grace.begin('stepped', this.#clock.monotonicMs());
    }
    if (trusted !== this.#trusted || isHandedOver) notes.push({ type: 'clock-trust', trusted });
    if (byMs > CLOCK_STEP_MS || (trusted && !this.#trusted)) this.#doubt.settle();
    this.#wallLeadMs = leadMs;
    this.#trusted = trusted;
    this.#handSet = handSet;
    return notes;
  }
}
