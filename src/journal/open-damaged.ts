import { copyFileSync, linkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { mendWal, walDamage } from './wal-file.ts';
import { overwrite } from './wal-scrub.ts';

/** Beside a damaged file, while it is read: the same file under a second name, with a write-ahead log that can be read. */
const mendedPath = (path: string): string => `${path}.mended`;

/** A damaged journal, open for reading. */
export interface DamagedFile {
  readonly db: Database.Database;
  /** The write-ahead log had frames that are not as they were written, and what they held is doubtful. */
  readonly isMended: boolean;
  close(): void;
}

/**
 * Opens a damaged journal so that as much of it is read as is there: also one that is shorter than it says, and what
 * stands in its write-ahead log behind a bad frame. Changes no byte of it. Throws what SQLite says.
 */
export function openDamaged(path: string): DamagedFile {
  const mended = mend(path);
  const db = new Database(mended ?? path, { readonly: true, fileMustExist: true });
  try {
    // With this SQLite takes a file for as long as it is, and not for as long as its first page says.
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
  } catch {
    // Its first page is damaged: the queries will say so.
  }
  const close = (): void => {
    db.close();
    forgetMended(path);
  };
  return { db, isMended: mended !== null, close };
}

/** Removes what is needed while a damaged journal is read, also what the end of a process has left behind. */
export function forgetMended(path: string): void {
  for (const side of ['', '-wal', '-shm']) {
    const name = `${mendedPath(path)}${side}`;
    const there = statSync(name, { throwIfNoEntry: false });
    if (there === undefined) continue;
    // A copy holds what must be forgotten one day; a second name is the damaged file itself.
    if (there.nlink === 1) overwrite(name, 0);
    rmSync(name);
  }
}

/** @returns the name to open in place of the damaged one; null where that is as good, or nothing can be written there */
function mend(path: string): string | null {
  const mended = mendedPath(path);
  try {
    forgetMended(path);
    if (walDamage(path) === null) return null;
    const firstPage = mendWal(path, mended);
    const isEmpty = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
    if (isEmpty) writeFileSync(mended, firstPage ?? '', { mode: 0o600 });
    else secondName(path, mended);
    return mended;
  } catch {
    return null;
  }
}

function secondName(path: string, name: string): void {
  try {
    linkSync(path, name);
  } catch {
    copyFileSync(path, name);
  }
}
