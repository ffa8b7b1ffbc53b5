import { RELEASED_AT_MS } from '../base/version.ts';

/** What proves that a moment has passed; milliseconds since the epoch. */
export interface TimeEvidence {
  /** The last entry that was made under a trusted clock; null for none, and after the owner has set the clock by hand. */
  readonly lastTrustedMs: number | null;
  /** When the signed trust list in use was issued; null for loose keys. */
  readonly listIssuedAtMs: number | null;
}

/** The wall clock cannot be right before this: the latest of build, last trusted entry and issue of the trust list. */
export function clockFloorMs({ lastTrustedMs, listIssuedAtMs }: TimeEvidence): number {
  return Math.max(RELEASED_AT_MS, lastTrustedMs ?? 0, listIssuedAtMs ?? 0);
}
