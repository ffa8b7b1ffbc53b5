import { isJsonArray, isJsonObject, type Json } from '../base/json.ts';
import { DAY_MS, HOUR_MS, LAST_INSTANT_MS, parseInstant, startOfDayIn } from '../base/time.ts';
import { isDay } from '../pass/day.ts';
import type { Circumstances, Judged } from './decide.ts';
import { boundLogicOf, firstFailedRule, payloadOf } from './judge-rules.ts';
import { dateTimeOf } from './normalised-claims.ts';
import type { Policy } from './policy.ts';
import { isAbout, rulesFor } from './rule.ts';

/** Milliseconds since the epoch, from the first until just before the second; null for no such end. */
export interface Dates {
  readonly validFromMs: number | null;
  readonly validUntilMs: number | null;
}

/** Dates beside which rules are asked, at most, those nearest to now; a pass of one entry has three or four. */
export const MAX_MEETINGS = 32;
/** Days around a date, one of which begins with its midnight whatever the zone. */
const DAYS_AROUND = [-1, 0, 1, 2];
/** Published rules that have no end are given one in the year 9999. */
const NO_END_MS = Date.UTC(9999, 0, 1);
const HOUR_PATH = 'external.site.hour';
const PAYLOAD = /^payload\./;
const CLOCK = /^external\./;
const DAY_LENGTH = 10;
const MONTHS = { month: 1, year: 12 } as const;

/**
 * The dates of a genuine pass cut by the rules of a policy: the stretch of time around `now` in which all of them hold;
 * where they do not hold now, the next such stretch, else the last. A rule turns where a date of the pass, moved by what
 * the rule adds to it, meets the clock, at a midnight beside that, and where the rule itself begins or ends: there the
 * rules are asked. A pass that they never hold for keeps its own dates. Opening hours and rules about the hour of the
 * day are the door's, not the pass's, and cut nothing.
 */
export function datesUnderRules(
  pass: Judged,
  policy: Policy,
  { now, zone, venueKind = 'other' }: Circumstances,
): Dates {
  const { validFromMs, validUntilMs, claims } = pass;
  const rules = policy.rules.filter((rule) => isAbout(rule, claims) && !asksForTheHour(rule.Logic));
  if (rules.length === 0 || pass.format === 'sticker') return { validFromMs, validUntilMs };
  const site = { zone, venueKind };
  const dated: Policy = { ...policy, rules };
  const payload = payloadOf(dated, claims, now.atMs, site);
  // Rules know no birth date before its day, however partial it is.
  const born: Moved = { dates: datesIn(`${payload['dob']}-01-01`.slice(0, DAY_LENGTH)), clock: [(atMs) => atMs] };
  const moved = [born, ...boundLogicOf(dated).map((logic) => movedDatesIn(logic, payload))];
  const points = turningPoints(moved, dated, zone, now.atMs);
  const stretches = stretchesOf(points, (atMs) => firstFailedRule(dated, claims, atMs, site) === null);
  const isNow = ({ validFromMs: from, validUntilMs: until }: Dates): boolean =>
    (from ?? now.atMs) <= now.atMs && now.atMs < (until ?? LAST_INSTANT_MS);
  // Before the first rule and after the last one everything is enough: that is no promise to whom they turn away.
  const isRuled = ({ validFromMs: from, validUntilMs: until }: Dates): boolean =>
    rulesFor(rules, claims, until === null ? (from ?? now.atMs) : until - 1).length > 0;
  const known = stretches.filter((each) => isNow(each) || isRuled(each));
  const stretch = known.find((each) => now.atMs < (each.validUntilMs ?? LAST_INSTANT_MS)) ?? known.at(-1);
  if (stretch === undefined) return { validFromMs, validUntilMs };
  const [froms, untils] = [
    [validFromMs, stretch.validFromMs].filter((atMs) => atMs !== null),
    [validUntilMs, stretch.validUntilMs].filter((atMs) => atMs !== null),
  ];
  return {
    validFromMs: froms.length === 0 ? null : Math.max(...froms),
    validUntilMs: untils.length === 0 ? null : Math.min(...untils),
  };
}

function asksForTheHour(logic: Json): boolean {
  if (isJsonArray(logic)) return logic.some(asksForTheHour);
  if (!isJsonObject(logic)) return false;
  return Object.values(logic).some((part) => part === HOUR_PATH || asksForTheHour(part));
}

