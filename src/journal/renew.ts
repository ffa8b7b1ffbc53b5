import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type Clock, formatInstant, type WallTime } from '../base/time.ts';
import { toBase64 } from './byte-text.ts';
import { checkpointTime, furtherExtensions } from './checkpoint.ts';
import type { Note, Stamp } from './entry.ts';
import { EntryWriter } from './entry-writer.ts';
import { headKeeper, headPath, type KeptHead, keptHead } from './kept-head.ts';
import type { LogKey } from './log-key.ts';
import { type OpenTrouble, openJournal } from './open.ts';
import { isDiskFull } from './reserve.ts';
import { NOTHING, type Salvage, type SalvagedUse, salvage } from './salvage.ts';
import {
  buildingPath,
  damagedFolder,
  dropSecondName,
  finishTakingPlace,
  setAside,
  sincePath,
  takePlace,
} from './set-aside.ts';
import { writeCheckpoint } from './signed-heads.ts';
import { prepareStatements, type UseRow } from './statements.ts';
import { scrubWal } from './wal-scrub.ts';

/** Where an admission of the log before stands among those whose signal is in doubt: no entry has such a number. */
export const unshownBefore = (seq: number): number => -1 - seq;

type Continued = Extract<Note, { readonly type: 'log-continued' }>;

export interface RenewingFileOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly bootId: string;
  readonly writer?: Stamp['writer'];
  /** Signs the first head of a new log, and tells the heads of the one before. */
  readonly key: LogKey;
  /** Told of a log that was begun in the place of a damaged one. */
  readonly continued: (note: Continued) => void;
}

/**
 * Opens a journal for writing. One that is damaged is kept aside whole, and a new one takes its place that names the last
 * signed head of the old one and remembers what it can still read of it: which passes were used, which stickers exist.
 * @returns for `SqliteJournal`: opens the file; a suspicion sets it aside even if it opens
 */
export function renewingFile(
  options: RenewingFileOptions,
): (suspicion: string | null) => Result<Database.Database, OpenTrouble> {
  const { path } = options;
  return (suspicion) => {
    try {
      finishTakingPlace(path);
      const head = keptHead(path, options.key.verifier);
      let why = suspicion;
      if (why === null) {
        const opened = openJournal(path, head);
        if (opened.ok) return goneOnWith(path, opened.value);
        if (opened.error.kind !== 'damaged') return opened;
        why = opened.error.why;
      }
      const file = setAside(path, asideAtMs(options.clock.wall(), head));
      const built = build(options, why, file, head);
      if (!built.ok) return built;
      const { note, before, first } = built.value;
      // By what the new log names, a start that a power cut makes necessary knows whose head is kept.
      if (before !== null && before.note !== head?.note) replaceFile(headPath(path), before.note);
      takePlace(path);
      headKeeper(path)(first);
      options.continued(note);
      return openJournal(path, keptHead(path, options.key.verifier));
    } catch (thrown) {
      const why = reasonOf(thrown);
      const says = `the damaged journal ${path} cannot be set aside: ${why}; check the disk and its free space, then start again`;
      return err({ kind: isDiskFull(thrown) ? 'full' : 'disk', why, says });
    }
  };
}

