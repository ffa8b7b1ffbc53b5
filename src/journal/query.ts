import Database from 'better-sqlite3';
import type { Entry } from './entry.ts';
import { JournalFault } from './journal.ts';

/** A connection that only reads, from `openJournalReader`. */
export type JournalReader = Database.Database;

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

/** The ids of the stickers that this kiosk has taken back. A damaged file is a `JournalFault`. */
export function revokedStickers(db: JournalReader): ReadonlySet<string> {
  const rows = reading(() => db.prepare<[], { id: string }>('SELECT id FROM sticker WHERE revoked = 1').all());
  return new Set(rows.map(({ id }) => id));
}

/** Runs a query; what SQLite refuses is a `JournalFault`. */
export function reading<T>(query: () => T): T {
  try {
    return query();
  } catch (thrown) {
    if (!(thrown instanceof Database.SqliteError)) throw thrown;
    throw new JournalFault(thrown.message);
  }
}

// The bytes are ours: what wrote them is entry.ts, and the leaf hash beside them says that they are unchanged.
const entriesOf = (rows: readonly { bytes: Buffer }[]): Entry[] =>
  rows.map(({ bytes }) => JSON.parse(bytes.toString('utf8')) as Entry);
