import Database from 'better-sqlite3';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { REVOCATION_KINDS, type RevocationList } from './revocation-list.ts';

/** Tells a list of ours from any other database; beside it, `user_version` counts the versions of the schema. */
const APPLICATION_ID = 0x6d6a7276;
const SCHEMA_VERSION = 1;
/** Rows are looked up one by one: what the system keeps of the file is enough. */
const CACHE_KIB = 256;

export const REVOCATION_SCHEMA = `
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
  CREATE TABLE list (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    kind TEXT NOT NULL,
    issuer TEXT NOT NULL,
    scope TEXT NOT NULL,
    entries INTEGER NOT NULL,
    version INTEGER,
    sha256 TEXT NOT NULL,
    signed INTEGER NOT NULL,
    imported_at_ms INTEGER NOT NULL,
    -- 1 once every row is there and was counted.
    complete INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE revoked (
    id BLOB PRIMARY KEY,
    -- Revokes what was issued before this time (seconds since the epoch); NULL for all.
    before_s INTEGER
  ) STRICT, WITHOUT ROWID;
`;

/** A list on disk with the time of its import, milliseconds since the epoch by the wall clock. */
export interface StoredList extends RevocationList {
  readonly importedAtMs: number;
}

/** The rows of one list, wherever they lie. */
export interface RevocationRows {
  /** True for an exact match; throws what the disk says. */
  revokes(id: Buffer, issuedAtMs: number | null): boolean;
}

/** A list that is open for looking up. */
export interface OpenList extends RevocationRows {
  readonly list: StoredList;
  close(): void;
}

interface ListRow {
  readonly kind: string;
  readonly issuer: string;
  readonly scope: string;
  readonly entries: number;
  readonly version: number | null;
  readonly sha256: string;
  readonly signed: number;
  readonly importedAtMs: number;
  readonly complete: number;
}

/** Whether a row with this time revokes what was issued then; a card without a time of issue is older than any. */
export const isBefore = (issuedAtMs: number | null, beforeS: number | null): boolean =>
  beforeS === null || issuedAtMs === null || issuedAtMs < beforeS * 1_000;

/** What a file says of its list, and whether its rows are complete; null for a file that is no list of this version. */
export function listIn(db: Database.Database): { readonly list: StoredList; readonly isComplete: boolean } | null {
  const isOurs =
    db.pragma('application_id', { simple: true }) === APPLICATION_ID &&
    db.pragma('user_version', { simple: true }) === SCHEMA_VERSION;
  if (!isOurs) return null;
  const row = db
    .prepare<[], ListRow>(
      `SELECT kind, issuer, scope, entries, version, sha256, signed, imported_at_ms AS importedAtMs, complete FROM list`,
    )
    .get();
  const kind = REVOCATION_KINDS.find((known) => known === row?.kind);
  if (row === undefined || kind === undefined) return null;
  const { complete, signed, ...rest } = row;
  return { list: { ...rest, kind, signed: signed === 1 }, isComplete: complete === 1 };
}

/** Opens a complete list for looking up; nothing ever writes to such a file again. */
export function openList(path: string): Result<OpenList, string> {
  let db: Database.Database;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: 0 });
  } catch (thrown) {
    return err(`the revocation list ${path} cannot be opened: ${reasonOf(thrown)}`);
  }
  try {
    // Holds the read lock from the first look on, so that later ones ask the system for the row alone.
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma(`cache_size = -${CACHE_KIB}`);
    const found = listIn(db);
    if (found?.isComplete === true) return ok(lookUpIn(db, found.list));
    db.close();
    return err(`the revocation list ${path} is not one of this version, or not complete: import it again`);
  } catch (thrown) {
    db.close();
    return err(`the revocation list ${path} is damaged (${reasonOf(thrown)}): import it again`);
  }
}

function lookUpIn(db: Database.Database, list: StoredList): OpenList {
  const find = db.prepare<[Buffer], { beforeS: number | null }>('SELECT before_s AS beforeS FROM revoked WHERE id = ?');
  return {
    list,
    revokes(id, issuedAtMs) {
      const row = find.get(id);
      return row !== undefined && isBefore(issuedAtMs, row.beforeS);
    },
    close: () => void db.close(),
  };
}
