import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isDamage } from '../journal/damage.ts';

const BUSY_TIMEOUT_MS = 2_000;
const FULL_SYNC = 2;
/** No program ever writes such a version: the page that it stands on is damaged. */
const NO_VERSION = 10_000;
const DAMAGED = 'SQLITE_CORRUPT';

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
  `
  -- Damaged registers that this one has taken the place of: name in the folder of damaged ones (empty where the file was
  -- gone), since when it lies there, how many of its visits are here, and whether the journal tells of it.
  CREATE TABLE aside (
    file TEXT PRIMARY KEY,
    why TEXT NOT NULL,
    minute_ms INTEGER NOT NULL,
    vouched INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    told INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];

/** Why a register cannot be used, in one sentence. */
export interface RegisterTrouble {
  /** What the file has become; null where the disk refuses it, or a person must change something. */
  readonly damage: string | null;
  readonly says: string;
}

/** What a damaged register has thrown, in a word for an entry; null for anything else. */
export const damageIn = (thrown: unknown): string | null =>
  thrown instanceof Database.SqliteError && isDamage(thrown) ? thrown.code : null;

const versionOf = (db: Database.Database): number => Number(db.pragma('user_version', { simple: true }));

function prepare(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('secure_delete = ON');
  // Nothing of it may come to lie in a temporary file.
  db.pragma('temp_store = MEMORY');
  const done = versionOf(db);
  if (done === REGISTER_MIGRATIONS.length) return;
  db.transaction(() => {
    for (const step of REGISTER_MIGRATIONS.slice(done)) db.exec(step);
    db.pragma(`user_version = ${REGISTER_MIGRATIONS.length}`);
  })();
}

/** Throws for a file that was not written so. */
function check(db: Database.Database): void {
  const version = versionOf(db);
  if (version < 0 || version >= NO_VERSION) throw new Database.SqliteError('its version is none', DAMAGED);
  if (version > REGISTER_MIGRATIONS.length) throw new Error('a newer version of this program wrote it');
  const problem = String(db.pragma('quick_check(1)', { simple: true }));
  if (problem !== 'ok') throw new Database.SqliteError(problem, DAMAGED);
}

/** Opens the register for writing, a sync at every commit and deleted rows overwritten. */
export function openRegisterFile(path: string): Result<Database.Database, RegisterTrouble> {
  return opened(path, () => {
    const db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      // SQLite gives its side files the mode of the first.
      chmodSync(path, 0o600);
      check(db);
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
export function openRegisterReader(path: string): Result<Database.Database, RegisterTrouble> {
  return opened(path, () => {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    try {
      if (versionOf(db) === REGISTER_MIGRATIONS.length) return db;
      throw new Error('another version of this program wrote it: start the kiosk once, it brings the file up to date');
    } catch (thrown) {
      db.close();
      throw thrown;
    }
  });
}

function opened(path: string, open: () => Database.Database): Result<Database.Database, RegisterTrouble> {
  try {
    return ok(open());
  } catch (thrown) {
    return err(troubleOf(thrown, path));
  }
}

/** What to say of a register that cannot be opened or read. */
export function troubleOf(thrown: unknown, path: string): RegisterTrouble {
  const damage = damageIn(thrown);
  const why = reasonOf(thrown);
  if (damage === null) {
    return { damage, says: `the visitor register ${path} cannot be used: ${why}; check its owner and the disk` };
  }
  const remedy = 'start the kiosk anew, it sets the file aside and begins another with what can still be read of it';
  return { damage, says: `the visitor register ${path} is damaged (${why}): ${remedy}` };
}
