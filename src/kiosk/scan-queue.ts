import type { Timers } from '../base/timers.ts';

/** Lines judged in one turn of the loop before screens and timers get theirs. */
const LINES_A_TURN = 8;
/** From here on the scanner is asked to wait; what it has already read is bounded by its own buffer. */
const PAUSE_AT_LINES = 32;

interface Flow {
  pause(): void;
  resume(): void;
}

/**
 * Hands lines on in order: the first at once, a burst a few at a time, so that ten thousand codes neither hold up the
 * loop nor pile up in memory. Nothing is dropped here before `stop`.
 */
export class ScanQueue<T> {
  readonly #timers: Timers;
  readonly #flow: Flow;
  readonly #handle: (item: T) => void;
  readonly #waiting: T[] = [];
  #budget = LINES_A_TURN;
  #turnPlanned = false;
  #paused = false;
  #isStopped = false;

  constructor(timers: Timers, flow: Flow, handle: (item: T) => void) {
    this.#timers = timers;
    this.#flow = flow;
    this.#handle = handle;
  }

  get length(): number {
    return this.#waiting.length;
  }

  push(item: T): void {
    if (this.#isStopped) return;
    this.#waiting.push(item);
    if (!this.#paused && this.#waiting.length >= PAUSE_AT_LINES) {
      this.#paused = true;
      this.#flow.pause();
    }
    this.#drain();
  }

  /** Whoever still waits is not answered: the door they stand at is being closed. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.length = 0;
  }

  #drain(): void {
    if (this.#isStopped) return;
    while (this.#budget > 0) {
      const item = this.#waiting.shift();
      if (item === undefined) break;
      this.#budget -= 1;
      this.#handle(item);
    }
    if (this.#budget < LINES_A_TURN && !this.#turnPlanned) {
      this.#turnPlanned = true;
      this.#timers.after(0, () => this.#nextTurn());
    }
  }

  #nextTurn(): void {
    this.#turnPlanned = false;
    this.#budget = LINES_A_TURN;
    this.#drain();
    if (this.#paused && !this.#isStopped && this.#waiting.length === 0) {
      this.#paused = false;
      this.#flow.resume();
    }
  }
}
