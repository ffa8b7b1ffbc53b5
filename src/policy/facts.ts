import { DAY_MS, dayIn, HOUR_MS } from '../base/time.ts';
import type { Claims, Json, Kind } from '../pass/pass.ts';
import { dateTimeOf, dayOf } from './normalised-claims.ts';

/** What another policy could be tried on later: no name, date or identifier. Gone after 28 days. */
export interface Facts {
  readonly kind: Kind;
  readonly doses: number | null;
  readonly dosesNeeded: number | null;
  readonly daysSinceDose: number | null;
  readonly hoursSinceTest: number | null;
  /** The year of birth of a minor by year age, `adult`, or null where the pass does not say. */
  readonly bornYearClass: string | null;
}

const MINOR_UP_TO_YEARS = 19;

const numberOf = (value: Json | undefined): number | null => (typeof value === 'number' ? value : null);
const textOf = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

/** Reduces claims to facts; whatever is missing or unreadable is null. Dates are compared in the site's zone. */
export function factsOf(claims: Claims, zone: string, nowMs: number): Facts {
  // The entries that rules look at.
  const [dose] = claims.v;
  const [test] = claims.t;
  const sampledMs = dateTimeOf(textOf(test?.['sc']) ?? '');
  return {
    kind: claims.kind,
    doses: numberOf(dose?.['dn']),
    dosesNeeded: numberOf(dose?.['sd']),
    daysSinceDose: daysSince(textOf(dose?.['dt']), zone, nowMs),
    hoursSinceTest: sampledMs === null ? null : Math.floor((nowMs - sampledMs) / HOUR_MS),
    bornYearClass: bornYearClass(claims.dob, zone, nowMs),
  };
}

function daysSince(day: string | null, zone: string, nowMs: number): number | null {
  const then = day === null ? null : dayOf('dt', day, zone);
  if (then === null) return null;
  return Math.round((Date.parse(`${dayIn(zone, nowMs)}T00:00:00Z`) - Date.parse(`${then}T00:00:00Z`)) / DAY_MS);
}

function bornYearClass(dob: string | null, zone: string, nowMs: number): string | null {
  const born = /^\d{4}/.exec(dob ?? '')?.[0];
  if (born === undefined) return null;
  return Number(dayIn(zone, nowMs).slice(0, 4)) - Number(born) <= MINOR_UP_TO_YEARS ? born : 'adult';
}
