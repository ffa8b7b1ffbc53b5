import { rmSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import type { Environment } from '../settings/schema.ts';
import { refusalOf } from './list-acceptance.ts';
import { type ListToken, readListToken, verifyListToken } from './list-token.ts';
import { fingerprintWords, isSameFingerprint } from './proquint.ts';
import { insertList, type StoredList, tokenDigest, versionFloorOf } from './stored-lists.ts';
import { listName, parseTrustList, type TrustList } from './trust-list.ts';
import { fingerprintOf, readRootBytes, rootJwkText, type TrustRoot } from './trust-root.ts';

/** A signed list as the owner brought it. */
export interface ListCandidate {
  /** What sentences call the file. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The root to pin where none is, with the words that its publisher gave the owner. */
  readonly root: { readonly name: string; readonly bytes: Uint8Array } | null;
  readonly fingerprint: string | null;
  readonly now: WallTime;
}

/** What is known of a list that is about to be stored, or is stored already. */
export interface FoundList {
  readonly version: number;
  /** SHA-256 of the signed text, hexadecimal. */
  readonly sha256: string;
  readonly issuers: number;
  readonly keys: number;
  /** RFC 7638 thumbprint of the root that signed it. */
  readonly root: string;
  /** How that root came to be the pinned one; null where it was pinned before. */
  readonly rootBecame: 'pinned' | 'handed-over' | null;
  /** This list is stored already: nothing was changed. */
  readonly isStanding: boolean;
}

/** What a list is imported into. */
export interface ListSite {
  readonly db: Database.Database;
  readonly rootPath: string;
  readonly environment: Environment;
  readonly pinned: TrustRoot | null;
  /** The newest first, as verified under `pinned`. */
  lists(pinned: TrustRoot): readonly StoredList[];
  /** Why the keys of this list cannot stand beside the loose ones, or null. */
  conflictWith(list: TrustList): string | null;
}

const wordsOfKid = (kid: string): string | null => {
  const digest = Buffer.from(kid, 'base64url');
  return digest.length === 32 && digest.toString('base64url') === kid ? fingerprintWords(digest) : null;
};

/** The root that may be pinned on the owner's word, or what the owner must do first. */
function rootToPin({ root, fingerprint, name }: ListCandidate, token: ListToken): Result<TrustRoot, string> {
  if (root === null) {
    const said = wordsOfKid(token.kid);
    const names = said === null ? '' : ` (${name} names one with the words '${said}')`;
    return err(
      `this kiosk has no trust root yet${names}: compare the six words with the publisher, then add --root FILE --fingerprint 'WORDS'`,
    );
  }
  const read = readRootBytes(root.bytes, root.name);
  if (!read.ok) return read;
  const words = fingerprintOf(read.value);
  if (fingerprint === null) {
    return err(
      `the words of ${root.name} are '${words}': if the publisher says the same, add --fingerprint '${words}'`,
    );
  }
  if (isSameFingerprint(fingerprint, words)) return read;
  return err(`the words of ${root.name} are '${words}', not the ones you gave: do not trust this file`);
}

/** The one root that a list may have been signed with, by the kid in its header: keys are never tried in turn. */
function rootFor(token: ListToken, site: ListSite, candidate: ListCandidate): Result<TrustRoot, string> {
  const { pinned } = site;
  const isCalled = (root: TrustRoot): boolean => root.kid === token.kid || root.thumbprint === token.kid;
  if (pinned === null) {
    const root = rootToPin(candidate, token);
    if (!root.ok || isCalled(root.value)) return root;
    return err(`${candidate.name} is signed by '${token.kid}', not by the root in ${candidate.root?.name ?? ''}`);
  }
  if (candidate.root !== null) {
    const root = readRootBytes(candidate.root.bytes, candidate.root.name);
    if (!root.ok) return root;
    if (root.value.thumbprint !== pinned.thumbprint) {
      return err(
        `this kiosk has another root already ('${fingerprintOf(pinned)}'): a list signed by that one can hand over, or stop the kiosk and move ${site.rootPath} away`,
      );
    }
  }
  if (isCalled(pinned)) return ok(pinned);
  const standing = site.lists(pinned).find(({ condition }) => condition === 'good');
  const next = standing?.list?.nextRoot ?? null;
  if (next !== null && isCalled(next)) return ok(next);
  return err(
    `${candidate.name} is signed by '${token.kid}', not by this kiosk's root '${pinned.kid}' nor by one that it handed over to`,
  );
}

/** The root file as it was before a step that failed. */
function restoreRoot({ rootPath, pinned }: ListSite): void {
  if (pinned === null) rmSync(rootPath, { force: true });
  else replaceFile(rootPath, rootJwkText(pinned));
}

/** Stores the list and, where it changes, pins its root; both or, as far as the disk allows, neither. */
function store(site: ListSite, found: FoundList, token: ListToken, root: TrustRoot, atMs: number): string | null {
  try {
    site.db.transaction(() => {
      insertList(site.db, { version: found.version, text: token.text, root, importedAtMs: atMs });
      // Before the commit: whatever comes between, the stored list is one that the root on the disk vouches for.
      if (found.rootBecame !== null) replaceFile(site.rootPath, rootJwkText(root));
    })();
    return null;
  } catch (thrown) {
    try {
      if (found.rootBecame !== null) restoreRoot(site);
    } catch {
      // The disk takes nothing any more; either root vouches for the list that is stored.
    }
    return `the trust list cannot be stored: ${reasonOf(thrown)}; free some space, then try again`;
  }
}

/**
 * Verifies a signed list and stores it in one step; a refusal is one sentence and has changed nothing.
 * @param announce called when all is found good and before anything is stored; what it throws leaves all as it was
 */
export async function importList(
  candidate: ListCandidate,
  site: ListSite,
  announce: (found: FoundList) => void,
): Promise<Result<FoundList, string>> {
  const { name, now } = candidate;
  const token = readListToken(Buffer.from(candidate.bytes), name);
  if (!token.ok) return token;
  const root = rootFor(token.value, site, candidate);
  if (!root.ok) return root;
  const payload = await verifyListToken(token.value, root.value, name);
  if (!payload.ok) return payload;
  const parsed = parseTrustList(payload.value, name);
  if (!parsed.ok) return parsed;
  const list = parsed.value;
  const { version } = list.dates;
  const lists = site.lists(site.pinned ?? root.value);
  const isPinned = site.pinned?.thumbprint === root.value.thumbprint;
  const found: FoundList = {
    version,
    sha256: tokenDigest(token.value.text).toString('hex'),
    issuers: list.issuers,
    keys: list.keys.length,
    root: root.value.thumbprint,
    rootBecame: isPinned ? null : site.pinned === null ? 'pinned' : 'handed-over',
    isStanding: false,
  };
  const versionFloor = versionFloorOf(lists);
  const same = lists.find((stored) => stored.condition !== 'other-root' && stored.version === version);
  const isNewest = same?.condition === 'good' && version === versionFloor;
  if (isNewest && same.sha256 === found.sha256 && isPinned) return ok({ ...found, isStanding: true });
  const refused = refusalOf(list, root.value, { environment: site.environment, versionFloor, now });
  if (refused !== null) return err(refused);
  if (isNewest && same.sha256 !== found.sha256) {
    return err(`${name} is not the ${listName(version)} that this kiosk has: its publisher must raise the version`);
  }
  const conflict = site.conflictWith(list);
  if (conflict !== null) return err(`${conflict}: take the file out or ask the publisher of the list`);
  announce(found);
  const failed = store(site, found, token.value, root.value, now.atMs);
  return failed === null ? ok(found) : err(failed);
}
