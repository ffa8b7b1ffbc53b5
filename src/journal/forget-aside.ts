import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { replaceFile, syncFile } from '../base/atomic-file.ts';
import { formatInstant, parseInstant } from '../base/time.ts';
import { keepInMemory } from './open.ts';
import { damagedFolder, keptAside } from './set-aside.ts';
import { rebuildUses } from './use-rebuild.ts';
import { scrubWal } from './wal-scrub.ts';

const NAME = /^journal-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.db$/;
/** Whatever tells one person from another, or will once somebody has the pass. */
const PERSONAL = ['salt', 'facts', 'use', 'unshown', 'sticker'] as const;

/** The application id of a file out of which all that was taken: `MJFG`. */
const FORGOTTEN = 0x4d4a4647;

/**
 * Takes salts, facts and use keys out of the damaged journals that were set aside before `untilMs` (milliseconds since
 * the epoch). Where the damage does not let them be deleted, the readable entries and checkpoints are written out
 * as lines and the file is overwritten. Throws what the disk says.
 * @param latestMs what the clock shows
 * @returns when the newest one was set aside; null where none is kept
 */
export function forgetAside(path: string, untilMs: number, latestMs = Number.POSITIVE_INFINITY): number | null {
  let newestMs: number | null = null;
  for (const name of keptAside(path)) {
    const file = join(damagedFolder(path), name);
    const atMs = setAsideAtMs(file, name, latestMs);
    newestMs = Math.max(newestMs ?? 0, atMs);
    if (atMs < untilMs && !deletePersonal(file)) writeOut(file);
  }
  return newestMs;
}

/** What a wrong clock has dated into the future was set aside when that was first noticed, which stands beside it. */
function setAsideAtMs(file: string, name: string, latestMs: number): number {
  const named = parseInstant(name.replace(NAME, '$1-$2-$3T$4:$5:$6.$7Z'));
  if (named.ok && named.value <= latestMs) return named.value;
  const noted = parseInstant(existsSync(`${file}.since`) ? readFileSync(`${file}.since`, 'utf8') : '');
  if (noted.ok && noted.value <= latestMs) return noted.value;
  replaceFile(`${file}.since`, formatInstant(latestMs));
  return latestMs;
}

/** @returns false where the file cannot be written, or says afterwards that it is not sound */
function deletePersonal(file: string): boolean {
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { fileMustExist: true });
    db.pragma('secure_delete = ON');
    keepInMemory(db);
    // Not the number of rows: a damaged table may seem to be empty.
    if (db.pragma('application_id', { simple: true }) === FORGOTTEN) return scrubWal(db);
    // A page that no table knows of any more may hold rows that nothing deletes.
    if (db.pragma('integrity_check(1)', { simple: true }) !== 'ok') return false;
    for (const table of PERSONAL) db.exec(`DELETE FROM ${table}`);
    rebuildUses(db);
    db.pragma(`application_id = ${FORGOTTEN}`);
    return scrubWal(db);
  } catch {
    return false;
  } finally {
    db?.close();
  }
}

function writeOut(file: string): void {
  const lines: string[] = [];
  for (const query of [
    'SELECT CAST(bytes AS TEXT) FROM entry ORDER BY seq',
    'SELECT note FROM checkpoint ORDER BY size',
  ]) {
    try {
      const db = new Database(file, { readonly: true });
      try {
        for (const text of db.prepare<[], unknown>(query).pluck().iterate()) lines.push(String(text));
      } finally {
        db.close();
      }
    } catch {
      // As far as the damage goes.
    }
  }
  replaceFile(`${file}.txt`, `${lines.join('\n')}\n`);
  for (const side of ['', '-wal', '-shm']) {
    const size = statSync(`${file}${side}`, { throwIfNoEntry: false })?.size;
    if (size === undefined) continue;
    writeFileSync(`${file}${side}`, Buffer.alloc(size), { flag: 'r+' });
    syncFile(`${file}${side}`);
    rmSync(`${file}${side}`);
  }
}
