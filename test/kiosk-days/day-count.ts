import { count, type Tally } from './tally.ts';

/** What makes a day whole. */
export const LEAST_SCANS = 300;
export const LEAST_FAULTS = 5;

const BAND = 20;

/** What really happened on a day: codes that the door judged, and faults that struck it. */
export class DayCount {
  readonly #tally: Tally;
  #scans = 0;
  #faults = 0;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  get scans(): number {
    return this.#scans;
  }

  /** A code was judged. */
  scan(what: string): void {
    this.#scans += 1;
    count(this.#tally, 'scans', what);
  }

  /** A fault has struck, or a device or a list has really changed. */
  fault(kind: string, what: string): void {
    this.#faults += 1;
    count(this.#tally, 'faults', `${kind}: ${what}`);
  }

  /** A day with less proves less than the harness claims, which is then a failure of the harness. */
  close(): void {
    if (this.#scans < LEAST_SCANS) throw new Error(`only ${this.#scans} codes were judged on this day`);
    if (this.#faults < LEAST_FAULTS) throw new Error(`only ${this.#faults} faults happened on this day`);
    const band = Math.floor(this.#scans / BAND) * BAND;
    count(this.#tally, 'days by scans', `${band} to ${band + BAND - 1}`);
    count(this.#tally, 'days by faults', `${this.#faults}`);
  }
}
