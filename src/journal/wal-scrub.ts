import { closeSync, fstatSync, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { JournalFault } from './journal.ts';

/** SQLite's file format, section 4.1: the header of the log and of each frame in it, before the page. */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** Two numbers that SQLite draws anew whenever it begins the log again. */
const SALTS_AT = 16;
const SALTS_BYTES = 8;
const SLICE_BYTES = 262_144;

interface CheckpointRow {
  readonly busy: number;
  /** Frames in the log. */
  readonly log: number;
}

/**
 * Empties the write-ahead log so that nothing of it is left on the disk. Truncated or unlinked as it is, its blocks
 * would keep every page that was ever written to it, until some other file happens to take them.
 *
 * First SQLite begins the log anew with one frame of its own; whatever stands behind that frame is then read by nobody,
 * not after a power cut either, and is overwritten.
 * @param db the only connection that writes to the file
 * @returns false while a reader still needs the log: try again later; throws `JournalFault` for a fault of the disk
 */
export function scrubWal(db: Database.Database): boolean {
  const path = `${db.name}-wal`;
  if (db.memory || (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return true;
  const patienceMs = Number(db.pragma('busy_timeout', { simple: true }));
  // A reader may take minutes, and the door waits for nobody.
  db.pragma('busy_timeout = 0');
  try {
    const before = checkpoint(db, 'RESTART');
    if (before.busy !== 0) return false;
    const salts = onDisk(() => saltsIn(path));
    db.pragma(`user_version = ${Number(db.pragma('user_version', { simple: true }))}`);
    // Where a kill has left nothing but frames of an unfinished transaction, the one frame is the first under the old salts.
    if (before.log > 0 && onDisk(() => saltsIn(path)).equals(salts)) return false;
    const { log } = checkpoint(db, 'PASSIVE');
    const pageBytes = Number(db.pragma('page_size', { simple: true }));
    onDisk(() => overwrite(path, HEADER_BYTES + log * (FRAME_HEADER_BYTES + pageBytes)));
    return checkpoint(db, 'TRUNCATE').busy === 0;
  } finally {
    db.pragma(`busy_timeout = ${patienceMs}`);
  }
}

/** `scrubWal` before a file is closed, which unlinks the log. What the disk refuses then, nobody can mend any more. */
export function scrubAtLast(db: Database.Database | null): void {
  try {
    if (db !== null) scrubWal(db);
  } catch (thrown) {
    if (!(thrown instanceof JournalFault || thrown instanceof Database.SqliteError)) throw thrown;
  }
}

function checkpoint(db: Database.Database, mode: 'PASSIVE' | 'RESTART' | 'TRUNCATE'): CheckpointRow {
  const [row] = db.pragma(`wal_checkpoint(${mode})`) as readonly CheckpointRow[];
  return row ?? { busy: 1, log: 0 };
}

function saltsIn(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const salts = Buffer.alloc(SALTS_BYTES);
    readSync(file, salts, 0, SALTS_BYTES, SALTS_AT);
    return salts;
  } finally {
    closeSync(file);
  }
}

/** In place: the blocks that hold the bytes are the ones that must lose them. Throws what the disk says. */
export function overwrite(path: string, from: number): void {
  const file = openSync(path, 'r+');
  try {
    const { size } = fstatSync(file);
    const zeros = Buffer.alloc(SLICE_BYTES);
    for (let at = from; at < size; ) at += writeSync(file, zeros, 0, Math.min(SLICE_BYTES, size - at), at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function onDisk<T>(use: () => T): T {
  try {
    return use();
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    if (!/^E[A-Z]+$/.test(code)) throw thrown;
    throw new JournalFault(code);
  }
}
