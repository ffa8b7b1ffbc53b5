import { createHash } from 'node:crypto';
import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Trust } from '../pass/trust.ts';
import type { Environment } from '../settings/schema.ts';
import { type FoundList, importList, type ListCandidate, type ListSite } from './import-list.ts';
import { conflictIn, trustOf } from './key-ring.ts';
import { readLooseDocument, readLooseDocuments } from './loose-document.ts';
import type { LooseDocument, LooseKey } from './loose-key.ts';
import { chooseList, type ListChoice, readStoredLists, type StoredList } from './stored-lists.ts';
import type { TrustList } from './trust-list.ts';
import { TRUST_MIGRATIONS } from './trust-migrations.ts';
import { readPinnedRoot, type TrustRoot, trustRootPath } from './trust-root.ts';

const BUSY_TIMEOUT_MS = 2_000;
const FULL_SYNC = 2;

/** What is known of one imported document without its content. */
export interface StoredDocument {
  readonly name: string;
  readonly issuer: string | null;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly sha256: string;
  readonly keys: number;
  /** Milliseconds since the epoch by the kiosk's wall clock. */
  readonly importedAtMs: number;
}

/** The keys that a kiosk trusts, on disk. Errors are one sentence. */
export interface TrustStore {
  /**
   * All documents or none; one of the same name and issuer is replaced.
   * @param announce called when all are found good and before any is stored; what it throws leaves the store as it was
   */
  import(
    documents: readonly LooseDocument[],
    atMs: number,
    announce?: (documents: readonly StoredDocument[]) => void,
  ): Result<readonly StoredDocument[], string>;
  list(): readonly StoredDocument[];
  /** Verifies a signed list and puts it in front; see `importList`. */
  importList(candidate: ListCandidate, announce?: (found: FoundList) => void): Promise<Result<FoundList, string>>;
  /** The pinned root and the stored lists, the newest first. */
  lists(): Result<{ readonly root: TrustRoot | null; readonly lists: readonly StoredList[] }, string>;
  /** All that is trusted: the loose keys and the newest stored list that is what was imported. */
  contents(): Result<TrustContents, string>;
  /** The keys of `contents`. */
  keys(): Result<readonly LooseKey[], string>;
  /** `keys` as the verifier asks for them. */
  load(isRevoked?: Trust['isRevoked']): Result<Trust, string>;
  close(): void;
}

/** What a kiosk trusts. */
export interface TrustContents {
  /** Of the loose documents and of the list together, checked against each other. */
  readonly keys: readonly LooseKey[];
  /** The signed list in use; null for loose keys alone. */
  readonly list: TrustList | null;
  /** A sentence for each stored list that had to be passed over. */
  readonly warnings: readonly string[];
}

interface Row {
  readonly name: string;
  readonly issuer: string;
  readonly bytes: Buffer;
  readonly sha256: Buffer;
}

type ListRow = Omit<Row, 'bytes'> & { readonly keys: number; readonly importedAtMs: number };

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
const nullIfEmpty = (issuer: string): string | null => (issuer === '' ? null : issuer);

function storedOf({ name, issuer, sha256: digest, keys, importedAtMs }: ListRow): StoredDocument {
  return { name, issuer: nullIfEmpty(issuer), sha256: digest.toString('hex'), keys, importedAtMs };
}

class SqliteTrustStore implements TrustStore {
  readonly #db: Database.Database;
  readonly #rootPath: string;
  readonly #environment: Environment;

  constructor(db: Database.Database, rootPath: string, environment: Environment) {
    this.#db = db;
    this.#rootPath = rootPath;
    this.#environment = environment;
  }

