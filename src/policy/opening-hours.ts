import * as z from 'zod';
import { DAY_MS, dayIn, formatInstant, minuteOfDayIn } from '../base/time.ts';
import { isDay } from '../pass/day.ts';
import { wrongValue } from '../settings/complaint.ts';
import { group, oneOf } from '../settings/members.ts';

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export const MAX_HOURS = 128;

const MINUTES_OF_DAY = 24 * 60;
const wanting = (wanted: string) => (issue: { readonly input?: unknown }) => wrongValue(issue.input, wanted);
const clock = (pattern: RegExp, wanted: string) => {
  const error = wanting(wanted);
  return z.string({ error }).regex(pattern, { error });
};
const from = clock(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time like 09:00');
const to = clock(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a time like 18:00, at most 24:00');
const day = z
  .string({ error: wanting('a day like 2026-12-25') })
  .refine(isDay, { error: wanting('a day like 2026-12-25') });

const weekly = group({
  days: z.array(oneOf(WEEKDAYS), { error: wanting(`a list of ${WEEKDAYS.join(', ')}`) }).min(1, {
    error: `is empty: write a list of ${WEEKDAYS.join(', ')}`,
  }),
  from,
  to,
});
const onDay = group({ on: day, from, to });
const closedOn = group({ closedOn: day });

const form =
  'is none of {"days": ["mon"], "from": "09:00", "to": "18:00"}, {"on": "2026-12-24", "from": …, "to": …} and {"closedOn": "2026-12-25"}: correct or delete it';
export const hoursSchema = z
  .array(z.union([weekly, onDay, closedOn], { error: form }), {
    error: wanting('a list of opening hours, or [] for always'),
  })
  .max(MAX_HOURS, { error: `has more than ${MAX_HOURS} members: delete some` });

/**
 * When the door is open, in the site's zone. Hours that end before they begin, or as they do, run over midnight and
 * belong to the day they begin on; a date (`on`, `closedOn`) takes the place of its weekday. No hours: always; days off
 * alone: always but then.
 */
export type OpeningHours = readonly Readonly<z.infer<typeof hoursSchema>[number]>[];

interface Range {
  readonly from: number;
  readonly to: number;
}

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** Minutes since the midnight that `date` begins with; beyond 1,440 is the next day. */
function rangesOn(hours: OpeningHours, date: string): readonly Range[] {
  const ranges: Range[] = hours.every((each) => 'closedOn' in each) ? [{ from: 0, to: MINUTES_OF_DAY }] : [];
  const own: Range[] = [];
  const weekday = WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()];
  let hasOwn = false;
  for (const each of hours) {
    if ('closedOn' in each) {
      if (each.closedOn === date) hasOwn = true;
      continue;
    }
    const begins = minutesOf(each.from);
    const ends = minutesOf(each.to);
    const range = { from: begins, to: ends > begins ? ends : ends + MINUTES_OF_DAY };
    if ('on' in each) {
      if (each.on !== date) continue;
      hasOwn = true;
      own.push(range);
    } else if (weekday !== undefined && each.days.includes(weekday)) {
      ranges.push(range);
    }
  }
  return hasOwn ? own : ranges;
}

const dayBefore = (date: string): string => formatInstant(Date.parse(`${date}T00:00:00Z`) - DAY_MS).slice(0, 10);

/** True while the door is open; minutes as the wall clock of the zone shows them. */
export function isOpen(hours: OpeningHours, zone: string, atMs: number): boolean {
  if (hours.length === 0) return true;
  const date = dayIn(zone, atMs);
  const minute = minuteOfDayIn(zone, atMs);
  const isInside = (ranges: readonly Range[], at: number): boolean =>
    ranges.some((range) => range.from <= at && at < range.to);
  return isInside(rangesOn(hours, date), minute) || isInside(rangesOn(hours, dayBefore(date)), minute + MINUTES_OF_DAY);
}