/** Between two points nothing turns, so that the answer at the first is that of all the time between them. */
function stretchesOf(points: readonly number[], holdsAt: (atMs: number) => boolean): readonly Dates[] {
  const stretches: Dates[] = [];
  let fromMs: number | null = null;
  let holds = points[0] !== undefined && holdsAt(points[0] - 1);
  for (const point of points) {
    if (holdsAt(point) === holds) continue;
    if (holds) stretches.push({ validFromMs: fromMs, validUntilMs: point });
    fromMs = point;
    holds = !holds;
  }
  if (holds) stretches.push({ validFromMs: fromMs, validUntilMs: null });
  return stretches;
}

type Moves = readonly ((atMs: number) => number)[];

/** What one rule does to dates: those of the pass that it looks at, moved; and how it moves the clock. */
interface Moved {
  readonly dates: readonly number[];
  /** Undoing each, because a date that meets a clock two days ago meets the clock two days later. */
  readonly clock: Moves;
}

function movedDatesIn(logic: Json, payload: Json): Moved {
  const parts = isJsonArray(logic) ? logic : isJsonObject(logic) ? Object.values(logic) : [];
  const inside = parts.map((part) => movedDatesIn(part, payload));
  const [subject, amount, unit] = isJsonObject(logic) && isJsonArray(logic['plusTime']) ? logic['plusTime'] : [];
  const path = isJsonObject(subject) ? subject['var'] : undefined;
  const all = inside.reduce<Moved>(
    (sum, each) => ({ dates: [...sum.dates, ...each.dates], clock: [...sum.clock, ...each.clock] }),
    { dates: [], clock: [] },
  );
  if (typeof path !== 'string' || typeof amount !== 'number') return all;
  if (CLOCK.test(path)) return { ...all, clock: [...all.clock, (atMs) => shifted(atMs, -amount, unit)] };
  // Inside a reduce the path begins at an element, which may be any of the list.
  const dates = PAYLOAD.test(path) ? datesIn(valueAt(payload, path)) : datesIn(payload);
  return { ...all, dates: [...all.dates, ...dates.map((atMs) => shifted(atMs, amount, unit))] };
}

function valueAt(payload: Json, path: string): Json {
  let value: Json | undefined = payload;
  for (const name of path.replace(PAYLOAD, '').split('.')) {
    if (isJsonArray(value)) value = value[Number(name)];
    else value = isJsonObject(value) ? value[name] : undefined;
  }
  return value ?? null;
}

/** Every day and date-time in a value, a day as its midnight in UTC, as rules see it. */
function datesIn(value: Json): readonly number[] {
  if (typeof value === 'string') {
    const atMs = isDay(value) ? Date.parse(`${value}T00:00:00Z`) : dateTimeOf(value);
    return atMs === null ? [] : [atMs];
  }
  const parts = isJsonArray(value) ? value : isJsonObject(value) ? Object.values(value) : [];
  return parts.flatMap(datesIn);
}

function shifted(atMs: number, amount: number, unit: Json | undefined): number {
  if (unit === 'hour') return atMs + amount * HOUR_MS;
  if (unit !== 'month' && unit !== 'year') return atMs + amount * DAY_MS;
  const date = new Date(atMs);
  return date.setUTCMonth(date.getUTCMonth() + amount * MONTHS[unit]);
}

/** In order, each once. */
function turningPoints(moved: readonly Moved[], { rules }: Policy, zone: string, nowMs: number): readonly number[] {
  const points = new Set<number>();
  for (const { ValidFrom, ValidTo } of rules) {
    const [from, to] = [parseInstant(ValidFrom), parseInstant(ValidTo)];
    if (from.ok) points.add(from.value);
    if (to.ok) points.add(to.value + 1);
  }
  const meetings = moved.flatMap(({ dates, clock }) => dates.flatMap((date) => clock.map((undo) => undo(date))));
  const near = [...new Set(meetings)]
    .filter((atMs) => Math.abs(atMs) < LAST_INSTANT_MS - DAY_MS * DAYS_AROUND.length)
    .sort((one, other) => Math.abs(one - nowMs) - Math.abs(other - nowMs))
    .slice(0, MAX_MEETINGS);
  for (const atMs of near) {
    // What the law counts is days; what takes in the instant itself turns just after it.
    for (const point of [atMs, atMs + 1]) points.add(point);
    for (const days of DAYS_AROUND) points.add(startOfDayIn(zone, atMs + days * DAY_MS));
  }
  return [...points].filter((atMs) => atMs > 0 && atMs < NO_END_MS).sort((one, other) => one - other);
}