  import(
    documents: readonly LooseDocument[],
    atMs: number,
    announce: (documents: readonly StoredDocument[]) => void = () => {},
  ): Result<readonly StoredDocument[], string> {
    const rows: ListRow[] = [];
    const isNew = (name: string, issuer: string): boolean =>
      !rows.some((row) => row.name === name && row.issuer === issuer);
    for (const document of documents) {
      const { name, bytes } = document;
      const issuer = document.issuer ?? '';
      const keys = readLooseDocument(document);
      if (!keys.ok) return keys;
      if (!isNew(name, issuer)) return err(`two documents are called ${name}: import one of them under another name`);
      rows.push({ name, issuer, sha256: sha256(bytes), keys: keys.value.length, importedAtMs: atMs });
    }
    const standing = this.#documents();
    if (!standing.ok) return standing;
    const kept = standing.value.filter(({ name, issuer }) => isNew(name, issuer ?? ''));
    const together = checkedKeys([...kept, ...documents]);
    if (!together.ok) return together;
    const signed = this.#inUse([]);
    if (!signed.ok) return signed;
    const conflict = conflictIn([...(signed.value.stored?.list?.keys ?? []), ...together.value]);
    if (conflict !== null) return err(conflict);
    announce(rows.map(storedOf));
    return this.#replace(documents, rows);
  }

