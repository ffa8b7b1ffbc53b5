import { MINUTE_MS } from '../base/time.ts';
import { type DayCounters, dayCounters } from './counters.ts';
import { entriesInTime } from './entries-in-time.ts';
import type { Entry } from './entry.ts';
import type { OutageCause } from './outage.ts';
import { timelineBefore } from './outage-reading.ts';
import type { OutageTimeline, Stretch } from './outage-timeline.ts';
import { entriesBetween, type JournalReader } from './query.ts';

/** What one day of a log came to. */
export interface DayRecord {
  readonly counters: DayCounters;
  /** Sequence numbers of the first and the last entry of the day; null where there is none. */
  readonly entries: { readonly first: number; readonly last: number } | null;
  /** In which the kiosk ran and could not check, and in which it did not run. */
  readonly down: Downtime;
  readonly off: Downtime;
}

/**
 * Whole minutes of a day, null where the log knows nothing of that day; not all measured where for some of them no clock
 * that somebody vouched for says it.
 */
export interface Downtime {
  readonly minutes: number | null;
  readonly isMeasured: boolean;
}

/** In these nobody's pass could be checked; out of date trust data and an unsure clock are told with each verdict. */
const DOWN_CAUSES: readonly OutageCause[] = ['not-recording', 'scanner', 'signal'];

/** Reads a day out of a log, times in milliseconds since the epoch. A damaged file is a `JournalFault`. */
export function dayRecord(db: JournalReader, zone: string, fromMs: number, toMs: number): DayRecord {
  const range = entriesInTime(db, fromMs, toMs);
  const timeline = timelineBefore(db, range);
  let first: number | null = null;
  let last = 0;
  const seen = function* (): Generator<Entry> {
    for (const entry of entriesBetween(db, range.from, range.to)) {
      timeline.entry(entry);
      yield entry;
      if (entry.wallMs < fromMs || entry.wallMs >= toMs) continue;
      first ??= entry.seq;
      last = entry.seq;
    }
  };
  const counters = dayCounters(seen(), zone, fromMs, toMs);
  const stretches = timeline.since(range.from);
  const isUnknown = first === null && covered(timeline, stretches, fromMs, toMs) === 0;
  const downtime = (causes: readonly OutageCause[]): Downtime => {
    if (isUnknown) return { minutes: null, isMeasured: true };
    const caused = stretches.filter(({ cause }) => causes.includes(cause));
    return {
      minutes: Math.round(covered(timeline, caused, fromMs, toMs) / MINUTE_MS),
      isMeasured: caused.every(({ from, to }) => to === null || Number.isFinite(timeline.lastedMs(from, to))),
    };
  };
  return {
    counters,
    entries: first === null ? null : { first, last },
    down: downtime(DOWN_CAUSES),
    off: downtime(['not-running']),
  };
}

/** How much of the day the stretches cover, where they overlap once. */
function covered(timeline: OutageTimeline, stretches: readonly Stretch[], fromMs: number, toMs: number): number {
  const spans = stretches
    .map(({ from, to }) => {
      const ends = [timeline.madeAtMs(from), to === null ? toMs : timeline.madeAtMs(to)];
      return { beginMs: Math.max(fromMs, Math.min(...ends)), endMs: Math.min(toMs, Math.max(...ends)) };
    })
    .toSorted((one, other) => one.beginMs - other.beginMs);
  let totalMs = 0;
  let doneMs = fromMs;
  for (const { beginMs, endMs } of spans) {
    totalMs += Math.max(0, endMs - Math.max(beginMs, doneMs));
    doneMs = Math.max(doneMs, endMs);
  }
  return totalMs;
}
