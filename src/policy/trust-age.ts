import type { ListDates } from '../pass/trust.ts';

/** How old the trust data is by the dates of the signed list; loose keys have no age and are `current`. */
export type TrustAge = 'current' | 'stale' | 'expired';

/**
 * @param list null for loose keys
 * @param atMs milliseconds since the epoch
 */
export function trustAgeAt(list: ListDates | null, atMs: number): TrustAge {
  if (list === null || atMs < list.staleAfterMs) return 'current';
  return atMs < list.expiresAtMs ? 'stale' : 'expired';
}