  #replace(documents: readonly LooseDocument[], rows: readonly ListRow[]): Result<readonly StoredDocument[], string> {
    const put = this.#db.prepare<[ListRow & { readonly bytes: Buffer | undefined }]>(
      `INSERT OR REPLACE INTO loose_document (name, issuer, bytes, sha256, keys, imported_at_ms)
       VALUES (@name, @issuer, @bytes, @sha256, @keys, @importedAtMs)`,
    );
    try {
      this.#db.transaction(() => {
        for (const [index, row] of rows.entries()) put.run({ ...row, bytes: documents[index]?.bytes });
      })();
    } catch (thrown) {
      return err(`the keys cannot be stored: ${reasonOf(thrown)}; nothing was changed`);
    }
    return ok(rows.map(storedOf));
  }

  list(): readonly StoredDocument[] {
    return this.#db
      .prepare<[], ListRow>(
        `SELECT name, issuer, sha256, keys, imported_at_ms AS importedAtMs FROM loose_document ORDER BY name, issuer`,
      )
      .all()
      .map(storedOf);
  }

  #documents(): Result<readonly LooseDocument[], string> {
    let rows: Row[];
    try {
      rows = this.#db
        .prepare<[], Row>('SELECT name, issuer, bytes, sha256 FROM loose_document ORDER BY name, issuer')
        .all();
    } catch (thrown) {
      return err(`the stored keys cannot be read: ${reasonOf(thrown)}`);
    }
    const damaged = rows.find((row) => !sha256(row.bytes).equals(row.sha256));
    if (damaged !== undefined) return err(`the stored ${damaged.name} was changed or damaged: import it again`);
    return ok(rows.map(({ name, issuer, bytes }) => ({ name, issuer: nullIfEmpty(issuer), bytes })));
  }

  async importList(
    candidate: ListCandidate,
    announce: (found: FoundList) => void = () => {},
  ): Promise<Result<FoundList, string>> {
    const pinned = readPinnedRoot(this.#rootPath);
    if (!pinned.ok) return pinned;
    const documents = this.#documents();
    const loose = documents.ok ? checkedKeys(documents.value) : documents;
    if (!loose.ok) return loose;
    const site: ListSite = {
      db: this.#db,
      rootPath: this.#rootPath,
      environment: this.#environment,
      pinned: pinned.value,
      lists: (root) => readStoredLists(this.#db, root, this.#environment),
      conflictWith: ({ keys }) => conflictIn([...loose.value, ...keys]),
    };
    return importList(candidate, site, announce);
  }

  lists(): Result<{ readonly root: TrustRoot | null; readonly lists: readonly StoredList[] }, string> {
    const root = readPinnedRoot(this.#rootPath);
    if (!root.ok) return root;
    try {
      return ok({ root: root.value, lists: readStoredLists(this.#db, root.value, this.#environment) });
    } catch (thrown) {
      return err(`the stored trust lists cannot be read: ${reasonOf(thrown)}`);
    }
  }

  /** The newest good list that goes with these keys. */
  #inUse(loose: readonly LooseKey[]): Result<ListChoice, string> {
    const stored = this.lists();
    return stored.ok ? ok(chooseList(stored.value.lists, ({ keys }) => conflictIn([...loose, ...keys]))) : stored;
  }

  contents(): Result<TrustContents, string> {
    const documents = this.#documents();
    if (!documents.ok) return documents;
    const loose = checkedKeys(documents.value);
    if (!loose.ok) return loose;
    const choice = this.#inUse(loose.value);
    if (!choice.ok) return choice;
    const { stored, warnings } = choice.value;
    const list = stored?.list ?? null;
    return ok({ keys: [...loose.value, ...(list?.keys ?? [])], list, warnings });
  }

  keys(): Result<readonly LooseKey[], string> {
    const contents = this.contents();
    return contents.ok ? ok(contents.value.keys) : contents;
  }

  load(isRevoked?: Trust['isRevoked']): Result<Trust, string> {
    const contents = this.contents();
    if (!contents.ok) return contents;
    const { keys, list } = contents.value;
    return ok(trustOf(keys, isRevoked, list?.dates ?? null));
  }

  close(): void {
    this.#db.close();
  }
}

function checkedKeys(documents: readonly LooseDocument[]): Result<readonly LooseKey[], string> {
  const keys = readLooseDocuments(documents);
  if (!keys.ok) return keys;
  const conflict = conflictIn(keys.value);
  return conflict === null ? keys : err(conflict);
}

/** Settings and schema of a file that may be written; a sentence if it must not be used. */
function prepare(db: Database.Database, path: string): string | null {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  // The library's own default loses the last commits in a power cut, so the setting is read back, not trusted.
  if (db.pragma('synchronous', { simple: true }) !== FULL_SYNC) return `${path} cannot be made safe against power cuts`;
  db.transaction(() => {
    for (const step of TRUST_MIGRATIONS.slice(versionOf(db))) db.exec(step);
    db.pragma(`user_version = ${TRUST_MIGRATIONS.length}`);
  })();
  return null;
}

const versionOf = (db: Database.Database): number => Number(db.pragma('user_version', { simple: true }));

function unusable(db: Database.Database, path: string, readOnly: boolean): string | null {
  const version = versionOf(db);
  if (version > TRUST_MIGRATIONS.length) {
    return `the trust store ${path} was written by a newer version of this program; install that version again`;
  }
  if (!readOnly) return prepare(db, path);
  if (version < TRUST_MIGRATIONS.length) {
    return `the trust store ${path} is of an older version: start the kiosk once, it brings it up to date`;
  }
  return null;
}

/**
 * Opens `trust.db`, WAL with a sync at every commit; making it if it may be written.
 * @param options.readOnly for queries beside a running kiosk: changes nothing and needs an existing file
 * @param options.environment lists for the other one are not used; production unless given
 */
export function openTrustStore(
  path: string,
  options: { readonly readOnly: boolean; readonly environment?: Environment },
): Result<TrustStore, string> {
  let db: Database.Database;
  try {
    const { readOnly } = options;
    db = new Database(path, { readonly: readOnly, fileMustExist: readOnly, timeout: BUSY_TIMEOUT_MS });
    if (!readOnly) chmodSync(path, 0o600);
  } catch (thrown) {
    return err(`cannot open the trust store ${path}: ${reasonOf(thrown)}; check the folder, its owner and free space`);
  }
  try {
    const problem = unusable(db, path, options.readOnly);
    if (problem === null) return ok(new SqliteTrustStore(db, trustRootPath(path), options.environment ?? 'production'));
    db.close();
    return err(problem);
  } catch (thrown) {
    db.close();
    if (thrown instanceof Database.SqliteError && thrown.code === 'SQLITE_FULL') {
      return err(`the trust store ${path} cannot be opened: the disk is full; free some space and start again`);
    }
    return err(
      `the trust store ${path} cannot be used: ${reasonOf(thrown)}; move the file away, keep it, and import the keys again`,
    );
  }
}
