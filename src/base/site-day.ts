import { DAY_MS, dayIn } from './time.ts';

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
