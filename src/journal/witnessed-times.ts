import { MINUTE_MS } from '../base/time.ts';
import type { ReadStamp } from './entry-stamp.ts';
import type { SignedHead } from './judge-notes.ts';
import { sureTimeOf } from './unwitnessed-since.ts';

/** Clocks of two kiosks that nobody has set wrong may differ by so much. */
export const WITNESS_TOLERANCE_MS: number = 10 * MINUTE_MS;

/**
 * What witnesses say about time: entries that a checkpoint covers were made before it was countersigned, entries after
 * it were made later than itself. Entries under an unsure clock claim no time and are passed over, and so does a head
 * that a later one contradicts: a wrong date of the future rules over nothing that came after it was put right.
 */
export class WitnessedTimes {
  readonly #toleranceMs: number;
  /** In the order of size. */
  readonly #heads: readonly SignedHead[];
  /** The earliest time that rules over the heads from an index on. */
  readonly #ceilingsMs: readonly number[];
  #passed = 0;
  #floorMs = Number.NEGATIVE_INFINITY;
  #first: number | null = null;
  #last: number | null = null;

  constructor(heads: readonly SignedHead[], toleranceMs: number) {
    this.#toleranceMs = toleranceMs;
    this.#heads = heads.toSorted((one, other) => one.size - other.size);
    let ceilingMs = Number.POSITIVE_INFINITY;
    this.#ceilingsMs = this.#heads
      .toReversed()
      .map((head) => {
        ceilingMs = Math.min(ceilingMs, sureTimeOf(head) ?? ceilingMs);
        return ceilingMs;
      })
      .toReversed();
  }

  /** The next entry, by its place in the log. */
  entry(index: number, stamp: ReadStamp): void {
    for (
      let head = this.#heads[this.#passed];
      head !== undefined && head.size <= index;
      head = this.#heads[this.#passed]
    ) {
      const madeAtMs = head.madeAtMs ?? Number.NEGATIVE_INFINITY;
      if (madeAtMs <= this.#ceilingMs() + this.#toleranceMs) this.#floorMs = Math.max(this.#floorMs, madeAtMs);
      this.#passed += 1;
    }
    const ceilingMs = this.#ceilingMs();
    const fits = stamp.wallMs >= this.#floorMs - this.#toleranceMs && stamp.wallMs <= ceilingMs + this.#toleranceMs;
    if (fits || !stamp.trusted) return;
    this.#first ??= index;
    this.#last = index;
  }

  /** The earliest time of the heads that were not passed yet. */
  #ceilingMs(): number {
    return this.#ceilingsMs[this.#passed] ?? Number.POSITIVE_INFINITY;
  }

  /** The first and the last entry whose time a witness rules out. */
  ruledOut(): { readonly seq: number; readonly upTo: number } | null {
    return this.#first === null || this.#last === null ? null : { seq: this.#first, upTo: this.#last };
  }
}
