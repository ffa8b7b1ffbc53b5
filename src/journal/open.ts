import Database from 'better-sqlite3';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { leafHash } from './entry.ts';
import { MIGRATIONS } from './migrations.ts';

const FULL_SYNC = 2;
/** How many of the newest entries are checked before the kiosk starts; the rest is a query, not a condition. */
const TAIL_ENTRIES = 1_000;
const BUSY_TIMEOUT_MS = 2_000;

/**
 * Opens the journal for writing: WAL with a sync at every commit, personal rows overwritten when deleted.
 * @returns the database, or one sentence that says why the kiosk must not start on this file
 */
export function openJournalFile(path: string): Result<Database.Database, string> {
  let db: Database.Database;
  try {
    db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  } catch (thrown) {
    return err(`cannot open the journal ${path}: ${reasonOf(thrown)}; check the folder's owner and free space`);
  }
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('secure_delete = ON');
    const problem = settingsProblem(db, path) ?? migrate(db, path) ?? tailProblem(db, path);
    if (problem === null) return ok(db);
    db.close();
    return err(problem);
  } catch (thrown) {
    db.close();
    return err(`the journal ${path} cannot be used: ${reasonOf(thrown)}; keep the file and start on an empty folder`);
  }
}

/** Opens the journal for queries beside a running kiosk. */
export function openJournalReader(path: string): Result<Database.Database, string> {
  try {
    return ok(new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS }));
  } catch (thrown) {
    return err(`cannot read the journal ${path}: ${reasonOf(thrown)}; is --data the kiosk's data folder?`);
  }
}

/** The library's own default loses the last commits in a power cut, so the setting is read back, not trusted. */
function settingsProblem(db: Database.Database, path: string): string | null {
  const isMemory = db.memory;
  const mode = db.pragma('journal_mode', { simple: true });
  const sync = db.pragma('synchronous', { simple: true });
  if ((mode === 'wal' || isMemory) && sync === FULL_SYNC) return null;
  return `the journal ${path} cannot be made safe against power cuts on this file system (${String(mode)}, ${String(sync)}); use ext4`;
}

function migrate(db: Database.Database, path: string): string | null {
  const done = Number(db.pragma('user_version', { simple: true }));
  if (done > MIGRATIONS.length) {
    return `the journal ${path} was written by a newer version of this program; install that version again`;
  }
  db.transaction(() => {
    for (const step of MIGRATIONS.slice(done)) db.exec(step);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
  })();
  return null;
}

function tailProblem(db: Database.Database, path: string): string | null {
  const rows = db
    .prepare<[number], { seq: number; bytes: Buffer; leaf: Buffer }>(
      'SELECT seq, bytes, leaf FROM entry ORDER BY seq DESC LIMIT ?',
    )
    .all(TAIL_ENTRIES);
  let expected = rows[0]?.seq ?? 0;
  for (const row of rows) {
    if (row.seq !== expected || !leafHash(row.bytes).equals(row.leaf)) {
      return `the journal ${path} was changed or damaged at entry ${row.seq}; keep the file and start on an empty folder`;
    }
    expected -= 1;
  }
  return null;
}
