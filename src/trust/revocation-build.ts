import { closeSync, existsSync, fdatasyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Timers } from '../base/timers.ts';
import { listIn, openList, REVOCATION_SCHEMA } from './revocation-file.ts';
import { fileOfList, type ListSubject, NUMBERED_KINDS, type RevocationList } from './revocation-list.ts';
import { type RevocationFile, readRevocations, type WholeList } from './revocation-read.ts';
import { RepeatedEntry } from './revocation-table.ts';

/** Where a list is built beside the others; its name never looks like that of one in use. */
export const BUILDING_FILE = 'building.db';
/** Rows of one commit: little enough that the journal's next sync does not wait for them. */
export const BATCH_ROWS = 25_000;
/** Between two commits, so that the disk is the door's most of the time. */
const PAUSE_MS = 40;
const CACHE_KIB = 1_024;

export interface BuildJob extends RevocationFile {
  /** The folder of the lists. */
  readonly folder: string;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly timers: Timers;
  /** Told after each commit how many rows of at most how many are stored. */
  readonly progress: (rows: number, of: number) => void;
}

/** What came of building: a list that is ready to be adopted, unless the one that is in use is the same. */
export interface BuiltList {
  readonly list: RevocationList;
  readonly isUnchanged: boolean;
  /** The list that is in use about the same, which this one replaces. */
  readonly replaces: RevocationList | null;
  /** Rows that an earlier run had stored before it was ended. */
  readonly resumedRows: number;
}

/**
 * Reads a list whole, checks it, and stores its rows beside the lists that are in use, in small commits with pauses
 * between. A run that was ended goes on where its last commit ended, if the file is the same; nothing in use changes.
 * @returns one sentence that names the file, where it is not taken
 */
export async function buildRevocations(job: BuildJob): Promise<Result<BuiltList, string>> {
  const refused = (why: string) => err(`${job.path} is not taken: ${why}; nothing was changed`);
  const read = readRevocations(job);
  if (!read.ok) return refused(read.error);
  const { list } = read.value;
  const replaces = standingIn(job.folder, list);
  if (replaces?.sha256 === list.sha256 && replaces.signed === list.signed) {
    return ok({ list, isUnchanged: true, replaces, resumedRows: 0 });
  }
  if (replaces !== null && !mayReplace(list, replaces)) {
    return refused(`its number is ${list.version}, and the list that is in use has ${replaces.version}`);
  }
  try {
    return ok({ list, isUnchanged: false, replaces, resumedRows: await store(job, read.value) });
  } catch (thrown) {
    if (thrown instanceof RepeatedEntry) return refused(thrown.message);
    if (!(thrown instanceof Database.SqliteError) && !(thrown instanceof Error && 'syscall' in thrown)) throw thrown;
    return refused(`it cannot be stored (${thrown.message}), so free some space and import it again`);
  }
}

function standingIn(folder: string, subject: ListSubject): RevocationList | null {
  const path = join(folder, fileOfList(subject));
  const opened = existsSync(path) ? openList(path) : null;
  if (opened === null || !opened.ok) return null;
  opened.value.close();
  return opened.value.list;
}

const mayReplace = (list: RevocationList, standing: RevocationList): boolean =>
  !NUMBERED_KINDS.has(list.kind) || list.sha256 === standing.sha256 || (list.version ?? 0) > (standing.version ?? 0);

/** @returns how many rows were there already */
async function store(job: BuildJob, { list, table }: WholeList): Promise<number> {
  const path = join(job.folder, BUILDING_FILE);
  const db = resumed(path, list) ?? startedAnew(path, list, job.atMs);
  // Opened beside SQLite and closed after it: closing it earlier would let go of SQLite's locks.
  const file = openSync(path, 'r+');
  try {
    const stored = db.prepare<[], { rows: number; last: Buffer | null }>(
      'SELECT count(*) AS rows, max(id) AS last FROM revoked',
    );
    const { rows: resumedRows, last } = stored.get() ?? { rows: 0, last: null };
    const insert = db.prepare<[Buffer, number | null]>('INSERT INTO revoked (id, before_s) VALUES (?, ?)');
    let rows = 0;
    let pending = 0;
    const flush = async (): Promise<void> => {
      db.exec('COMMIT');
      pending = 0;
      fdatasyncSync(file);
      job.progress(rows, table.size);
      await new Promise<void>((resolve) => job.timers.after(PAUSE_MS, resolve));
    };
    for (const row of table.sorted(list.kind === 'card-rid')) {
      rows += 1;
      if (last !== null && row.id.compare(last) <= 0) continue;
      // Each goes to SQLite at once: rows that wait for the end of their batch would be memory that lives long.
      if (pending === 0) db.exec('BEGIN');
      insert.run(row.id, row.beforeS);
      pending += 1;
      if (pending === BATCH_ROWS) await flush();
    }
    if (pending > 0) await flush();
    assert(stored.get()?.rows === rows, 'every row is stored once');
    db.prepare('UPDATE list SET complete = 1, imported_at_ms = ?').run(job.atMs);
    fdatasyncSync(file);
    return resumedRows;
  } catch (thrown) {
    if (thrown instanceof RepeatedEntry) rmSync(path);
    throw thrown;
  } finally {
    db.close();
    closeSync(file);
  }
}

function openForBuilding(path: string): Database.Database {
  const db = new Database(path, { timeout: 0 });
  // A killed process leaves a journal that undoes its last commit. After a power cut the file may be anything, which the
  // check finds before it is used again: until it is complete there is nothing in it that could be lost.
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('synchronous = OFF');
  // Rows come in order: a page that was left is not needed again.
  db.pragma(`cache_size = -${CACHE_KIB}`);
  return db;
}

/** What an earlier run left of the very same list, or null. */
function resumed(path: string, list: RevocationList): Database.Database | null {
  if (!existsSync(path)) return null;
  const db = openForBuilding(path);
  try {
    const left = listIn(db)?.list;
    const isSame =
      left !== undefined &&
      (['sha256', 'kind', 'issuer', 'scope', 'signed'] as const).every((member) => left[member] === list[member]);
    if (isSame && db.pragma('quick_check', { simple: true }) === 'ok') return db;
  } catch (thrown) {
    if (!(thrown instanceof Database.SqliteError)) throw thrown;
  }
  db.close();
  return null;
}

function startedAnew(path: string, list: RevocationList, atMs: number): Database.Database {
  for (const left of [path, `${path}-journal`]) rmSync(left, { force: true });
  const db = openForBuilding(path);
  db.exec(REVOCATION_SCHEMA);
  db.prepare(
    `INSERT INTO list (id, kind, issuer, scope, entries, version, sha256, signed, imported_at_ms, complete)
     VALUES (1, @kind, @issuer, @scope, @entries, @version, @sha256, @signed, @atMs, 0)`,
  ).run({ ...list, signed: list.signed ? 1 : 0, atMs });
  return db;
}

/**
 * Keeps the list that is in use, and the one before it, beside the one that is about to replace it; the list in use
 * itself stays where it is.
 */
export function keepPrevious(folder: string, subject: ListSubject): void {
  const current = join(folder, fileOfList(subject));
  if (!existsSync(current)) return;
  if (existsSync(`${current}.1`)) renameSync(`${current}.1`, `${current}.2`);
  linkSync(current, `${current}.1`);
}
