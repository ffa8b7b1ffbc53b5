import type { Clock, WallTime } from '../../src/base/time.ts';
import type { Timers } from '../../src/base/timers.ts';

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** How long a machine has been up when the kiosk starts on it. */
const BOOT_MS = 4_000;

/**
 * The time of one simulated day. True time only goes on; the machine's monotonic time begins anew with each of its
 * boots, and its wall clock shows what faults and hands have made of it.
 */
export class DayTime implements Clock {
  readonly #startMs: number;
  #trueMs = 0;
  #bootedAtMs = -BOOT_MS;
  #boots = 1;
  #wrongByMs = 0;
  #isVouchedFor = true;
  #wallChanges = 0;
  #floorMs = 0;
  #order = 0;
  #pending: Pending[] = [];

  /** @param startMs what a right wall clock shows when the day begins */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  /** Milliseconds since the day began. */
  get trueMs(): number {
    return this.#trueMs;
  }

  /** What a right wall clock shows. */
  get rightMs(): number {
    return this.#startMs + this.#trueMs;
  }

  get bootId(): string {
    return `boot-${this.#boots}`;
  }

  get wrongByMs(): number {
    return this.#wrongByMs;
  }

  /** How often the wall clock was set. */
  get wallChanges(): number {
    return this.#wallChanges;
  }

  monotonicMs(): number {
    return this.#trueMs - this.#bootedAtMs;
  }

  wall(): WallTime {
    const atMs = this.rightMs + this.#wrongByMs;
    return { atMs, trusted: this.#isVouchedFor && atMs >= this.#floorMs, floorMs: this.#floorMs };
  }

  /** The wall clock from now on: how wrong it is, and whether anybody vouches for it. */
  setWall(wrongByMs: number, isVouchedFor: boolean): void {
    this.#wrongByMs = wrongByMs;
    this.#isVouchedFor = isVouchedFor;
    this.#wallChanges += 1;
  }

  setFloor(floorMs: number): void {
    this.#floorMs = floorMs;
  }

  /** Power was cut: nothing that waited happens, and monotonic time begins anew. */
  reboot(): void {
    this.#boots += 1;
    this.#bootedAtMs = this.#trueMs - BOOT_MS;
  }

  /** Timers of one process; `isAlive` is false once it has been killed. */
  timers(isAlive: () => boolean): Timers {
    return { after: (delayMs, callback) => this.#after(delayMs, () => isAlive() && callback()) };
  }

  /** Lets time pass up to `untilMs` since the day began, running what falls due in order. What a callback throws passes through. */
  advanceTo(untilMs: number): void {
    for (let next = this.#pending[0]; next !== undefined && next.dueMs <= untilMs; next = this.#pending[0]) {
      this.#pending.shift();
      this.#trueMs = next.dueMs;
      next.callback();
    }
    this.#trueMs = Math.max(this.#trueMs, untilMs);
  }

  /** The machine lies switched off; nothing falls due. */
  skip(byMs: number): void {
    this.#pending = [];
    this.#trueMs += byMs;
  }

  #after(delayMs: number, callback: () => void): () => void {
    const pending: Pending = { dueMs: this.#trueMs + delayMs, order: this.#order, callback };
    this.#order += 1;
    let at = this.#pending.length;
    while (at > 0 && (this.#pending[at - 1]?.dueMs ?? 0) > pending.dueMs) at -= 1;
    this.#pending.splice(at, 0, pending);
    return () => {
      const found = this.#pending.indexOf(pending);
      if (found >= 0) this.#pending.splice(found, 1);
    };
  }
}
