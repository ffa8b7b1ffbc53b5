import { err, ok, type Result } from '../base/result.ts';
import { formatInstant, HOUR_MS, MINUTE_MS, minuteOfDayIn } from '../base/time.ts';
import { toBase64 } from './byte-text.ts';
import { Decisions } from './decisions.ts';
import { type EntryRange, entriesInTime } from './entries-in-time.ts';
import type { Entry } from './entry.ts';
import { consistencyPath, inclusionPath } from './merkle.ts';
import { sha256 } from './native-crypto.ts';
import {
  MAX_INTERVALS,
  type OutageBound,
  type OutageCertificate,
  type OutageInterval,
  type ProvenBound,
} from './outage.ts';
import { isBorneOut, shownOf } from './outage-evidence.ts';
import { timelineBefore } from './outage-reading.ts';
import type { Moment, OutageTimeline, Stretch } from './outage-timeline.ts';
import { entriesBetween, type JournalReader, reading } from './query.ts';
import { TreeStore } from './tree-store.ts';

/** The longest time that one certificate covers: how long facts are kept, with some days to spare. */
export const MAX_OUTAGE_DAYS = 31;
/** What was decided this long before and after a stretch is counted beside it. */
const AROUND_MS = HOUR_MS;

export interface OutageQuestion {
  /** Milliseconds since the epoch by the kiosk's clock. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly madeAtMs: number;
  readonly log: string;
  readonly venue: string;
  readonly zone: string;
}

interface Found {
  readonly timeline: OutageTimeline;
  readonly stretches: readonly Stretch[];
  readonly decisions: Decisions;
  /** Of the entries in the time that was asked for. */
  readonly inside: Decisions;
  readonly serverBound: ReadonlyMap<number, number>;
  readonly first: Moment | null;
  readonly last: Moment | null;
}

/**
 * Reads the outages of a stretch of time out of a log, whose newest entries must be signed. The error is one sentence;
 * a damaged file is a `JournalFault`.
 */
export function makeOutage(db: JournalReader, question: OutageQuestion): Result<OutageCertificate, string> {
  const { fromMs, toMs, madeAtMs, log, venue, zone } = question;
  const range = entriesInTime(db, fromMs - AROUND_MS, toMs + AROUND_MS);
  const after = headCovering(db, range.to);
  if (after === null) return err("no checkpoint covers these entries yet: run 'munjigi journal checkpoint' first");
  const found = readThrough(db, { from: Math.min(range.from, after.size), to: after.size }, question);
  const evidence = new Map<Stretch, readonly number[]>();
  for (const stretch of longest(found)) {
    const seqs = evidenceOf(db, stretch, after.size);
    if (seqs !== null) evidence.set(stretch, seqs);
  }
  const listed = [...evidence.keys()];
  const ends = [found.first, found.last].flatMap((moment) => (moment === null ? [] : [moment.entry.seq]));
  const seqs = [
    ...new Set([...ends, ...[...evidence.values()].flat(), ...listed.flatMap((each) => vouchedFor(each, found))]),
  ].sort((one, other) => one - other);
  const before = headBefore(db, seqs[0] ?? 0);
  const tree = new TreeStore(db);
  return ok({
    v: 1,
    log,
    venue,
    zone,
    from: formatInstant(fromMs),
    to: formatInstant(toMs),
    madeAt: formatInstant(madeAtMs),
    first: found.first === null ? null : boundOf(found.first),
    last: found.last === null ? null : boundOf(found.last),
    intervals: listed.map((stretch) => intervalOf(stretch, found)),
    further: found.stretches.length - listed.length,
    counts: found.inside.between(0, null),
    serverBound: [...found.serverBound].map(([hourMs, count]) => ({ hour: formatInstant(hourMs), count })),
    before: before?.note ?? null,
    after: after.note,
    consistency: reading(() => consistencyPath(sha256, tree.subtree, before?.size ?? 0, after.size)).map(toBase64),
    proofs: seqs.map((seq) => provenBound(db, tree, seq, after.size)),
  });
}

function readThrough(db: JournalReader, range: EntryRange, { fromMs, toMs, zone }: OutageQuestion): Found {
  const timeline = timelineBefore(db, range);
  const decisions = new Decisions();
  const inside = new Decisions();
  const serverBound = new Map<number, number>();
  let first: Moment | null = null;
  let last: Moment | null = null;
  for (const entry of entriesBetween(db, range.from, range.to)) {
    const clock = timeline.entry(entry);
    decisions.entry(entry);
    if (entry.wallMs < fromMs || entry.wallMs > toMs) continue;
    inside.entry(entry);
    first ??= { entry, clock };
    last = { entry, clock };
    if (entry.type !== 'scan' || entry.reason !== 'needs-server') continue;
    const hourMs = startOfHourIn(zone, entry.wallMs);
    serverBound.set(hourMs, (serverBound.get(hourMs) ?? 0) + 1);
  }
  const stretches = timeline.since(range.from).filter(({ from, to }) => {
    const until = to === null ? Number.POSITIVE_INFINITY : timeline.madeAtMs(to);
    const [one, other] = [timeline.madeAtMs(from), until];
    return Math.min(one, other) <= toMs && Math.max(one, other) >= fromMs;
  });
  return { timeline, stretches, decisions, inside, serverBound, first, last };
}

