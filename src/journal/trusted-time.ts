import { DAY_MS, HOUR_MS, isEvident, type WallTime } from '../base/time.ts';
import { RELEASED_AT_MS } from '../base/version.ts';
import type { Statements } from './statements.ts';

/** A trusted clock that is further ahead than this of all that was recorded before was off for long, or is wrong. */
export const LEAP_DAYS = 1;
/** After so long under it the leap is believed. */
export const LEAP_PROVES_ITSELF_HOURS = 4;
/** What a leap has proven so far still counts when the machine was off in between, but for no longer than this. */
export const LEAP_WAITS_DAYS = 8;

/** An entry under a trusted clock: its time, in milliseconds since the epoch, and where in which boot it stands. */
export interface Moment {
  readonly atMs: number;
  readonly boot: string;
  readonly monoMs: number;
}

/** A clock that has leaped: its newest moment, and for how long it has run on from there without another leap. */
interface Leap extends Moment {
  readonly ranMs: number;
}

/**
 * The newest time that the log vouches for. Every later start holds its clock against it, and what must be forgotten is
 * deleted by it, so that one wrong date from a time server or a battery-backed clock must not count: a leap into the
 * future is believed only once the kiosk has run under it for some hours, in one run or in several, and until then the
 * time before the leap stands.
 */
export class TrustedTime {
  #atMs: number | null;
  #leap: Leap | null;

  /**
   * @param atMs what the log vouches for so far, in milliseconds since the epoch
   * @param leap moments of a leap that is not yet believed, the oldest first
   */
  constructor(atMs: number | null, leap: readonly Moment[] = []) {
    this.#atMs = atMs;
    this.#leap = leap.reduce(runOn, null);
  }

  get atMs(): number | null {
    return this.#atMs;
  }

  /** An entry was written under this clock. */
  recorded(wall: WallTime, boot: string, monoMs: number): void {
    if (!isEvident(wall)) return;
    const { atMs } = wall;
    const isLeap = leapsOver(this.#atMs, atMs);
    this.#leap = isLeap ? runOn(this.#leap, { atMs, boot, monoMs }) : null;
    const isProven = this.#leap !== null && this.#leap.ranMs >= LEAP_PROVES_ITSELF_HOURS * HOUR_MS;
    if (isLeap && !isProven) return;
    this.#leap = null;
    this.#atMs = Math.floor(atMs);
  }

  /** Whoever sets the clock by hand says that what it showed before was wrong. */
  forget(): void {
    this.#atMs = null;
    this.#leap = null;
  }
}

const leapsOver = (vouchedMs: number | null, atMs: number): boolean =>
  atMs - (vouchedMs ?? RELEASED_AT_MS) > LEAP_DAYS * DAY_MS;

/** A clock that leaps again while it proves itself, or falls back, begins anew. */
function runOn(leap: Leap | null, { atMs, boot, monoMs }: Moment): Leap {
  const now = { atMs, boot, monoMs };
  if (leap === null) return { ...now, ranMs: 0 };
  const ranMs = leap.boot === boot ? monoMs - leap.monoMs : 0;
  const shiftMs = atMs - leap.atMs - ranMs;
  const isSameClock =
    leap.boot === boot
      ? ranMs >= 0 && Math.abs(shiftMs) <= LEAP_DAYS * DAY_MS
      : shiftMs >= 0 && shiftMs <= LEAP_WAITS_DAYS * DAY_MS;
  return { ...now, ranMs: isSameClock ? leap.ranMs + ranMs : 0 };
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
  return leapsOver(signedMs, newestMs) ? signedMs : newestMs;
}

/** What a log that is opened vouches for, and how far a leap had proven itself by its signed heads. */
export function trustedTimeOf(
  statements: Pick<Statements, 'lastTrusted' | 'signedMoments' | 'lastHandSince'>,
): TrustedTime {
  const { signed_ms, newest_ms } = statements.lastTrusted.get() ?? { signed_ms: null, newest_ms: null };
  const atMs = vouchedForAtStart(signed_ms, newest_ms);
  const leap: (Moment & { readonly seq: number })[] = [];
  for (const { seq, last_trusted_ms, at_ms, boot, mono_ms, clock } of statements.signedMoments.iterate()) {
    // Before the leap.
    if (last_trusted_ms !== signed_ms) break;
    if (clock !== 'trusted') continue;
    if (!isTime(at_ms) || !leapsOver(atMs, at_ms)) break;
    leap.unshift({ seq, atMs: at_ms, boot, monoMs: mono_ms });
  }
  // A hand has said that what the clock showed before was wrong; only a log with a leap is read for it.
  const oldest = leap[0];
  const handSeq = oldest === undefined ? null : (statements.lastHandSince.get(oldest.seq)?.seq ?? null);
  return new TrustedTime(
    atMs,
    leap.filter(({ seq }) => handSeq === null || seq > handSeq),
  );
}
