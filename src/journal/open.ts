import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { leafHash } from './entry.ts';
import { MIGRATIONS } from './migrations.ts';
import { TreeStore } from './tree-store.ts';

/** Of a new file: an admission touches seven pages, and each is written to the write-ahead log whole. */
const PAGE_BYTES = 2_048;
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
    // SQLite gives its side files the mode of the first.
    chmodSync(path, 0o600);
  } catch (thrown) {
    return err(`cannot open the journal ${path}: ${reasonOf(thrown)}; check the folder's owner and free space`);
  }
  try {
    const unfit = newerProblem(db, path) ?? makeDurable(db, path);
    if (unfit === null) {
      migrate(db);
      fillTree(db);
    }
    const problem = unfit ?? tailProblem(db, path);
    if (problem === null) return ok(db);
    db.close();
    return err(problem);
  } catch (thrown) {
    db.close();
    return err(`the journal ${path} cannot be used: ${reasonOf(thrown)}; keep the file and start on an empty folder`);
  }
}

/** Opens the journal for queries beside a running kiosk; one sentence for a file that is no journal of this version. */
export function openJournalReader(path: string): Result<Database.Database, string> {
  let db: Database.Database;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  } catch (thrown) {
    return err(`cannot read the journal ${path}: ${reasonOf(thrown)}; is --data the kiosk's data folder?`);
  }
  try {
    if (versionOf(db) === MIGRATIONS.length) return ok(db);
    const older = `the journal ${path} is of an older version: start the kiosk once, it brings it up to date`;
    const problem = newerProblem(db, path) ?? older;
    db.close();
    return err(problem);
  } catch (thrown) {
    db.close();
    return err(`cannot read the journal ${path}: ${reasonOf(thrown)}; keep the file and check the disk`);
  }
}

const versionOf = (db: Database.Database): number => Number(db.pragma('user_version', { simple: true }));

/** Asked before anything else: not a byte of a newer program's file is changed. */
const newerProblem = (db: Database.Database, path: string): string | null =>
  versionOf(db) > MIGRATIONS.length
    ? `the journal ${path} was written by a newer version of this program; install that version again`
    : null;

/** The library's own default loses the last commits in a power cut, so the setting is read back, not trusted. */
function makeDurable(db: Database.Database, path: string): string | null {
  db.pragma(`page_size = ${PAGE_BYTES}`);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('secure_delete = ON');
  const isMemory = db.memory;
  const mode = db.pragma('journal_mode', { simple: true });
  const sync = db.pragma('synchronous', { simple: true });
  if ((mode === 'wal' || isMemory) && sync === FULL_SYNC) return null;
  return `the journal ${path} cannot be made safe against power cuts on this file system (${String(mode)}, ${String(sync)}); use ext4`;
}

function migrate(db: Database.Database): void {
  const done = versionOf(db);
  db.transaction(() => {
    for (const step of MIGRATIONS.slice(done)) db.exec(step);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
  })();
}

/** Hashes that a file of an older version lacks, in steps that a power cut may end: the next start goes on. */
function fillTree(db: Database.Database): void {
  const size = db.prepare<[], { size: number }>('SELECT coalesce(max(seq) + 1, 0) AS size FROM entry');
  const tree = new TreeStore(db);
  const step = db.transaction(() => tree.fill(size.get()?.size ?? 0));
  while (!step()) {}
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
