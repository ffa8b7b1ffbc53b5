import { formatInstant, MINUTE_MS, type WallTime } from '../base/time.ts';
import type { Environment } from '../settings/schema.ts';
import { listName, type TrustList } from './trust-list.ts';
import type { TrustRoot } from './trust-root.ts';

/** A publisher's clock may be this far ahead of a kiosk's that is right. */
export const MAX_ISSUE_AHEAD_MS = 5 * MINUTE_MS;

/** What a kiosk holds a new list against. */
export interface ListDemands {
  readonly environment: Environment;
  /** The highest version that was ever taken from this publisher; 0 for none. */
  readonly versionFloor: number;
  readonly now: WallTime;
}

/**
 * Why a list whose signature is good must not be imported, or null. A version that is equal to the floor is the
 * caller's to judge, who knows the bytes of that list.
 */
export function refusalOf(list: TrustList, root: TrustRoot, demands: ListDemands): string | null {
  const { dates, environment, nextRoot } = list;
  const { now, versionFloor } = demands;
  const name = listName(dates.version);
  if (environment !== demands.environment) {
    return `${name} is for ${environment} and this kiosk for ${demands.environment}: get the list for ${demands.environment}`;
  }
  if (dates.version < versionFloor) {
    return `${name} is older than ${listName(versionFloor)}, which this kiosk has: get the newest from its publisher`;
  }
  if (nextRoot !== null && nextRoot.thumbprint !== root.thumbprint && nextRoot.kid === root.kid) {
    return `${name} calls its next root '${nextRoot.kid}' as it calls its own: its publisher must give it another kid`;
  }
  // An unsure clock that runs late must not keep a good list out; the list is then evidence of the time.
  if (now.trusted && dates.issuedAtMs > now.atMs + MAX_ISSUE_AHEAD_MS) {
    return `${name} was issued at ${formatInstant(dates.issuedAtMs)}, which is yet to come: check the kiosk's clock`;
  }
  const certainlyMs = now.trusted ? now.atMs : (now.floorMs ?? Number.NEGATIVE_INFINITY);
  if (dates.expiresAtMs <= certainlyMs) {
    return `${name} expired at ${formatInstant(dates.expiresAtMs)}: get the newest from its publisher`;
  }
  return null;
}
