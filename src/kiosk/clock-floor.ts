import { DAY_MS } from '../base/time.ts';
import { RELEASED_AT_MS } from '../base/version.ts';
import { LEAP_DAYS } from '../journal/trusted-time.ts';

/** What proves that a moment has passed; milliseconds since the epoch. */
export interface TimeEvidence {
  /** The last entry that was made under a trusted clock; null for none, and after the owner has set the clock by hand. */
  readonly lastTrustedMs: number | null;
  /** When the signed trust list in use was issued; null for loose keys. */
  readonly listIssuedAtMs: number | null;
}

/**
 * The wall clock cannot be right before this: the latest of build, issue of the trust list, and the last trusted entry less
 * a day. The log believes a clock that is ahead by a day at once, such as one that was kept in local time; whoever vouches
 * for another time now outweighs that.
 */
export function clockFloorMs({ lastTrustedMs, listIssuedAtMs }: TimeEvidence): number {
  return Math.max(RELEASED_AT_MS, (lastTrustedMs ?? 0) - LEAP_DAYS * DAY_MS, listIssuedAtMs ?? 0);
}
