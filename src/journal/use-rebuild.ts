import type Database from 'better-sqlite3';

/** Written anew within a few hundredths of a second; a larger table would hold up the door. */
export const MAX_REBUILT_USES = 20_000;

/** The form of the table in `MIGRATIONS`. */
const REBUILD = `
  CREATE TABLE use_kept (
    key BLOB PRIMARY KEY,
    seq INTEGER NOT NULL,
    boot TEXT NOT NULL,
    mono_ms INTEGER NOT NULL,
    wall_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL,
    mono_ends_ms INTEGER
  ) STRICT, WITHOUT ROWID;
  INSERT INTO use_kept (key, seq, boot, mono_ms, wall_ms, ends_ms, mono_ends_ms)
    SELECT key, seq, boot, mono_ms, wall_ms, ends_ms, mono_ends_ms FROM use ORDER BY key;
  DROP TABLE use;
  ALTER TABLE use_kept RENAME TO use;
  CREATE INDEX use_ends ON use (ends_ms, seq);
`;

/**
 * Writes the living use keys into a new table and overwrites the old one. Keys are random, so that pages are split in
 * their middle; SQLite then leaves copies of rows in the free part of a page, which `secure_delete` does not find when
 * the row itself is deleted. Inside somebody's transaction; does nothing where there are too many.
 */
export function rebuildUses(db: Database.Database): void {
  const counted = db.prepare<[number], number>('SELECT count(*) FROM (SELECT 1 FROM use LIMIT ?)').pluck();
  if ((counted.get(MAX_REBUILT_USES + 1) ?? 0) <= MAX_REBUILT_USES) db.exec(REBUILD);
}
