import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isDamage } from './damage.ts';
import { isUnchanged } from './entry.ts';
import { DamagedJournal } from './journal.ts';
import { type KeptHead, lostEntries, lostFile, otherEntries } from './kept-head.ts';
import { MIGRATIONS } from './migrations.ts';
import { isDiskFull } from './reserve.ts';
import { TreeStore } from './tree-store.ts';
import { walDamage } from './wal-file.ts';

/** Of a new file: an admission touches seven pages, and each is written to the write-ahead log whole. */
const PAGE_BYTES = 1_024;
/** Pages in the write-ahead log from which on they are written back: what many people touch is then written once. */
const WRITE_BACK_PAGES = 2_000;
const FULL_SYNC = 2;
/** How many of the newest entries are checked before the kiosk starts; the rest is a query, not a condition. */
const TAIL_ENTRIES = 1_000;
const BUSY_TIMEOUT_MS = 2_000;
/** No program ever writes such a version: the page that it stands on is damaged. */
const NO_VERSION = 10_000;
/** What a disk answers that is full, absent, read-only, held by somebody or failing. */
const DISK_REFUSES = /^SQLITE_(IOERR|FULL|BUSY|CANTOPEN|READONLY|PERM|NOLFS|NOMEM)/;

/**
 * Why a journal file cannot be written to. `damaged`: it is not what was written, and never will be again. `full`: the
 * disk has no room. `disk`: it refuses otherwise, which may pass. `unfit`: a person must change something.
 */
export interface OpenTrouble {
  readonly kind: 'damaged' | 'full' | 'disk' | 'unfit';
  /** What is wrong, without a path: for an entry. */
  readonly why: string;
  /** The whole sentence, with what to do. */
  readonly says: string;
}

/**
 * Opens the journal for writing: WAL with a sync at every commit, personal rows overwritten when deleted.
 * @param head what was signed of it, as it is kept elsewhere: a journal that holds less, or something else, is damaged
 */
export function openJournal(path: string, head: KeptHead | null = null): Result<Database.Database, OpenTrouble> {
  let db: Database.Database;
  try {
    const spoilt = (head === null ? null : lostFile(path, head)) ?? walDamage(path);
    if (spoilt !== null) return err(damagedAt(path, spoilt));
    db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    // SQLite gives its side files the mode of the first.
    chmodSync(path, 0o600);
  } catch (thrown) {
    return err(troubleOf(thrown, path));
  }
  try {
    const unfit = newerProblem(db, path) ?? makeDurable(db, path);
    if (unfit !== null) {
      db.close();
      return err({ kind: 'unfit', why: unfit, says: unfit });
    }
    const lost = head === null ? null : lostEntries(db, head);
    if (lost === null) {
      migrate(db);
      fillTree(db);
    }
    const other = (): string | null => (head === null ? null : otherEntries(db, head));
    const damage = lost ?? schemaProblem(db) ?? tailProblem(db) ?? other();
    if (damage === null) return ok(db);
    db.close();
    return err(damagedAt(path, damage));
  } catch (thrown) {
    closeQuietly(db);
    return err(troubleOf(thrown, path));
  }
}

/** As `openJournal`; a refusal is one sentence that says why the kiosk must not start on this file. */
export function openJournalFile(path: string): Result<Database.Database, string> {
  const opened = openJournal(path);
  return opened.ok ? opened : err(opened.error.says);
}

const damagedAt = (path: string, why: string): OpenTrouble => ({
  kind: 'damaged',
  why,
  says: `the journal ${path} is damaged: ${why}; keep the file, start the kiosk and it begins a new log beside it`,
});

/** A disk that refuses may do so for once; only what it hands out without complaint can be damaged. */
function troubleOf(thrown: unknown, path: string): OpenTrouble {
  const why = reasonOf(thrown);
  const isDisk = thrown instanceof Database.SqliteError ? DISK_REFUSES.test(thrown.code) : !isDamage(thrown);
  if (!isDisk) return damagedAt(path, why);
  const says = `the journal ${path} cannot be opened: ${why}; check the disk, its free space and the folder's owner, then start again`;
  return { kind: isDiskFull(thrown) ? 'full' : 'disk', why, says };
}

