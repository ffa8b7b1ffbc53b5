import type { Clock, WallTime } from '../../base/time.ts';
import type { Timers } from '../../base/timers.ts';

interface Pending {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock and its timers that move only when told: the wall can be stepped and distrusted apart from them. */
export class SimulatedTime implements Clock, Timers {
  #monotonicMs = 0;
  #wallOffsetMs: number;
  #trusted = true;
  readonly #pending = new Set<Pending>();

  constructor(wallStartMs: number) {
    this.#wallOffsetMs = wallStartMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  wall(): WallTime {
    return { atMs: this.#monotonicMs + this.#wallOffsetMs, trusted: this.#trusted };
  }

  after(delayMs: number, callback: () => void): () => void {
    const pending = { dueMs: this.#monotonicMs + delayMs, callback };
    this.#pending.add(pending);
    return () => this.#pending.delete(pending);
  }

  /** Lets time pass, running what falls due in order, including what those callbacks ask for. */
  advance(byMs: number): void {
    const untilMs = this.#monotonicMs + byMs;
    for (;;) {
      const next = [...this.#pending].sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined || next.dueMs > untilMs) break;
      this.#pending.delete(next);
      this.#monotonicMs = next.dueMs;
      next.callback();
    }
    this.#monotonicMs = untilMs;
  }

  /** Moves the wall clock alone, as a hand or a time server does. */
  stepWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  trust(trusted: boolean): void {
    this.#trusted = trusted;
  }
}
