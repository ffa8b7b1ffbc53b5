import type Database from 'better-sqlite3';
import type { KeptHead } from './kept-head.ts';
import { verifyEd25519 } from './native-crypto.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { type DamagedFile, openDamaged } from './open-damaged.ts';
import type { VerifierKey } from './signed-note.ts';
import { isTime } from './trusted-time.ts';

/** A use key as far as it could be read: what is null stood on a damaged page. */
export interface SalvagedUse {
  readonly key: Buffer;
  readonly ends_ms: number;
  readonly row: {
    readonly boot: string;
    readonly mono_ms: number;
    readonly wall_ms: number;
    readonly mono_ends_ms: number | null;
  } | null;
}

export interface SalvagedSticker {
  readonly id: string;
  readonly use_key: Buffer | null;
  readonly until_ms: number;
  readonly single: number;
  readonly pass_until_ms: number | null;
  readonly revoked: number;
}

/** What can still be read of a damaged journal. */
export interface Salvage {
  /** The newest head that this kiosk has signed. */
  readonly head: KeptHead | null;
  readonly lastTrustedMs: number | null;
  readonly uses: readonly SalvagedUse[];
  readonly stickers: readonly SalvagedSticker[];
  readonly unshown: readonly { readonly seq: number; readonly use_key: Buffer; readonly wall_ms: number }[];
  readonly witnessed: readonly { readonly origin: string; readonly size: number; readonly root: Buffer }[];
  /** Keys of other kiosks: whoever was met once is not met anew under another key. */
  readonly known: readonly { readonly name: string; readonly public_key: Buffer }[];
  readonly useKeys: readonly {
    readonly fits: Buffer;
    readonly lost_ms: number | null;
    readonly until_ms: number | null;
  }[];
  readonly lastRun: { readonly type: string; readonly boot: string | null } | null;
  readonly count: { readonly inside: number; readonly since_ms: number } | null;
  /** When the oldest of the salts and facts was written, in milliseconds since the epoch; null where none can be read. */
  readonly oldestMs: number | null;
  /** So many entries there are, as far as can be read. */
  readonly size: number;
  /** Use keys and stickers were read to the last one. */
  readonly isWhole: boolean;
}

/** What is left of a journal whose file is gone. */
export const NOTHING: Salvage = {
  head: null,
  lastTrustedMs: null,
  uses: [],
  stickers: [],
  unshown: [],
  witnessed: [],
  known: [],
  useKeys: [],
  lastRun: null,
  count: null,
  oldestMs: null,
  size: 0,
  isWhole: false,
};

/** Reads what is left of a damaged journal file, page by page around the damage. Changes no byte of it. */
export function salvage(path: string, key: VerifierKey): Salvage {
  let file: DamagedFile;
  try {
    file = openDamaged(path);
  } catch {
    return NOTHING;
  }
  const { db } = file;
  try {
    const { uses, isWhole: areUsesWhole } = salvageUses(db);
    const stickers = fromBothEnds<SalvagedSticker>(
      db,
      'SELECT id, use_key, until_ms, single, pass_until_ms, revoked FROM sticker ORDER BY id',
      ({ id, use_key }) => typeof id === 'string' && (use_key === null || Buffer.isBuffer(use_key)),
    );
    const { head, lastTrustedMs } = newestHead(db, key);
    return {
      head,
      lastTrustedMs,
      uses,
      stickers: [...new Map(stickers.rows.map((row) => [row.id, row])).values()],
      unshown: fromBothEnds<Salvage['unshown'][number]>(
        db,
        'SELECT seq, use_key, wall_ms FROM unshown ORDER BY seq',
        ({ use_key }) => Buffer.isBuffer(use_key),
      ).rows,
      witnessed: fromBothEnds<Salvage['witnessed'][number]>(
        db,
        'SELECT origin, size, root FROM witnessed ORDER BY origin',
        ({ root }) => Buffer.isBuffer(root),
      ).rows,
      known: fromBothEnds<Salvage['known'][number]>(
        db,
        'SELECT name, public_key FROM known_kiosk ORDER BY name',
        ({ public_key }) => Buffer.isBuffer(public_key),
      ).rows,
      useKeys: fromBothEnds<Salvage['useKeys'][number]>(
        db,
        'SELECT fits, lost_ms, until_ms FROM use_key ORDER BY fits',
        ({ fits }) => Buffer.isBuffer(fits),
      ).rows,
      lastRun: one<NonNullable<Salvage['lastRun']>>(
        db,
        `SELECT type, ${columnOrNull(db, 'last_run', 'boot')} FROM last_run`,
      ),
      count: countIn(db),
      oldestMs: oldestIn(db),
      size: one<{ size: number }>(db, 'SELECT coalesce(max(seq) + 1, 0) AS size FROM entry')?.size ?? 0,
      isWhole: areUsesWhole && stickers.isWhole && !file.isMended,
    };
  } finally {
    file.close();
  }
}

