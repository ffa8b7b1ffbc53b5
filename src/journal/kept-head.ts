import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { replaceFile } from '../base/atomic-file.ts';
import { equalBytes, toBase64 } from './byte-text.ts';
import type { Checkpoint } from './checkpoint.ts';
import { logBefore } from './entry-stamp.ts';
import { verifyEd25519 } from './native-crypto.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { type JournalReader, reading } from './query.ts';
import type { VerifierKey } from './signed-note.ts';
import { TreeStore } from './tree-store.ts';

/** Where the newest signed head of a journal is kept beside it, as the signed note. */
export const headPath = (path: string): string => join(dirname(path), 'journal.head');

export interface KeptHead extends Checkpoint {
  readonly note: string;
}

/** The head that is kept beside a journal; null where there is none that `key` has signed for the log of its name. */
export function keptHead(path: string, key: VerifierKey): KeptHead | null {
  let note: string;
  try {
    note = readFileSync(headPath(path), 'utf8');
  } catch {
    return null;
  }
  const opened = openCheckpoint(note, [key], verifyEd25519);
  return opened.ok ? { ...opened.value.checkpoint, note } : null;
}

/**
 * The head that is kept beside a journal that is read, signed by one of `keys`; null where there is none, or where it is
 * of the damaged log before. To be asked before the entries are counted, which may become more meanwhile.
 */
export function headBeside(db: JournalReader, path: string, keys: readonly VerifierKey[]): KeptHead | null {
  const head = keys.map((key) => keptHead(path, key)).find((kept) => kept !== null) ?? null;
  return head === null || reading(() => isOfLogBefore(db, head)) ? null : head;
}

/** Keeps each new head beside a journal. One that the disk refuses is no fault: the older one stays and asks for less. */
export function headKeeper(path: string): (note: string) => void {
  let last: string | null = null;
  return (note) => {
    if (note === last) return;
    try {
      replaceFile(headPath(path), note);
      last = note;
    } catch {
      last = null;
    }
  };
}

/** A journal of which so much was signed is not begun anew because its file is gone. @returns what is wrong, or null */
export function lostFile(path: string, { size }: KeptHead): string | null {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === 0 || (bytes ?? 0) > 0) return null;
  return `${size} entries were signed and the file is ${bytes === undefined ? 'gone' : 'empty'}`;
}

/** Asked before anything is written: whether as many entries are there as were signed. @returns what is wrong, or null */
export function lostEntries(db: Database.Database, head: KeptHead): string | null {
  const made = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'entry'").get() !== undefined;
  const size = made ? Number(db.prepare('SELECT coalesce(max(seq) + 1, 0) FROM entry').pluck().get()) : 0;
  if (size >= head.size || (made && isOfLogBefore(db, head))) return null;
  return `${head.size} entries were signed and only ${size} are there`;
}

/** Whether the entries are those that were signed, once their tree is whole. @returns what is wrong, or null */
export function otherEntries(db: Database.Database, head: KeptHead): string | null {
  if (isOfLogBefore(db, head) || equalBytes(new TreeStore(db).root(head.size), head.root)) return null;
  return `entries before ${head.size} are not the ones that were signed`;
}

/** A power cut may have come when the new log had its place and its head had not: the head is then that of the damaged one. */
function isOfLogBefore(db: Database.Database, { size, root }: KeptHead): boolean {
  const first = db.prepare<[], unknown>('SELECT bytes FROM entry WHERE seq = 0').pluck().get();
  const before = Buffer.isBuffer(first) ? logBefore(first) : null;
  return before?.size === size && before.root === toBase64(root);
}
