import { existsSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { DayKeys } from './day-keys.ts';
import { openBox } from './visit-box.ts';

interface VisitRow {
  readonly id: number;
  readonly day: number;
  readonly minute_ms: number;
  readonly vouched: number;
  readonly box: Buffer;
}

interface TallyRow {
  readonly what: string;
  readonly visits: number;
  readonly told: number;
}

interface AsideRow {
  readonly file: string;
  readonly why: string;
  readonly minute_ms: number;
  readonly vouched: number;
  readonly visits: number;
  readonly told: number;
}

/** What can still be read of a damaged register: visits whose box is whole and whose day key is there, and the sums. */
export interface SalvagedVisits {
  readonly visits: readonly VisitRow[];
  readonly tallies: readonly TallyRow[];
  readonly asides: readonly AsideRow[];
}

/** Reads around the damage; the boxes stay shut for everybody but the authority. Changes no byte of the file. */
export function salvageVisits(path: string, keys: DayKeys): SalvagedVisits {
  // Reading alone makes both files where there are none.
  const made = ['-wal', '-shm'].map((side) => `${path}${side}`).filter((side) => !existsSync(side));
  let db: Database.Database;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
  } catch {
    return { visits: [], tallies: [], asides: [] };
  }
  try {
    return {
      visits: fromBothEnds<VisitRow>(
        db,
        'SELECT id, day, minute_ms, vouched, box FROM visit NOT INDEXED ORDER BY id',
      ).filter((row) => isWhole(row, keys)),
      tallies: fromBothEnds<TallyRow>(db, 'SELECT what, visits, told FROM tally ORDER BY what').filter(
        ({ what, visits, told }) => typeof what === 'string' && isCount(visits) && isCount(told),
      ),
      asides: fromBothEnds<AsideRow>(
        db,
        'SELECT file, why, minute_ms, vouched, visits, told FROM aside ORDER BY file',
      ).filter(
        ({ file, why, minute_ms, vouched, visits, told }) =>
          typeof file === 'string' && typeof why === 'string' && [minute_ms, vouched, visits, told].every(isCount),
      ),
    };
  } finally {
    db.close();
    for (const side of made) rmSync(side, { force: true });
  }
}

/** On a damaged page a column holds anything; the box knows which visit it is of. */
function isWhole({ id, day, minute_ms, vouched, box }: VisitRow, keys: DayKeys): boolean {
  if (![id, day, minute_ms, vouched].every(isCount) || !Buffer.isBuffer(box)) return false;
  const key = keys.keyOf(day);
  return key !== null && openBox(box, key, id) !== null;
}

const isCount = (stored: unknown): boolean => Number.isSafeInteger(stored) && Number(stored) >= 0;

/** The rows of a query up to the damage, and from its end back to it: some may come twice. */
function fromBothEnds<Row>(db: Database.Database, ordered: string): readonly Row[] {
  const rows: Row[] = [];
  if (!readInto(rows, db, ordered)) readInto(rows, db, `${ordered} DESC`);
  return rows;
}

function readInto<Row>(rows: Row[], db: Database.Database, query: string): boolean {
  try {
    for (const row of db.prepare<[], Row>(query).iterate()) rows.push(row);
    return true;
  } catch {
    return false;
  }
}
