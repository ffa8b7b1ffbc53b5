import { MINUTE_MS } from '../base/time.ts';
import type { Entry } from './entry.ts';
import type { OutageCause, OutageInterval, OutageReason } from './outage.ts';
import { isTold, isToldThroughout, signsFor, tells } from './outage-signs.ts';
import { endReason, isSettling, isSilence } from './outage-timeline.ts';

/** So many entries between the two ends of a stretch are shown, or all where there are no more. */
export const SHOWN_BETWEEN = 16;

/** A line that was read before its scanner was gone is still judged; a disk may have refused the entry of its return. */
const SCANS_LINGER_MS = MINUTE_MS;

type Claim = Pick<OutageInterval, 'cause' | 'reason' | 'unrecorded'>;

/**
 * The entries between the two ends of a stretch that must be shown, by number: the first of them, and others at equal
 * distances, so that they follow from its ends; where it goes on, the last of the log as well.
 */
function placesBetween(begin: Entry, end: Entry | null, size: number): readonly number[] {
  const between = Math.max(0, (end?.seq ?? size) - begin.seq - 1);
  const shown = Math.min(between, SHOWN_BETWEEN);
  const places = Array.from({ length: shown }, (_, index) => begin.seq + 1 + Math.floor((index * between) / shown));
  return end === null && between > shown ? [...places, size - 1] : places;
}

/**
 * All entries that must be shown for a stretch, by number; `end` is null where it goes on to the end of the log.
 * @param entries those of the log from a number to before another
 */
export function shownOf(
  cause: OutageCause,
  begin: Entry,
  end: Entry | null,
  size: number,
  entries: (from: number, to: number) => Iterable<Entry>,
): readonly number[] {
  const ends = end === null ? [] : [end.seq, ...(isOver(cause, end) ? [] : [end.seq + 1])];
  const places = [begin.seq, ...placesBetween(begin, end, size), ...ends];
  if (!isTold(cause)) return places;
  const all = entries(begin.seq, end === null ? size : end.seq + 1);
  return [...new Set([...places, ...signsFor(cause, new Set(places), all)])];
}

/**
 * Whether the entries that are shown bear out a stretch from `begin` to `end`, null where it goes on to the end of a
 * log of `size` entries. The rules are those by which `OutageTimeline` finds them.
 */
export function isBorneOut(
  { cause, reason, unrecorded }: Claim,
  begin: Entry,
  end: Entry | null,
  shown: ReadonlyMap<number, Entry>,
  size: number,
): boolean {
  const places = placesBetween(begin, end, size);
  const between = places.flatMap((seq) => shown.get(seq) ?? []);
  if (between.length < places.length) return false;
  const lost = cause === 'not-recording' && reason === 'disk' && end?.type === 'unrecorded' ? end.count : 0;
  if (unrecorded !== lost) return false;
  if (cause === 'not-running') return isDown(reason, begin, between, end);
  if (cause === 'not-recording') return end !== null && isGap(reason, begin, between, end);
  if (reason !== null || !isBegin(cause, begin)) return false;
  if (cause === 'log-damaged') return between.length === 0;
  if (between.some((each) => contradicts(cause, each, begin, end))) return false;
  if (isTold(cause)) {
    const within = [...shown.values()].filter(({ seq }) => seq > begin.seq && seq < (end?.seq ?? size));
    if (within.some((each) => isOver(cause, each) || isRunOver(each))) return false;
    const inOrder = [begin, ...within, ...(end === null ? [] : [end])].toSorted((one, other) => one.seq - other.seq);
    if (!isToldThroughout(cause, new Set(end === null ? places : [...places, end.seq]), inOrder)) return false;
  }
  const next = end === null ? undefined : shown.get(end.seq + 1);
  return end === null || isOver(cause, end) || (next !== undefined && endsWithRun(cause) && isRunOver(next));
}

/** Nothing but commands wrote between the last entry of a run and the start of the next. */
function isDown(reason: OutageReason | null, begin: Entry, between: readonly Entry[], end: Entry | null): boolean {
  const next = between[0] ?? end;
  const isEnded = next === null ? begin.type === 'stop' && reason === 'stopped' : reason === endReason(begin, next);
  const isStill = begin.writer !== 'command' && between.every(({ writer }) => writer === 'command');
  return isEnded && isStill && (end === null || end.type === 'start');
}

/** Two entries of a run with nothing between them, or nothing but what a disk let through before it took the second. */
function isGap(reason: OutageReason | null, begin: Entry, between: readonly Entry[], end: Entry): boolean {
  const isOneRun = begin.type !== 'stop' && begin.writer !== 'command' && ![...between, end].some(isRunOver);
  if (!isOneRun || begin.boot !== end.boot) return false;
  if (reason === 'silent') return between.length === 0 && isSilence(begin, end);
  return reason === 'disk' && end.type === 'unrecorded' && between.every((each) => isSettling(each, end));
}

/** Whether an entry says that this has begun, or is so. */
function isBegin(cause: OutageCause, entry: Entry): boolean {
  switch (cause) {
    case 'scanner':
    case 'signal':
      return entry.type === 'start' || tells(cause, entry);
    case 'trust-stale':
    case 'trust-expired':
      return tells(cause, entry);
    case 'clock-unsure':
      return entry.clock === 'unsure';
    case 'clock-hand-set':
      return entry.type === 'clock-set';
    case 'log-damaged':
      return entry.type === 'log-continued';
    case 'not-running':
    case 'not-recording':
      return false;
  }
}

/** Whether an entry says by itself that this is over. */
function isOver(cause: OutageCause, entry: Entry): boolean {
  switch (cause) {
    case 'scanner':
    case 'signal':
      if (entry.type === 'health') return entry[cause] === 'ready';
      return entry.type === 'stop' || (entry.type === 'device-ready' && entry.device === cause);
    case 'trust-stale':
    case 'trust-expired':
      return entry.type === 'stop' || (entry.type === 'health' && !isBegin(cause, entry));
    case 'clock-unsure':
      return entry.clock === 'trusted';
    case 'clock-hand-set':
      return (entry.type === 'clock-trust' && entry.trusted) || (entry.type === 'start' && entry.clock === 'trusted');
    case 'log-damaged':
    case 'not-running':
    case 'not-recording':
      return true;
  }
}

/** Whether the run that wrote the entry before this one was over. */
const isRunOver = ({ type, writer }: Entry): boolean => type === 'start' || writer === 'command';

/** Whether this is not known any more when nothing runs. */
const endsWithRun = (cause: OutageCause): boolean => cause !== 'clock-unsure' && cause !== 'clock-hand-set';

/** Whether it cannot have been so all the time, as an entry in the midst of it shows. */
function contradicts(cause: OutageCause, entry: Entry, begin: Entry, end: Entry | null): boolean {
  // What vouches depends on the newest setting. Whoever calls a clock hand-set for longer takes from what is certified.
  if (cause === 'clock-hand-set') return false;
  if (isOver(cause, entry) || (endsWithRun(cause) && isRunOver(entry))) return true;
  if (entry.type !== 'scan' || (cause !== 'scanner' && cause !== 'signal')) return false;
  const isLate = entry.monoMs - begin.monoMs > SCANS_LINGER_MS;
  return isLate && (end === null || end.monoMs - entry.monoMs > SCANS_LINGER_MS);
}
