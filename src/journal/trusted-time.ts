import { DAY_MS, HOUR_MS, isEvident, type WallTime } from '../base/time.ts';
import { RELEASED_AT_MS } from '../base/version.ts';

/** A trusted clock that is further ahead than this of all that was recorded before was off for long, or is wrong. */
export const LEAP_DAYS = 1;
/** After so long under it the leap is believed. */
export const LEAP_PROVES_ITSELF_HOURS = 4;

/**
 * The newest time that the log vouches for. Every later start holds its clock against it, so that one wrong date from a
 * time server or a battery-backed clock must not count for ever: a leap into the future is believed only once the kiosk has
 * run under it for some hours, and until then the time before the leap stands.
 */
export class TrustedTime {
  #atMs: number | null;
  #leapSinceMs: number | null = null;

  /** @param atMs what the log vouches for so far, in milliseconds since the epoch */
  constructor(atMs: number | null) {
    this.#atMs = atMs;
  }

  get atMs(): number | null {
    return this.#atMs;
  }

  /** An entry was written under this clock. */
  recorded(wall: WallTime, monotonicMs: number): void {
    if (!isEvident(wall)) return;
    const { atMs } = wall;
    const isLeap = atMs - (this.#atMs ?? RELEASED_AT_MS) > LEAP_DAYS * DAY_MS;
    if (!isLeap) this.#leapSinceMs = null;
    else this.#leapSinceMs ??= monotonicMs;
    const isProven =
      this.#leapSinceMs !== null && monotonicMs - this.#leapSinceMs >= LEAP_PROVES_ITSELF_HOURS * HOUR_MS;
    if (isLeap && !isProven) return;
    this.#leapSinceMs = null;
    this.#atMs = Math.floor(atMs);
  }

  /** Whoever sets the clock by hand says that what it showed before was wrong. */
  forget(): void {
    this.#atMs = null;
    this.#leapSinceMs = null;
  }
}

/** No kiosk of this version is in use later: what says so stands on a damaged page. */
const LATEST_MS = RELEASED_AT_MS + 20 * 366 * DAY_MS;

/** Whether what stands in a file can be such a time. */
export const isTime = (stored: unknown): stored is number =>
  Number.isSafeInteger(stored) && Number(stored) >= 0 && Number(stored) <= LATEST_MS;

/**
 * What the log vouches for at a start.
 * @param storedMs what it vouched for when it was last signed
 * @param newestMs the newest entry under a trusted clock since then
 */
export function vouchedForAtStart(storedMs: number | null, newestMs: number | null): number | null {
  // No signature covers it, and a floor in another century would shut the door for good.
  const signedMs = isTime(storedMs) ? storedMs : null;
  if (newestMs === null) return signedMs;
  return newestMs - (signedMs ?? RELEASED_AT_MS) > LEAP_DAYS * DAY_MS ? signedMs : newestMs;
}
