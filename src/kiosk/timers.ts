import type { Timers } from '../base/timers.ts';

/** Timers by name: starting a name again replaces it, and what is running can be listed. */
export class NamedTimers<Name extends string> {
  readonly #timers: Timers;
  readonly #running = new Map<Name, () => void>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  start(name: Name, afterMs: number, fire: () => void): void {
    this.stop(name);
    const cancel = this.#timers.after(afterMs, () => {
      this.#running.delete(name);
      fire();
    });
    this.#running.set(name, cancel);
  }

  stop(name: Name): void {
    this.#running.get(name)?.();
    this.#running.delete(name);
  }

  stopAll(): void {
    for (const name of [...this.#running.keys()]) this.stop(name);
  }

  names(): readonly Name[] {
    return [...this.#running.keys()];
  }
}
