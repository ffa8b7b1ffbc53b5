import { DAY_TURNS_AT_HOUR } from '../base/site-day.ts';
import { MINUTE_MS, minuteOfDayIn } from '../base/time.ts';
import type { VerdictName } from '../policy/reasons.ts';
import type { Entry } from './entry.ts';

type Tally = { [name: string]: number };
export type HourCounters = { readonly hour: number } & Readonly<Record<VerdictName, number>>;

/** What was decided on one day, for the owner; made from the entries whenever somebody asks, and kept nowhere. */
export interface DayCounters {
  readonly admit: number;
  readonly assist: number;
  readonly refuse: number;
  /** What staff did after an assist or a refusal. */
  readonly staffAdmitted: number;
  readonly staffRefused: number;
  /** What staff said their decisions rest on. */
  readonly staffReasons: Readonly<Tally>;
  readonly stickers: number;
  /** Hours on the wall clock of the site in which somebody came, from 04:00 on; one that a day has twice is one. */
  readonly hours: readonly HourCounters[];
  /** By reason, format and kind; `none` where a scan had none. */
  readonly reasons: Readonly<Tally>;
  readonly formats: Readonly<Tally>;
  readonly kinds: Readonly<Tally>;
}

/**
 * Counts the entries of a day, which are those from `fromMs` to before `toMs` (milliseconds since the epoch, by the
 * clock of their stamps).
 */
export function dayCounters(entries: Iterable<Entry>, zone: string, fromMs: number, toMs: number): DayCounters {
  const verdicts: Record<VerdictName, number> = { admit: 0, assist: 0, refuse: 0 };
  const hours = new Map<number, Record<VerdictName, number>>();
  const [reasons, formats, kinds, staffReasons] = [tally(), tally(), tally(), tally()];
  const hourOf = hoursIn(zone);
  let [staffAdmitted, staffRefused, stickers] = [0, 0, 0];
  for (const entry of entries) {
    if (entry.wallMs < fromMs || entry.wallMs >= toMs) continue;
    if (entry.type === 'staff-admitted') staffAdmitted += 1;
    else if (entry.type === 'staff-refused') staffRefused += 1;
    else if (entry.type === 'sticker-issued') stickers += 1;
    if (entry.type === 'staff-admitted' || entry.type === 'staff-refused') {
      // Entries of an earlier version do not say.
      const because = entry.because ?? 'not-said';
      staffReasons[because] = (staffReasons[because] ?? 0) + 1;
    }
    if (entry.type !== 'scan') continue;
    const { verdict, reason, format, kind } = entry;
    verdicts[verdict] += 1;
    const hour = hourOf(entry.wallMs);
    const inHour = hours.get(hour) ?? { admit: 0, assist: 0, refuse: 0 };
    inHour[verdict] += 1;
    hours.set(hour, inHour);
    reasons[reason] = (reasons[reason] ?? 0) + 1;
    formats[format ?? 'none'] = (formats[format ?? 'none'] ?? 0) + 1;
    kinds[kind ?? 'none'] = (kinds[kind ?? 'none'] ?? 0) + 1;
  }
  return {
    ...verdicts,
    staffAdmitted,
    staffRefused,
    staffReasons,
    stickers,
    hours: [...hours]
      .sort(([one], [other]) => sinceTurn(one) - sinceTurn(other))
      .map(([hour, counts]) => ({ hour, ...counts })),
    reasons,
    formats,
    kinds,
  };
}

const sinceTurn = (hour: number): number => (hour - DAY_TURNS_AT_HOUR + 24) % 24;

const tally = (): Tally => ({});

/** Asked once a minute of a day, since a zone is slow to ask. */
function hoursIn(zone: string): (atMs: number) => number {
  const known = new Map<number, number>();
  return (atMs) => {
    const minute = Math.floor(atMs / MINUTE_MS);
    const hour = known.get(minute) ?? Math.floor(minuteOfDayIn(zone, atMs) / 60);
    known.set(minute, hour);
    return hour;
  };
}
