import type { Json, JsonObject } from '../base/json.ts';
import { dayIn, formatInstant, minuteOfDayIn, parseInstant, startOfDayIn } from '../base/time.ts';
import { isDay } from '../pass/day.ts';
import { COVID_19 } from '../pass/fhir-codes.ts';
import type { Claims } from '../pass/pass.ts';
import type { VenueKind } from '../settings/venue-kinds.ts';

/** The place of the door, as rules may ask about it. */
export interface Site {
  /** IANA zone: where days begin and end. */
  readonly zone: string;
  readonly venueKind: VenueKind;
}

/** What a rule looks into (DESIGN.md section 5, "Normalised claims"). */
export interface RuleContext {
  readonly payload: JsonObject;
  readonly external: JsonObject;
}

const DAY_LENGTH = 10;
const PARTIAL_DATE = /^\d{4}(-\d{2})?$/;
const MIDNIGHT = /^\d{4}-\d{2}-\d{2}T00:00(:00(\.0+)?)?(Z|[+-]\d{1,2}:?\d{0,2})?$/;
/** The EU DCC writes an offset as +2, +02, +0200 or +02:00, and none at all for UTC. */
const OFFSET = /^(.*T[\d:.]+)(?:Z|([+-])(\d{1,2}):?(\d{2})?)?$/;
/** Members that name a day by the EU's schema; some issuers write midnight behind it, in whatever zone. */
const DAYS: ReadonlySet<string> = new Set(['dt', 'fr', 'df', 'du', 'dob', 'until']);
const NUMBER = /^\d{1,15}$/;

/** An instant in any of the spellings that an EU DCC has for an offset, milliseconds since the epoch; null for no such text. */
export function dateTimeOf(value: string): number | null {
  const [, time = '', sign, hours = '', minutes = '00'] = OFFSET.exec(value) ?? [];
  const instant = parseInstant(sign === undefined ? `${time}Z` : `${time}${sign}${hours.padStart(2, '0')}:${minutes}`);
  return instant.ok ? instant.value : null;
}

/** The day in `zone` of a date or a date-time in the member `name`, or null for text that is neither. */
export function dayOf(name: string, value: string, zone: string): string | null {
  const day = value.slice(0, DAY_LENGTH);
  if (!isDay(day)) return null;
  if (value.length === DAY_LENGTH || (DAYS.has(name) && MIDNIGHT.test(value))) return day;
  const atMs = dateTimeOf(value);
  return atMs === null ? null : dayIn(zone, atMs);
}

/** The members of an entry, each date and date-time also as `<name>Day`. */
function withDays(entry: JsonObject, zone: string): JsonObject {
  const members: Record<string, Json> = {};
  for (const [name, value] of Object.entries(entry)) {
    if (name === '__proto__') continue;
    members[name] = value;
    const day = typeof value === 'string' ? dayOf(name, value, zone) : null;
    if (day !== null) members[`${name}Day`] = day;
  }
  return members;
}

/** An entry that does not speak of its disease is in the EU's vocabulary, which has one. Unknown is null, not absent. */
const aboutCovid = (entry: JsonObject): JsonObject => (entry['tg'] === undefined ? { ...entry, tg: COVID_19 } : entry);

/**
 * `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, not after `today`; whatever else stands there says nothing about an age. Who is
 * not born yet would be younger than any limit, and nobody holds up such a pass in earnest.
 */
function birthOf(dob: string | null, today: string): string | null {
  const text = dob ?? '';
  const born = PARTIAL_DATE.test(text) ? text : text.slice(0, DAY_LENGTH);
  return isDay(`${born}-01-01`.slice(0, DAY_LENGTH)) && born <= today ? born : null;
}

function ticketOf(ticket: JsonObject | null, zone: string): Json {
  if (ticket === null) return null;
  const { product } = ticket;
  const isNumber = typeof product === 'string' && NUMBER.test(product);
  return { ...withDays(ticket, zone), productNumber: isNumber ? Number(product) : null };
}

/**
 * The claims of any format as rules see them: `payload` in the vocabulary of the EU DCC with the days of the site's zone,
 * `external` with the clock, the site, the parameters and the value sets. Nothing of the claims is changed or shared.
 * @param nowMs milliseconds since the epoch; rules see it in RFC 3339, UTC
 */
export function normalise(
  claims: Claims,
  nowMs: number,
  site: Site,
  params: Readonly<Record<string, number>>,
  valueSets: Readonly<Record<string, readonly string[]>>,
): RuleContext {
  const { zone, venueKind } = site;
  const entries = (group: readonly JsonObject[]): Json => group.map((entry) => withDays(aboutCovid(entry), zone));
  const minute = minuteOfDayIn(zone, nowMs);
  const day = dayIn(zone, nowMs);
  return {
    payload: {
      v: entries(claims.v),
      t: entries(claims.t),
      r: entries(claims.r),
      x: claims.x.map((entry) => withDays(entry, zone)),
      nam: claims.nam,
      dob: birthOf(claims.dob, day),
      kind: claims.kind,
      ticket: ticketOf(claims.ticket, zone),
    },
    external: {
      validationClock: formatInstant(nowMs),
      validationClockDay: day,
      site: {
        zone,
        kind: venueKind,
        day,
        dayStart: formatInstant(startOfDayIn(zone, nowMs)),
        hour: Math.floor(minute / 60),
      },
      params: { ...params },
      valueSets: { ...valueSets },
    },
  };
}