function oldestIn(db: Database.Database): number | null {
  const oldest = ['salt', 'facts'].map(
    (table) => one<{ atMs: number | null }>(db, `SELECT min(wall_ms) AS atMs FROM ${table}`)?.atMs,
  );
  const atMs = Math.min(...oldest.map((each) => each ?? Number.POSITIVE_INFINITY));
  // A damaged row may hold any number.
  return isTime(atMs) ? atMs : null;
}

/** Every key stands twice, in the table and in its index: what one has lost the other may still have. */
function salvageUses(db: Database.Database): Pick<Salvage, 'uses' | 'isWhole'> {
  const monoEnds = columnOrNull(db, 'use', 'mono_ends_ms');
  const table = fromBothEnds<Pick<SalvagedUse, 'key' | 'ends_ms'> & NonNullable<SalvagedUse['row']>>(
    db,
    `SELECT key, ends_ms, boot, mono_ms, wall_ms, ${monoEnds} FROM use NOT INDEXED ORDER BY key`,
    hasKey,
  );
  const index = fromBothEnds<{ key: Buffer; ends_ms: number }>(
    db,
    'SELECT key, ends_ms FROM use INDEXED BY use_ends ORDER BY ends_ms',
    hasKey,
  );
  const uses = new Map<string, SalvagedUse>();
  // In the order of the keys, in which a new table takes them twice as fast: the door waits meanwhile.
  for (const { key, ends_ms, ...row } of table.rows) uses.set(key.toString('hex'), { key, ends_ms, row });
  for (const { key, ends_ms } of index.rows) {
    const name = key.toString('hex');
    if (!uses.has(name)) uses.set(name, { key, ends_ms, row: null });
  }
  // One of the two read to its end has them all.
  return { uses: [...uses.values()], isWhole: table.isWhole || index.isWhole };
}

const hasKey = ({ key }: { readonly key: Buffer }): boolean => Buffer.isBuffer(key);

/** On a damaged page a number is anything, and a new log would not take it. */
function countIn(db: Database.Database): Salvage['count'] {
  const count = one<NonNullable<Salvage['count']>>(db, 'SELECT inside, since_ms FROM head_count');
  return count !== null && isCount(count.inside) && isCount(count.since_ms) ? count : null;
}

const isCount = (stored: unknown): boolean => Number.isSafeInteger(stored) && Number(stored) >= 0;

/** A column that a file of an older version has not got reads as null. */
function columnOrNull(db: Database.Database, table: string, column: string): string {
  const columns: { readonly name: string }[] = [];
  readInto(columns, db, `SELECT name FROM pragma_table_info('${table}')`);
  return columns.some(({ name }) => name === column) ? column : `NULL AS ${column}`;
}

/**
 * The rows of a query from its beginning up to the damage, and from its end back to it.
 * @param isRow false for what a damaged page has made of a row: no type of a column holds there
 */
function fromBothEnds<Row>(
  db: Database.Database,
  ordered: string,
  isRow: (row: Row) => boolean,
): { readonly rows: Row[]; readonly isWhole: boolean } {
  const rows: Row[] = [];
  const isRead = readInto(rows, db, ordered);
  if (!isRead) readInto(rows, db, `${ordered} DESC`);
  const sound = rows.filter(isRow);
  return { rows: sound, isWhole: isRead && sound.length === rows.length };
}

