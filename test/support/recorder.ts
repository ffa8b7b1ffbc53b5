/** Keeps what a listener is told and lets a test wait for it, in order and without sleeping. */
export class Recorder<Event> {
  readonly all: Event[] = [];
  #read = 0;
  #wake: () => void = () => {};

  readonly listener = (event: Event): void => {
    this.all.push(event);
    this.#wake();
  };

  /** The next event that was not handed out before and satisfies `wanted`; those passed over are left behind. */
  async next<Wanted extends Event>(wanted: (event: Event) => event is Wanted): Promise<Wanted>;
  async next(wanted?: (event: Event) => boolean): Promise<Event>;
  async next(wanted: (event: Event) => boolean = () => true): Promise<Event> {
    for (;;) {
      while (this.#read < this.all.length) {
        const event = this.all[this.#read];
        this.#read += 1;
        if (event !== undefined && wanted(event)) return event;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
