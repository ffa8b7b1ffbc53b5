interface Item {
  readonly atMs: number;
  readonly order: number;
  readonly what: () => void | Promise<void>;
}

/** What is to happen on a day, in the order of its time; things that happen may add more. */
export class Agenda {
  readonly #items: Item[] = [];
  #order = 0;

  at(atMs: number, what: Item['what']): void {
    const item: Item = { atMs, order: this.#order, what };
    this.#order += 1;
    let place = this.#items.length;
    while (place > 0 && (this.#items[place - 1]?.atMs ?? 0) > atMs) place -= 1;
    this.#items.splice(place, 0, item);
  }

  next(): Item | undefined {
    return this.#items.shift();
  }
}
