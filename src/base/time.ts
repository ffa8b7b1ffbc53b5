import { err, ok, type Result } from './result.ts';

/** What the wall clock says, and whether that can be believed. */
export interface WallTime {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly atMs: number;
  /** False while nothing vouches for the clock: not synchronised, or behind its floor. */
  readonly trusted: boolean;
  /** The time is certainly not before this, whatever the clock says; absent where nothing is known. */
  readonly floorMs?: number;
  /** The owner set it by hand: trusted at the door, but no evidence for anybody else. */
  readonly handSet?: boolean;
}

/** How a hand set the wall clock: it shows monotonic time and `leadMs`. */
export interface HandSetting {
  readonly leadMs: number;
  /** When that was, in monotonic milliseconds. */
  readonly sinceMs: number;
  /** Something vouched for the clock at that time already, so that only a new setting ends this one. */
  readonly wasTrusted: boolean;
}

/** A clock that the owner can set where nothing vouches for it, or something vouches wrongly. */
export interface SettableClock extends Clock {
  /** What would make the wall clock show `toMs` now; nothing is set yet. */
  settingFor(toMs: number): HandSetting;
  setByHand(setting: HandSetting): void;
}

/** Whether the time is evidence for a stranger: what a hand set is the owner's word alone. */
export const isEvident = ({ trusted, handSet }: WallTime): boolean => trusted && handSet !== true;

/** The two clocks of a kiosk: durations come from `monotonicMs` alone, dates from `wall` alone. */
export interface Clock {
  monotonicMs(): number;
  wall(): WallTime;
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt]([01]\d|2[0-3]):(\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** RFC 3339 section 5.6 date-time to milliseconds since the epoch; a day that is not in the calendar and the hour 24 are refused. */
export function parseInstant(text: string): Result<number, string> {
  const match = RFC3339.exec(text);
  const atMs = match === null ? Number.NaN : Date.parse(text);
  const day = match === null ? Number.NaN : Date.parse(`${match[1]}-${match[2]}-${match[3]}T00:00:00Z`);
  const isCalendarDay =
    !Number.isNaN(day) && new Date(day).toISOString().slice(0, 10) === `${match?.[1]}-${match?.[2]}-${match?.[3]}`;
  if (Number.isNaN(atMs) || !isCalendarDay) {
    return err(`'${text.slice(0, 40)}' is not a time like 2021-12-13T11:40:00+09:00`);
  }
  return ok(atMs);
}

/** Milliseconds since the epoch to RFC 3339 in UTC with milliseconds. */
export function formatInstant(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** The last instant that a four-digit year can write; later dates are shown as this one. */
export const LAST_INSTANT_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const zoneFormats = new Map<string, Intl.DateTimeFormat>();

/** The calendar date `YYYY-MM-DD` of an instant in an IANA zone. */
export function dayIn(zone: string, atMs: number): string {
  let format = zoneFormats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    zoneFormats.set(zone, format);
  }
  return format.format(atMs);
}

const clockFormats = new Map<string, Intl.DateTimeFormat>();

/** Minutes since midnight on the wall clock of an IANA zone, 0 to 1,439. */
export function minuteOfDayIn(zone: string, atMs: number): number {
  let format = clockFormats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit' });
    clockFormats.set(zone, format);
  }
  const [hour, minute] = format.format(atMs).split(':');
  return Number(hour) * 60 + Number(minute);
}

/** No day is longer: a zone that goes back over midnight repeats an hour or two. */
const LONGEST_DAY_MS = 26 * 60 * 60 * 1_000;

/**
 * The first instant of the calendar day that holds `atMs` in an IANA zone, in whole milliseconds since the epoch.
 * Searched, not computed from an offset: in some zones the clock skips midnight.
 */
export function startOfDayIn(zone: string, atMs: number): number {
  const day = dayIn(zone, atMs);
  let before = Math.floor(atMs) - LONGEST_DAY_MS;
  let inside = Math.floor(atMs);
  while (inside - before > 1) {
    const middle = Math.floor((inside + before) / 2);
    if (dayIn(zone, middle) === day) inside = middle;
    else before = middle;
  }
  return inside;
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** `YYYY-MM-DD HH:MM` of an instant in an IANA zone, for people. */
export function formatMinuteIn(zone: string, atMs: number): string {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  return `${dayIn(zone, atMs)} ${clock.format(atMs)}`;
}
