import { ALL_OFF, type Levels, type Pattern } from '../../base/signal.ts';
import type { Timers } from '../../base/timers.ts';
import { isAllOff, type SignalLimits, timeline } from './pattern.ts';

/** Puts levels on the lines; `seq` is the journal entry whose pattern asks for them. */
export type Apply = (levels: Levels, seq: number | null) => void;

/** Plays one pattern at a time, to its end. A newer one takes the place of the one that plays. */
export class PatternPlayer {
  readonly #timers: Timers;
  readonly #limits: SignalLimits;
  readonly #apply: Apply;
  #cancels: (() => void)[] = [];
  #levels: Levels = ALL_OFF;
  #seq: number | null = null;

  constructor(timers: Timers, limits: SignalLimits, apply: Apply) {
    this.#timers = timers;
    this.#limits = limits;
    this.#apply = apply;
  }

  get levels(): Levels {
    return this.#levels;
  }

  /** Applies the first levels before it returns, also when they are those of the pattern before. */
  show(pattern: Pattern, seq: number | null): void {
    this.#cancelSteps();
    this.#seq = seq;
    for (const { atMs, levels } of timeline(pattern, this.#limits)) {
      if (atMs === 0) this.#set(levels);
      else this.#cancels.push(this.#timers.after(atMs, () => this.#set(levels)));
    }
  }

  /** All off, if anything is on; what was planned is forgotten. */
  rest(): void {
    this.#cancelSteps();
    if (!isAllOff(this.#levels)) this.#set(ALL_OFF);
  }

  #set(levels: Levels): void {
    this.#levels = levels;
    this.#apply(levels, this.#seq);
  }

  #cancelSteps(): void {
    for (const cancel of this.#cancels.splice(0)) cancel();
  }
}