function readInto<Row>(rows: Row[], db: Database.Database, query: string): boolean {
  try {
    for (const row of db.prepare<[], Row>(query).iterate()) rows.push(row);
    return true;
  } catch {
    return false;
  }
}

function one<Row>(db: Database.Database, query: string): Row | null {
  const rows: Row[] = [];
  readInto(rows, db, query);
  return rows[0] ?? null;
}

interface NoteRow {
  readonly note: string;
  readonly last_trusted_ms: number | null;
}

/** So many are looked at on the near side of a damaged page. */
const NOTES_BEFORE_DAMAGE = 500;
const NOTES = 'SELECT note, last_trusted_ms FROM checkpoint ORDER BY size';

/** The head of a stored note that holds under that key; null for any other. */
function headOf(note: unknown, key: VerifierKey): KeptHead | null {
  const opened = typeof note === 'string' ? openCheckpoint(note, [key], verifyEd25519) : null;
  return typeof note === 'string' && opened?.ok === true ? { ...opened.value.checkpoint, note } : null;
}

/** The signed notes that can be read in a damaged journal and hold under that key, each once and in order. */
export function salvagedNotes(db: Database.Database, key: VerifierKey): readonly string[] {
  const rows = fromBothEnds<NoteRow>(db, NOTES, () => true).rows;
  return soundNotes(
    rows.map(({ note }) => note),
    key,
  );
}

/** Those of some notes that hold under that key, each once and in order. */
export function soundNotes(notes: readonly unknown[], key: VerifierKey): readonly string[] {
  const heads = notes.map((note) => headOf(note, key)).filter((head) => head !== null);
  const bySize = new Map(heads.map((head) => [head.size, head.note]));
  return [...bySize].toSorted(([one], [other]) => one - other).map(([, note]) => note);
}

/** The size of the newest of some notes in order that holds under that key; null where none does. */
export const newestOf = (notes: readonly string[], key: VerifierKey): number | null =>
  headOf(
    notes.findLast((note) => headOf(note, key) !== null),
    key,
  )?.size ?? null;

/**
 * Every signed note that can be read in a damaged journal, whoever signed it, one at a time and in order: up to the
 * damage, and from behind it on.
 */
export function* storedNotes(db: Database.Database): Generator<string> {
  const sizes = fromBothEnds<{ size: number }>(db, 'SELECT size FROM checkpoint ORDER BY size', () => true).rows;
  const noteOf = db.prepare<[number], unknown>('SELECT note FROM checkpoint WHERE size = ?').pluck();
  for (const size of [...new Set(sizes.map((row) => row.size))].toSorted((one, other) => one - other)) {
    try {
      const note = noteOf.get(size);
      if (typeof note === 'string') yield note;
    } catch {
      // That one stands on the damaged page.
    }
  }
}

/** From the newest down to the first that holds: a year has a hundred thousand of them, and the door waits. */
export function newestHead(db: Database.Database, key: VerifierKey): Pick<Salvage, 'head' | 'lastTrustedMs'> {
  for (const { note, last_trusted_ms } of notesFromNewest(db)) {
    const head = headOf(note, key);
    // No signature covers the time.
    if (head !== null) return { head, lastTrustedMs: isTime(last_trusted_ms) ? last_trusted_ms : null };
  }
  return { head: null, lastTrustedMs: null };
}

/** Back to the damage, then back from the damage. */
function* notesFromNewest(db: Database.Database): Generator<NoteRow> {
  try {
    yield* db.prepare<[], NoteRow>(`${NOTES} DESC`).iterate();
    return;
  } catch {
    // From here on not even the way to the newest may be whole.
  }
  const before: NoteRow[] = [];
  try {
    for (const row of db.prepare<[], NoteRow>(NOTES).iterate()) {
      before.push(row);
      if (before.length === 2 * NOTES_BEFORE_DAMAGE) before.splice(0, NOTES_BEFORE_DAMAGE);
    }
  } catch {
    // That is the damage.
  }
  yield* before.reverse();
}
