import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { err, type Result } from '../base/result.ts';
import type { Environment } from '../settings/schema.ts';
import { readListToken, verifyStoredToken } from './list-token.ts';
import { listName, parseTrustList, type TrustList } from './trust-list.ts';
import { readRootBytes, rootJwkText, type TrustRoot } from './trust-root.ts';

/** The list in use and the two before it. */
export const KEPT_LISTS = 3;

/**
 * Whether a stored list may be used: `other-root` was signed by a root that is no longer pinned here, `damaged` is not
 * what was imported.
 */
export type ListCondition = 'good' | 'damaged' | 'other-root' | 'other-environment';

export interface StoredList {
  readonly version: number;
  /** SHA-256 of the signed text, hexadecimal. */
  readonly sha256: string;
  /** Milliseconds since the epoch by the kiosk's wall clock. */
  readonly importedAtMs: number;
  readonly condition: ListCondition;
  /** What is wrong, as a sentence; empty where nothing is. */
  readonly fault: string;
  /** The root that signed it; null where that cannot be read any more. */
  readonly root: TrustRoot | null;
  /** What it says, if it is what was imported. */
  readonly list: TrustList | null;
}

interface Row {
  readonly version: number;
  readonly token: Buffer;
  readonly sha256: Buffer;
  readonly root: Buffer;
  readonly importedAtMs: number;
}

export const tokenDigest = (text: string): Buffer => createHash('sha256').update(text, 'latin1').digest();

function readRow({ token, sha256 }: Row, root: TrustRoot, name: string): Result<TrustList, string> {
  const damaged = err(`the stored ${name} was changed or damaged: import it again`);
  if (!tokenDigest(token.toString('latin1')).equals(sha256)) return damaged;
  const read = readListToken(token, name);
  const payload = read.ok ? verifyStoredToken(read.value, root, name) : read;
  if (!payload.ok) return damaged;
  // Another version of this program may have been laxer: its sentence says in what.
  return parseTrustList(payload.value, name);
}

function storedOf(row: Row, pinned: TrustRoot | null, environment: Environment): StoredList {
  const { importedAtMs } = row;
  const name = listName(row.version);
  const root = readRootBytes(row.root, name);
  const read = root.ok
    ? readRow(row, root.value, name)
    : err(`the stored ${name} was changed or damaged: import it again`);
  const list = read.ok ? read.value : null;
  const version = list?.dates.version ?? row.version;
  const common = { version, importedAtMs, sha256: row.sha256.toString('hex'), root: root.ok ? root.value : null, list };
  // The list before a hand-over names the root that is pinned now: its own root vouched for that one.
  const vouching = [root.ok ? root.value.thumbprint : null, list?.nextRoot?.thumbprint ?? null];
  if (root.ok && !vouching.includes(pinned?.thumbprint ?? '')) {
    const why = pinned === null ? 'no root is pinned here' : 'it was signed by another root than the one pinned here';
    return { ...common, condition: 'other-root', fault: `the stored ${name} is not used: ${why}` };
  }
  if (!read.ok) return { ...common, condition: 'damaged', fault: read.error };
  if (read.value.environment !== environment) {
    const fault = `the stored ${name} is not used: it is for ${read.value.environment}, this kiosk is for ${environment}`;
    return { ...common, condition: 'other-environment', fault };
  }
  return { ...common, condition: 'good', fault: '' };
}

/** The stored lists, the newest first. Each is verified again by its digest and by its root's signature. */
export function readStoredLists(
  db: Database.Database,
  pinned: TrustRoot | null,
  environment: Environment,
): readonly StoredList[] {
  return db
    .prepare<[], Row>(
      'SELECT version, token, sha256, root, imported_at_ms AS importedAtMs FROM signed_list ORDER BY seq DESC',
    )
    .all()
    .map((row) => storedOf(row, pinned, environment));
}

/** The highest version that was taken from whoever signs for the pinned root; a damaged list still counts. */
export const versionFloorOf = (lists: readonly StoredList[]): number =>
  Math.max(0, ...lists.flatMap(({ condition, version }) => (condition === 'other-root' ? [] : [version])));

/** Puts a verified list in front and forgets all but the two before it; to be called inside a transaction. */
export function insertList(
  db: Database.Database,
  list: { readonly version: number; readonly text: string; readonly root: TrustRoot; readonly importedAtMs: number },
): void {
  const { version, text, root, importedAtMs } = list;
  const digest = tokenDigest(text);
  // What is there under this version is a damaged copy of it, or of a publisher that is trusted no more.
  db.prepare<[number]>('DELETE FROM signed_list WHERE version = ?').run(version);
  db.prepare<[number, Buffer, Buffer, Buffer, number]>(
    'INSERT INTO signed_list (version, token, sha256, root, imported_at_ms) VALUES (?, ?, ?, ?, ?)',
  ).run(version, Buffer.from(text, 'latin1'), digest, Buffer.from(rootJwkText(root)), importedAtMs);
  db.prepare<[number]>(
    'DELETE FROM signed_list WHERE seq NOT IN (SELECT seq FROM signed_list ORDER BY seq DESC LIMIT ?)',
  ).run(KEPT_LISTS);
}

export type ListChoice = { readonly stored: StoredList | null; readonly warnings: readonly string[] };

/** The newest good list that `fits` beside what else is stored, with a sentence for each that was passed over. */
export function chooseList(lists: readonly StoredList[], fits: (list: TrustList) => string | null): ListChoice {
  const warnings: string[] = [];
  for (const stored of lists) {
    const conflict = stored.condition === 'good' && stored.list !== null ? fits(stored.list) : null;
    if (stored.condition === 'good' && conflict === null) {
      if (warnings.length > 0) warnings.push(`${listName(stored.version)} is used in its place`);
      return { stored, warnings };
    }
    warnings.push(conflict ?? stored.fault);
  }
  if (warnings.length > 0) warnings.push('no signed trust list is used');
  return { stored: null, warnings };
}
