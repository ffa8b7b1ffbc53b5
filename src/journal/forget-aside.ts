import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { replaceFile } from '../base/atomic-file.ts';
import { formatInstant, parseInstant } from '../base/time.ts';
import { isDamage } from './damage.ts';
import { scanDamaged } from './damage-report.ts';
import { keepInMemory } from './open.ts';
import { forgetMended, openDamaged } from './open-damaged.ts';
import { newestHead, storedNotes } from './salvage.ts';
import { damagedFolder, keptAside, sincePath } from './set-aside.ts';
import type { VerifierKey } from './signed-note.ts';
import { rebuildUses } from './use-rebuild.ts';
import { walDamage } from './wal-file.ts';
import { overwrite, scrubWal } from './wal-scrub.ts';
import { LogWriter, writtenPath } from './written-log.ts';

const NAME = /^journal-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.db$/;
/** Whatever tells one person from another, or will once somebody has the pass. */
const PERSONAL = ['salt', 'facts', 'use', 'unshown', 'sticker'] as const;

/** The application id of a file out of which all that was taken: `MJFG`. */
const FORGOTTEN = 0x4d4a4647;

/** Which damaged journals are to forget. */
export interface ForgetJob {
  /** In the folder of damaged ones, with it. */
  readonly files: readonly string[];
  /** Of the log: its newest head says how many entries there must have been. */
  readonly key: VerifierKey;
}

/** A damaged journal that is kept; times in milliseconds since the epoch. */
export interface Aside {
  readonly file: string;
  /** When it was set aside. */
  readonly atMs: number;
  /** When the oldest that is personal in it was written. */
  readonly sinceMs: number;
}

/**
 * The damaged journals beside `path`, the oldest first. Throws what the disk says.
 * @param latestMs what the clock shows
 */
export function asidesOf(path: string, latestMs: number): readonly Aside[] {
  return keptAside(path).map((name) => {
    const file = join(damagedFolder(path), name);
    return { file, ...timesOf(file, name, latestMs) };
  });
}

/** What a wrong clock has dated into the future was set aside when that was first noticed, which is noted beside it. */
function timesOf(file: string, name: string, latestMs: number): Pick<Aside, 'atMs' | 'sinceMs'> {
  const past = (text: string): number | null => {
    const read = parseInstant(text);
    return read.ok && read.value <= latestMs ? read.value : null;
  };
  const since = sincePath(file);
  const namedMs = past(name.replace(NAME, '$1-$2-$3T$4:$5:$6.$7Z'));
  const notedMs = past(existsSync(since) ? readFileSync(since, 'utf8') : '');
  const [atMs, sinceMs] = [namedMs ?? notedMs, notedMs ?? namedMs];
  if (atMs !== null && sinceMs !== null) return { atMs, sinceMs };
  replaceFile(since, formatInstant(latestMs));
  return { atMs: latestMs, sinceMs: latestMs };
}

/**
 * Takes salts, facts and use keys out of damaged journals. Where the damage does not let them be deleted, the readable
 * entries and checkpoints are written out as lines and the file is overwritten. May read a whole journal several times:
 * for a thread of its own. Throws what the disk says.
 * @returns the files that are to be tried again later, because somebody reads them or the disk refuses
 */
export function forgetAside({ files, key }: ForgetJob): readonly string[] {
  return files.filter((file) => {
    try {
      forgetMended(file);
      const became = existsSync(writtenPath(file)) ? 'unsound' : deletePersonal(file);
      if (became === 'unsound') writeOut(file, key);
      return became === 'later';
    } catch {
      // What the disk refuses for one of them keeps no other.
      return true;
    }
  });
}

/** `unsound`: nothing can be deleted from it in a way that could be relied on. */
function deletePersonal(file: string): 'gone' | 'later' | 'unsound' {
  // Opened for writing it would lose what stands behind the damage in its log.
  if (walDamage(file) !== null) return 'unsound';
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { fileMustExist: true });
    db.pragma('secure_delete = ON');
    keepInMemory(db);
    // Not the number of rows: a damaged table may seem to be empty.
    if (db.pragma('application_id', { simple: true }) === FORGOTTEN) return scrubWal(db) ? 'gone' : 'later';
    // A page that no table knows of any more may hold rows that nothing deletes.
    if (db.pragma('integrity_check(1)', { simple: true }) !== 'ok') return 'unsound';
    for (const table of PERSONAL) db.exec(`DELETE FROM ${table}`);
    rebuildUses(db);
    db.pragma(`application_id = ${FORGOTTEN}`);
    return scrubWal(db) ? 'gone' : 'later';
  } catch (thrown) {
    return isDamage(thrown) ? 'unsound' : 'later';
  } finally {
    db?.close();
  }
}

/** A kill leaves the file as it was, or with its lines beside it: then only the overwriting is done again. */
function writeOut(file: string, key: VerifierKey): void {
  const text = writtenPath(file);
  if (!existsSync(text)) writeLines(file, text, key);
  for (const side of ['-wal', '-shm', '']) {
    if (statSync(`${file}${side}`, { throwIfNoEntry: false }) === undefined) continue;
    overwrite(`${file}${side}`, 0);
    rmSync(`${file}${side}`);
  }
}

function writeLines(file: string, text: string, key: VerifierKey): void {
  const out = new LogWriter(text);
  const left = openDamaged(file);
  try {
    scanDamaged(left.db, newestHead(left.db, key).head?.size ?? null, (bytes) => out.entry(bytes));
    for (const note of storedNotes(left.db)) out.note(note);
  } catch (thrown) {
    // Where no table can be found, nothing is left to be written out.
    if (!(thrown instanceof Database.SqliteError)) throw thrown;
  } finally {
    left.close();
  }
  out.finish();
}
