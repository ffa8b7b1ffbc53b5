import type { Cbor } from './cbor-value.ts';
import { instantOf } from './numeric-date.ts';

/** Claim keys of RFC 8392 section 3.1, and that of the European health certificates. */
export const LABEL_ISS = 1;
export const LABEL_EXP = 4;
export const LABEL_NBF = 5;
export const LABEL_IAT = 6;
export const LABEL_CTI = 7;
export const LABEL_HCERT = -260;

/** A NumericDate, whole or a float, in milliseconds; null for anything else, and for the NaN and infinity that CBOR can write. */
export function claimedInstant(claim: Cbor | undefined): number | null {
  return typeof claim === 'number' && Number.isFinite(claim) ? instantOf(claim) : null;
}

/** True for a date that is there and says nothing: the pass must not count as one without it. */
export const isUnreadableDate = (claim: Cbor | undefined): boolean =>
  claim !== undefined && claim !== null && claimedInstant(claim) === null;
