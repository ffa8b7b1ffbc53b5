import Database from 'better-sqlite3';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isUnchanged } from './entry.ts';
import { type DamagedFile, openDamaged } from './open-damaged.ts';
import { newestHead, newestOf, salvagedNotes, soundNotes } from './salvage.ts';
import type { VerifierKey } from './signed-note.ts';
import { readWritten, writtenFormOf } from './written-log.ts';

const BATCH = 1_000;
/** A damaged page may claim any number for the newest entry; a kiosk signs after some hundred. */
const MOST_UNSIGNED = 100_000;
/** So many of what was written out are asked for the head: the last ones may be damaged. */
const NEWEST_NOTES = 500;

export interface DamagedStretch {
  readonly from: number;
  readonly to: number;
  /** `unreadable`: the file is damaged there; `changed`: it is not what was hashed when it was written. */
  readonly what: 'unreadable' | 'changed' | 'missing';
}

/** What is left of a journal that was set aside. */
export interface DamageReport {
  /** As many as can be told of. */
  readonly entries: number;
  readonly sound: number;
  /** In order. */
  readonly stretches: readonly DamagedStretch[];
  /** Size of the newest head that the kiosk has signed; null where none can be read. */
  readonly signedSize: number | null;
}

type State = 'sound' | DamagedStretch['what'];

/**
 * Looks at each entry of a damaged journal for itself, in the file or in its written-out form; the error is one sentence.
 * @param keep called with the bytes of every entry that is as it was written, in order
 */
export function reportDamage(
  path: string,
  key: VerifierKey,
  keep: (bytes: Buffer) => void = () => {},
): Result<DamageReport, string> {
  return readDamaged(path, {
    file: (db) => scanDamaged(db, newestHead(db, key).head?.size ?? null, keep),
    written: (text) => reportWritten(text, key, keep),
  });
}

/** The signed notes that can be read in a damaged journal and hold under that key, each once and in order. */
export function damagedNotes(path: string, key: VerifierKey): Result<readonly string[], string> {
  return readDamaged(path, {
    file: (db) => salvagedNotes(db, key),
    written: (text) => {
      const notes: string[] = [];
      readWritten(text, { entry: () => {}, note: (note) => void notes.push(note) });
      return soundNotes(notes, key);
    },
  });
}

function readDamaged<T>(
  path: string,
  read: { readonly file: (db: Database.Database) => T; readonly written: (text: string) => T },
): Result<T, string> {
  let file: DamagedFile | null = null;
  try {
    const text = writtenFormOf(path);
    if (text !== null) return ok(read.written(text));
    file = openDamaged(path);
  } catch (thrown) {
    return err(`cannot read ${path}: ${reasonOf(thrown)}`);
  }
  try {
    return ok(read.file(file.db));
  } catch (thrown) {
    if (!(thrown instanceof Database.SqliteError)) throw thrown;
    return err(`nothing in ${path} can be read by this program: ${thrown.message}; keep the file`);
  } finally {
    file.close();
  }
}

/** What was written out was as it was written when that was done: what is not there could not be read then. */
function reportWritten(text: string, key: VerifierKey, keep: (bytes: Buffer) => void): DamageReport {
  const stretches: DamagedStretch[] = [];
  let [sound, end] = [0, 0];
  const lackUntil = (seq: number): void => {
    if (seq > end) stretches.push({ from: end, to: seq - 1, what: 'missing' });
  };
  const entry = (seq: number, bytes: Buffer): void => {
    if (seq < end) return;
    lackUntil(seq);
    keep(bytes);
    sound += 1;
    end = seq + 1;
  };
  let newest: string[] = [];
  const note = (next: string): void => {
    newest.push(next);
    if (newest.length === 2 * NEWEST_NOTES) newest = newest.slice(NEWEST_NOTES);
  };
  readWritten(text, { entry, note });
  const signedSize = newestOf(newest, key);
  lackUntil(signedSize ?? 0);
  return { entries: Math.max(end, signedSize ?? 0), sound, stretches, signedSize };
}

/**
 * Looks at each entry of an open damaged journal for itself.
 * @param signedSize of the newest head: so many entries there must have been
 */
export function scanDamaged(
  db: Database.Database,
  signedSize: number | null,
  keep: (bytes: Buffer) => void,
): DamageReport {
  const rows = db.prepare<[number, number], { seq: number; bytes: unknown; leaf: unknown }>(
    'SELECT seq, bytes, leaf FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq',
  );
  const last = newestSeq(db);
  const known = signedSize ?? 0;
  const end = Math.max(known, Math.min(last === null ? 0 : last + 1, known + MOST_UNSIGNED));
  const stretches: { from: number; to: number; what: DamagedStretch['what'] }[] = [];
  let sound = 0;
  const found = (seq: number, state: State): void => {
    const open = stretches.at(-1);
    if (state === 'sound') sound += 1;
    else if (open?.what === state && open.to === seq - 1) open.to = seq;
    else stretches.push({ from: seq, to: seq, what: state });
  };
  const look = (from: number, to: number): void => {
    const there = statesOf(() => rows.all(from, to));
    if (there === null && to - from === 1) found(from, 'unreadable');
    if (there === null && to - from > 1) {
      const middle = Math.floor((from + to) / 2);
      look(from, middle);
      look(middle, to);
    }
    if (there === null) return;
    for (let seq = from; seq < to; seq += 1) {
      const bytes = there.get(seq);
      if (Buffer.isBuffer(bytes)) keep(bytes);
      found(seq, bytes === undefined ? 'missing' : bytes === null ? 'changed' : 'sound');
    }
  };
  for (let at = 0; at < end; at += BATCH) look(at, Math.min(at + BATCH, end));
  return { entries: end, sound, stretches, signedSize };
}

/** The bytes of each entry, null for one that is not as it was written; null where a page on the way to them is damaged. */
function statesOf(
  read: () => readonly { readonly seq: number; readonly bytes: unknown; readonly leaf: unknown }[],
): ReadonlyMap<number, Buffer | null> | null {
  try {
    return new Map(read().map((row) => [row.seq, Buffer.isBuffer(row.bytes) && isUnchanged(row) ? row.bytes : null]));
  } catch {
    return null;
  }
}

function newestSeq(db: Database.Database): number | null {
  try {
    return db.prepare<[], number | null>('SELECT max(seq) FROM entry').pluck().get() ?? null;
  } catch {
    return null;
  }
}

/** The report in sentences. */
export function damageText({ entries, sound, stretches, signedSize }: DamageReport): readonly string[] {
  const means = { unreadable: 'cannot be read', changed: 'changed or damaged', missing: 'missing' } as const;
  return [
    `${sound} of ${entries} entries are as they were written.`,
    ...stretches.map(
      ({ from, to, what }) => `${from === to ? `Entry ${from}` : `Entries ${from} to ${to}`}: ${means[what]}.`,
    ),
    signedSize === null
      ? 'No signed checkpoint can be read.'
      : `The newest checkpoint that can be read was signed over ${signedSize} entries.`,
  ];
}