function closeQuietly(db: Database.Database): void {
  try {
    db.close();
  } catch {
    // What it was opened for has failed already, and that is what is told.
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
    const version = versionOf(db);
    if (version === MIGRATIONS.length) return ok(db);
    if (version === 0) {
      db.close();
      return err(
        `the journal ${path} is empty: keep the folder as it is and start the kiosk, which says what was lost`,
      );
    }
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
  versionOf(db) > MIGRATIONS.length && versionOf(db) < NO_VERSION
    ? `the journal ${path} was written by a newer version of this program; install that version again`
    : null;

/** The library's own default loses the last commits in a power cut, so the setting is read back, not trusted. */
function makeDurable(db: Database.Database, path: string): string | null {
  db.pragma(`page_size = ${PAGE_BYTES}`);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma(`wal_autocheckpoint = ${WRITE_BACK_PAGES}`);
  db.pragma('secure_delete = ON');
  keepInMemory(db);
  const isMemory = db.memory;
  const mode = db.pragma('journal_mode', { simple: true });
  const sync = db.pragma('synchronous', { simple: true });
  if ((mode === 'wal' || isMemory) && sync === FULL_SYNC) return null;
  return `the journal ${path} cannot be made safe against power cuts on this file system (${String(mode)}, ${String(sync)}); use ext4`;
}

/**
 * Lets no copy of a page come to lie in a temporary file, where nothing overwrites it: what a large statement would put
 * back on failure, use keys among it, is written to the system's temporary folder otherwise.
 */
export function keepInMemory(db: Database.Database): void {
  db.pragma('temp_store = MEMORY');
}

function migrate(db: Database.Database): void {
  const done = versionOf(db);
  if (done >= NO_VERSION || done < 0) throw new DamagedJournal('its version is none');
  // A start that has nothing to bring up to date writes nothing.
  if (done === MIGRATIONS.length) return;
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

/** Made once: a disk that fails has the file opened anew every few seconds. */
let schemaOfNewFile: string | null = null;

function newSchema(): string {
  const fresh = new Database(':memory:');
  for (const step of MIGRATIONS) fresh.exec(step);
  const schema = schemaOf(fresh);
  fresh.close();
  return schema;
}

/** What a damaged page can turn a table into is told from the tables that a new file has. */
function schemaProblem(db: Database.Database): string | null {
  schemaOfNewFile ??= newSchema();
  return schemaOf(db) === schemaOfNewFile ? null : 'its tables are not those of a journal';
}

/** By columns and not by text: `use` is written anew now and then, from one statement in place of several. */
const schemaOf = (db: Database.Database): string =>
  JSON.stringify([
    db
      .prepare(
        `SELECT t.name, t.wr, t.strict, c.name, c.type, c."notnull", c.dflt_value, c.pk
         FROM pragma_table_list AS t JOIN pragma_table_xinfo(t.name) AS c
         WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid`,
      )
      .raw()
      .all(),
    db
      .prepare(
        `SELECT s.tbl_name, s.name, i.name FROM sqlite_schema AS s JOIN pragma_index_xinfo(s.name) AS i
         WHERE s.type = 'index' AND s.sql IS NOT NULL ORDER BY s.name, i.seqno`,
      )
      .raw()
      .all(),
    db.prepare("SELECT count(*) FROM sqlite_schema WHERE type IN ('view', 'trigger')").raw().all(),
  ]);

function tailProblem(db: Database.Database): string | null {
  const rows = db
    .prepare<[number], { seq: number; bytes: Buffer; leaf: Buffer }>(
      'SELECT seq, bytes, leaf FROM entry ORDER BY seq DESC LIMIT ?',
    )
    .all(TAIL_ENTRIES);
  let expected = rows[0]?.seq ?? 0;
  for (const row of rows) {
    if (row.seq !== expected) return `entry ${expected} is missing`;
    if (!isUnchanged(row)) return `entry ${row.seq} was changed or damaged`;
    expected -= 1;
  }
  return null;
}
