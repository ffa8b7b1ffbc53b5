import type { ReadStamp } from './entry-stamp.ts';
import type { SignedHead } from './judge-notes.ts';

/** When a head was countersigned, else made; null where no clock that somebody vouched for says so. */
export const sureTimeOf = ({ cosignedAtMs, madeAtMs }: SignedHead): number | null => cosignedAtMs ?? madeAtMs;

/**
 * Since when nobody vouches for a log: the time of the largest head that a witness has seen, and without a witness that of
 * the first entry. Times of an unsure clock count for nothing, and a later head that bears an earlier time is believed
 * instead, so that one wrong date of the future does not claim a witness for the years up to it.
 */
export class UnwitnessedSince {
  #atMs: number | null = null;
  /** The newest sure time in the order of the log. */
  #sureMs: number | null = null;
  #size: number | null = null;
  /** The earliest sure time of the heads of that size. */
  #vouchedMs: number | null = null;

  get atMs(): number | null {
    return this.#atMs;
  }

  entry({ wallMs, trusted }: ReadStamp): void {
    if (!trusted) return;
    this.#sureMs = wallMs;
    this.#atMs ??= wallMs;
  }

  /** The log's own head agrees with the entries so far. */
  signed(head: SignedHead): void {
    const atMs = sureTimeOf(head);
    this.#sureMs = atMs ?? this.#sureMs;
    this.#atMs = earlier(this.#atMs, atMs);
  }

  /** A witness's head agrees with the entries so far; the log's own of that size came first. */
  witnessed(head: SignedHead): void {
    if (head.size !== this.#size) this.#vouchedMs = null;
    this.#size = head.size;
    this.#vouchedMs = earlier(this.#vouchedMs, sureTimeOf(head));
    this.#sureMs = this.#vouchedMs ?? this.#sureMs;
    this.#atMs = this.#sureMs;
  }
}

const earlier = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);
