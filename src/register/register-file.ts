import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';

const BUSY_TIMEOUT_MS = 2_000;
const FULL_SYNC = 2;

/** Steps of the schema, appended and never edited; `PRAGMA user_version` counts the ones that are done. */
const REGISTER_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE visit (
    -- Bound into the box, so it is never given twice.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    day INTEGER NOT NULL,
    -- No finer than what is sealed: whoever has the log as well must not find the visitor's scan by the second.
    minute_ms INTEGER NOT NULL,
    -- Whether more than somebody's hand stood behind the clock.
    vouched INTEGER NOT NULL,
    box BLOB NOT NULL
  ) STRICT;
  CREATE INDEX visit_minute ON visit (minute_ms);
  CREATE INDEX visit_day ON visit (day);
  -- How many visits there ever were, and how many of them the journal tells of. What was done to them: 'deleted', else
  -- the thumbprint of the key that they were sealed to.
  CREATE TABLE tally (
    what TEXT PRIMARY KEY,
    visits INTEGER NOT NULL,
    told INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];

const versionOf = (db: Database.Database): number => Number(db.pragma('user_version', { simple: true }));

function prepare(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('secure_delete = ON');
  // Nothing of it may come to lie in a temporary file.
  db.pragma('temp_store = MEMORY');
  const done = versionOf(db);
  db.transaction(() => {
    for (const step of REGISTER_MIGRATIONS.slice(done)) db.exec(step);
    db.pragma(`user_version = ${REGISTER_MIGRATIONS.length}`);
  })();
}

/** Opens the register for writing, a sync at every commit and deleted rows overwritten; one sentence if it cannot be used. */
export function openRegisterFile(path: string): Result<Database.Database, string> {
  return opened(path, () => {
    const db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      // SQLite gives its side files the mode of the first.
      chmodSync(path, 0o600);
      if (versionOf(db) > REGISTER_MIGRATIONS.length) throw new Error('a newer version of this program wrote it');
      prepare(db);
      const isDurable =
        db.pragma('journal_mode', { simple: true }) === 'wal' &&
        db.pragma('synchronous', { simple: true }) === FULL_SYNC &&
        db.pragma('secure_delete', { simple: true }) === 1;
      if (!isDurable) throw new Error('this file system does not let it be made safe; use ext4');
      return db;
    } catch (thrown) {
      db.close();
      throw thrown;
    }
  });
}

/** Opens the register beside a running kiosk, for the export alone. */
export function openRegisterReader(path: string): Result<Database.Database, string> {
  return opened(path, () => {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    if (versionOf(db) === REGISTER_MIGRATIONS.length) return db;
    db.close();
    throw new Error('another version of this program wrote it');
  });
}

function opened(path: string, open: () => Database.Database): Result<Database.Database, string> {
  try {
    return ok(open());
  } catch (thrown) {
    return err(`the visitor register ${path} cannot be used: ${reasonOf(thrown)}; check its owner and the disk`);
  }
}
