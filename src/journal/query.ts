import Database from 'better-sqlite3';
import type { Facts } from '../policy/facts.ts';
import { isDamage } from './damage.ts';
import type { Entry } from './entry.ts';
import { DamagedJournal, JournalFault } from './journal.ts';
import { readEntry } from './read-entry.ts';

/** A connection that only reads, from `openJournalReader`. */
export type JournalReader = Database.Database;

/** An entry that this version cannot read; the message is one sentence with its remedy. */
export class UnknownEntry extends Error {
  override readonly name = 'UnknownEntry';
}

/** The newest entries in the order they were written. A damaged file is a `JournalFault`. */
export function newestEntries(db: JournalReader, count: number): readonly Entry[] {
  return entriesOf(
    reading(() =>
      db.prepare<[number], { bytes: Buffer }>('SELECT bytes FROM entry ORDER BY seq DESC LIMIT ?').all(count),
    ),
  ).reverse();
}

/** Entries from a sequence number on, in order. A damaged file is a `JournalFault`. */
export function entriesFrom(db: JournalReader, seq: number, count: number): readonly Entry[] {
  return entriesOf(
    reading(() =>
      db
        .prepare<[number, number], { bytes: Buffer }>('SELECT bytes FROM entry WHERE seq >= ? ORDER BY seq LIMIT ?')
        .all(seq, count),
    ),
  );
}

/** Entries of some types with sequence numbers from `from` to before `to`, in order. A damaged file is a `JournalFault`. */
export function entriesOfTypes(
  db: JournalReader,
  from: number,
  to: number,
  types: readonly Entry['type'][],
): readonly Entry[] {
  return entriesOf(
    reading(() =>
      db
        .prepare<[number, number, string], { bytes: Buffer }>(
          `SELECT bytes FROM entry WHERE seq >= ? AND seq < ?
           AND json_extract(CAST(bytes AS TEXT), '$.type') IN (SELECT value FROM json_each(?)) ORDER BY seq`,
        )
        .all(from, to, JSON.stringify(types)),
    ),
  );
}

const BATCH = 1_000;

/** Every entry from `from` to before `to`, one at a time. A damaged file is a `JournalFault`. */
export function* entriesBetween(db: JournalReader, from: number, to: number): Generator<Entry> {
  for (let at = from; at < to; ) {
    const batch = entriesFrom(db, at, Math.min(BATCH, to - at));
    yield* batch;
    const last = batch.at(-1);
    if (last === undefined) return;
    at = last.seq + 1;
  }
}

/** The ids of the stickers that this kiosk has taken back. A damaged file is a `JournalFault`. */
export function revokedStickers(db: JournalReader): ReadonlySet<string> {
  const rows = reading(() => db.prepare<[], { id: string }>('SELECT id FROM sticker WHERE revoked = 1').all());
  return new Set(rows.map(({ id }) => id));
}

/** A scan as the journal holds it, with its facts while those are kept. */
export interface RecordedScan {
  readonly entry: Extract<Entry, { readonly type: 'scan' }>;
  readonly facts: Facts | null;
}

/**
 * Scans with wall time from `fromMs` to before `toMs`, oldest first, one at a time.
 * A damaged file is a `JournalFault`.
 */
export function* recordedScans(db: JournalReader, fromMs: number, toMs: number): Generator<RecordedScan> {
  const rows = reading(() =>
    db
      .prepare<[number, number], { bytes: Buffer; json: string | null }>(
        `SELECT bytes, json FROM entry LEFT JOIN facts USING (seq)
         WHERE json_extract(CAST(bytes AS TEXT), '$.type') = 'scan'
           AND json_extract(CAST(bytes AS TEXT), '$.wallMs') >= ? AND json_extract(CAST(bytes AS TEXT), '$.wallMs') < ?
         ORDER BY entry.seq`,
      )
      .iterate(fromMs, toMs),
  );
  for (;;) {
    const row = reading(() => rows.next());
    if (row.done === true) return;
    const [entry] = entriesOf([row.value]);
    if (entry?.type !== 'scan') continue;
    yield { entry, facts: row.value.json === null ? null : (JSON.parse(row.value.json) as Facts) };
  }
}

/** Runs a query; what SQLite refuses is a `JournalFault`. */
export function reading<T>(query: () => T): T {
  try {
    return query();
  } catch (thrown) {
    if (!(thrown instanceof Database.SqliteError)) throw thrown;
    throw isDamage(thrown) ? new DamagedJournal(thrown.message) : new JournalFault(thrown.message);
  }
}

const entriesOf = (rows: readonly { bytes: Buffer }[]): Entry[] =>
  rows.map(({ bytes }) => {
    const entry = readEntry(bytes);
    if (!entry.ok) throw new UnknownEntry(entry.error);
    return entry.value;
  });
