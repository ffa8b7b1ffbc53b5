import { DAY_MS, dayIn, parseInstant } from './time.ts';

/** The hour at which the day of a site ends: when even the last bar is closed and the first bakery is not yet open. */
export const DAY_TURNS_AT_HOUR = 4;

const hourFormats = new Map<string, Intl.DateTimeFormat>();

function hourIn(zone: string, atMs: number): number {
  let format = hourFormats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' });
    hourFormats.set(zone, format);
  }
  return Number(format.format(atMs));
}

/** The day of a site as `YYYY-MM-DD`: the calendar's, except that the hours before 04:00 belong to the evening before. */
export function siteDayIn(zone: string, atMs: number): string {
  // Half a day back from the small hours is the day before, also on the two days of a year that are not 24 hours long.
  return dayIn(zone, hourIn(zone, atMs) < DAY_TURNS_AT_HOUR ? atMs - DAY_MS / 2 : atMs);
}

/** No day of a site begins further from the midnight of its date in London than this. */
const FARTHEST_MS = 2 * DAY_MS;

/**
 * When a day of a site (`YYYY-MM-DD`) begins and ends, in milliseconds since the epoch; null for what is no date, and for
 * a day that a zone left out.
 */
export function siteDaySpan(zone: string, day: string): { readonly fromMs: number; readonly toMs: number } | null {
  const midnight = parseInstant(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || !midnight.ok) return null;
  const fromMs = firstInstant(midnight.value, (atMs) => siteDayIn(zone, atMs) >= day);
  const toMs = firstInstant(midnight.value, (atMs) => siteDayIn(zone, atMs) > day);
  return siteDayIn(zone, fromMs) === day ? { fromMs, toMs } : null;
}

/** The first millisecond near one at which something holds that goes on holding. */
function firstInstant(nearMs: number, holds: (atMs: number) => boolean): number {
  let [before, after] = [nearMs - FARTHEST_MS, nearMs + FARTHEST_MS];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (holds(middle)) after = middle;
    else before = middle;
  }
  return after;
}