/** Zones may be off by a quarter of an hour. */
const startOfHourIn = (zone: string, atMs: number): number =>
  Math.floor(atMs / MINUTE_MS) * MINUTE_MS - (minuteOfDayIn(zone, atMs) % 60) * MINUTE_MS;

/** At most so many as are listed, the longest, in the order in which they began. */
function longest({ timeline, stretches }: Found): readonly Stretch[] {
  const length = ({ from, to }: Stretch): number =>
    to === null ? Number.POSITIVE_INFINITY : timeline.lastedMs(from, to);
  const kept = new Set(stretches.toSorted((one, other) => length(other) - length(one)).slice(0, MAX_INTERVALS));
  return stretches.filter((stretch) => kept.has(stretch));
}

/** The numbers of the entries that prove a stretch; null where a disk took too few for a stranger to believe it. */
function evidenceOf(db: JournalReader, stretch: Stretch, size: number): readonly number[] | null {
  const [begin, end] = [stretch.from.entry, stretch.to?.entry ?? null];
  const entries = (from: number, to: number): Iterable<Entry> => entriesBetween(db, from, to);
  const seqs = shownOf(stretch.cause, begin, end, size, entries);
  const shown = new Map(seqs.flatMap((seq) => [...entries(seq, seq + 1)].map((entry) => [seq, entry] as const)));
  return isBorneOut(stretch, begin, end, shown, size) ? seqs : null;
}

/** The entries by which the time of an end under an unsure clock is reckoned. */
const vouchedFor = ({ from, to }: Stretch, { timeline }: Found): readonly number[] =>
  [from, ...(to === null ? [] : [to])].flatMap(({ entry, clock }) =>
    clock === 'unsure' ? (timeline.vouchedIn(entry)?.seq ?? []) : [],
  );

function intervalOf({ cause, reason, from, to, unrecorded }: Stretch, { timeline, decisions }: Found): OutageInterval {
  // What lasts begins with the entry that tells of it; a gap begins after the last entry before it.
  const isGap = cause === 'not-running' || cause === 'not-recording';
  const begin = from.entry.seq + (isGap ? 1 : 0);
  const end = to?.entry ?? null;
  return {
    cause,
    reason,
    from: boundOf(from),
    to: to === null ? null : boundOf(to),
    lastedMs: end !== null && end.boot === from.entry.boot ? end.monoMs - from.entry.monoMs : null,
    unrecorded,
    before: decisions.before(begin, timeline.madeAtMs(from) - AROUND_MS),
    during: decisions.between(begin, end?.seq ?? null),
    after: to === null ? decisions.between(0, 0) : decisions.after(to.entry.seq, timeline.madeAtMs(to) + AROUND_MS),
  };
}

const boundOf = ({ entry, clock }: Moment): OutageBound => ({
  seq: entry.seq,
  at: formatInstant(entry.wallMs),
  clock,
});

interface Head {
  readonly size: number;
  readonly note: string;
}

/** The last signed head before an entry. */
function headBefore(db: JournalReader, seq: number): Head | null {
  const before = 'SELECT size, note FROM checkpoint WHERE size > 0 AND size <= ? ORDER BY size DESC LIMIT 1';
  return reading(() => db.prepare<[number], Head>(before).get(seq) ?? null);
}

/** The first signed head over so many entries; where they are more than was signed, the newest. */
function headCovering(db: JournalReader, size: number): Head | null {
  const after = 'SELECT size, note FROM checkpoint WHERE size >= ? ORDER BY size LIMIT 1';
  const newest = 'SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1';
  return reading(() => db.prepare<[number], Head>(after).get(size) ?? db.prepare<[], Head>(newest).get() ?? null);
}

function provenBound(db: JournalReader, tree: TreeStore, seq: Entry['seq'], size: number): ProvenBound {
  const row = reading(() => db.prepare<[number], Buffer>('SELECT bytes FROM entry WHERE seq = ?').pluck().get(seq));
  const path = reading(() => inclusionPath(sha256, tree.subtree, seq, size)).map(toBase64);
  return { seq, entry: row?.toString('utf8') ?? '', path };
}
