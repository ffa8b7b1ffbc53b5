import type { Clock, WallTime } from '../base/time.ts';

/** What an empty battery does: the clock starts far in the past, and nothing vouches for it. */
const WRONG_BY_MS = -3 * 365 * 24 * 60 * 60 * 1_000;

/** The laptop's clock, taken as right until a visitor makes it wrong. */
export class SwitchableClock implements Clock {
  readonly #clock: Clock;
  #wrong = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get wrong(): boolean {
    return this.#wrong;
  }

  setWrong(wrong: boolean): void {
    this.#wrong = wrong;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  wall(): WallTime {
    const { atMs } = this.#clock.wall();
    return this.#wrong ? { atMs: atMs + WRONG_BY_MS, trusted: false } : { atMs, trusted: true };
  }
}
