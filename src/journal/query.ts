import type Database from 'better-sqlite3';
import type { Entry } from './entry.ts';

/** A connection that only reads, from `openJournalReader`. */
export type JournalReader = Database.Database;

/** The newest entries in the order they were written, from a connection that only reads. */
export function newestEntries(db: Database.Database, count: number): readonly Entry[] {
  return entriesOf(
    db.prepare<[number], { bytes: Buffer }>('SELECT bytes FROM entry ORDER BY seq DESC LIMIT ?').all(count),
  ).reverse();
}

/** Entries from a sequence number on, in order. */
export function entriesFrom(db: Database.Database, seq: number, count: number): readonly Entry[] {
  return entriesOf(
    db
      .prepare<[number, number], { bytes: Buffer }>('SELECT bytes FROM entry WHERE seq >= ? ORDER BY seq LIMIT ?')
      .all(seq, count),
  );
}

/** The ids of the stickers that this kiosk has taken back. */
export function revokedStickers(db: Database.Database): ReadonlySet<string> {
  const rows = db.prepare<[], { id: string }>('SELECT id FROM sticker WHERE revoked = 1').all();
  return new Set(rows.map(({ id }) => id));
}

// The bytes are ours: what wrote them is entry.ts, and the leaf hash beside them says that they are unchanged.
const entriesOf = (rows: readonly { bytes: Buffer }[]): Entry[] =>
  rows.map(({ bytes }) => JSON.parse(bytes.toString('utf8')) as Entry);