/** A journal that opens is damaged no more, whatever an earlier attempt began to do about it. */
function goneOnWith(path: string, db: Database.Database): Result<Database.Database, OpenTrouble> {
  try {
    dropSecondName(path);
    return ok(db);
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/**
 * By which time a journal is set aside. A board without a battery wakes up months ago, and would forget what it has just
 * set aside once it knows the time.
 */
function asideAtMs({ atMs, trusted, floorMs = 0 }: WallTime, head: KeptHead | null): number {
  const signed = head === null ? null : checkpointTime(head);
  return trusted ? atMs : Math.max(atMs, floorMs, signed?.trusted === true ? signed.atMs : 0);
}

/** A new log under another name, and what must be kept of both. */
interface Built {
  readonly note: Continued;
  /** The newest head of the damaged log, and the first one of the new. */
  readonly before: KeptHead | null;
  readonly first: string;
}

function build(
  { path, clock, bootId, writer, key }: RenewingFileOptions,
  why: string,
  file: string | null,
  kept: KeptHead | null,
): Result<Built, OpenTrouble> {
  const inDamaged = (name: string): string => join(damagedFolder(path), name);
  const old = file === null ? NOTHING : salvage(inDamaged(file), key.verifier);
  // What is personal in it is as old as it is, and not as the damage.
  if (file !== null && old.oldestMs !== null) replaceFile(sincePath(inDamaged(file)), formatInstant(old.oldestMs));
  const before = old.head === null || (kept !== null && kept.size >= old.head.size) ? kept : old.head;
  const opened = openJournal(buildingPath(path));
  if (!opened.ok) return opened;
  const db = opened.value;
  try {
    const built = db.transaction((): Built => {
      const carried = carryOver(db, old, clock.wall().atMs);
      const continued = {
        type: 'log-continued',
        why,
        file,
        origin: before?.origin ?? null,
        size: before?.size ?? null,
        root: before === null ? null : toBase64(before.root),
        ...carried,
        // Whoever came in with an entry that is not there came in with a pass that is not there.
        whole: carried.whole && old.size >= (before?.size ?? 0),
      } as const;
      const statements = prepareStatements(db);
      const seq = new EntryWriter(statements, clock, bootId, () => old.lastTrustedMs, writer).append(continued);
      if (old.count !== null) statements.foldCount.run(seq, old.count.inside, old.count.since_ms);
      // To whom visits are sealed is said by every head: what the last one said holds until the kiosk signs the next.
      const extensions = before === null ? [] : furtherExtensions(before);
      const first = writeCheckpoint(statements, key, { clock, lastTrustedMs: old.lastTrustedMs, extensions });
      return { note: continued, before, first };
    })();
    scrubWal(db);
    return ok(built);
  } finally {
    db.close();
  }
}

function carryOver(
  db: Database.Database,
  old: Salvage,
  nowMs: number,
): { readonly uses: number; readonly stickers: number; readonly whole: boolean } {
  const addUse = db.prepare<[Buffer, ...UseRow]>(
    'INSERT INTO use (key, seq, boot, mono_ms, wall_ms, ends_ms, mono_ends_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const addSticker = db.prepare<[string, Buffer | null, number, number, number | null, number]>(
    'INSERT INTO sticker (id, use_key, until_ms, single, pass_until_ms, revoked) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const addUnshown = db.prepare<[number, Buffer, number]>(
    'INSERT INTO unshown (seq, use_key, wall_ms) VALUES (?, ?, ?)',
  );
  const addWitnessed = db.prepare<[string, number, Buffer]>(
    'INSERT INTO witnessed (origin, size, root) VALUES (?, ?, ?)',
  );
  const addKnown = db.prepare<[string, Buffer]>('INSERT INTO known_kiosk (name, public_key) VALUES (?, ?)');
  const setLastRun = db.prepare<[string, string | null]>('INSERT INTO last_run (id, type, boot) VALUES (1, ?, ?)');
  const uses = countAdded(old.uses, ({ key, ends_ms, row }) =>
    addUse.run(key, -1, ...stampOf(row, nowMs), ends_ms, row?.mono_ends_ms ?? null),
  );
  const stickers = countAdded(old.stickers, (row) =>
    addSticker.run(row.id, row.use_key, row.until_ms, row.single, row.pass_until_ms, row.revoked),
  );
  countAdded(old.unshown, (row) => addUnshown.run(unshownBefore(row.seq), row.use_key, row.wall_ms));
  countAdded(old.witnessed, (row) => addWitnessed.run(row.origin, row.size, row.root));
  countAdded(old.known, (row) => addKnown.run(row.name, row.public_key));
  const addUseKey = db.prepare<[Buffer, number | null, number | null]>(
    'INSERT INTO use_key (fits, since_seq, lost_ms, until_ms) VALUES (?, 0, ?, ?)',
  );
  countAdded(old.useKeys, (row) => addUseKey.run(row.fits, row.lost_ms, row.until_ms));
  const run = old.lastRun ?? { type: 'damaged', boot: null };
  if (countAdded([run], ({ type, boot }) => setLastRun.run(type, boot)) === 0) setLastRun.run('damaged', null);
  const whole = old.isWhole && uses === old.uses.length && stickers === old.stickers.length;
  return { uses, stickers, whole };
}

/** When a use was is on a damaged page: it counts as made now, so that no pass comes in twice for that. */
const stampOf = (row: SalvagedUse['row'], nowMs: number): [string, number, number] =>
  row === null ? ['', 0, Math.floor(nowMs)] : [row.boot, row.mono_ms, row.wall_ms];

/** A row that a damaged page has made impossible is left out. */
function countAdded<Row>(rows: readonly Row[], add: (row: Row) => void): number {
  let added = 0;
  for (const row of rows) {
    try {
      add(row);
      added += 1;
    } catch (thrown) {
      if (!isImpossibleRow(thrown)) throw thrown;
    }
  }
  return added;
}

const isImpossibleRow = (thrown: unknown): boolean =>
  thrown instanceof TypeError ||
  thrown instanceof RangeError ||
  (thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('SQLITE_CONSTRAINT'));
