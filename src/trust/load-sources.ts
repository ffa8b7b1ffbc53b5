import { err, ok, type Result } from '../base/result.ts';
import { conflictIn } from './key-ring.ts';
import { looksSigned, readListToken, verifyListToken } from './list-token.ts';
import { readLooseDocuments } from './loose-document.ts';
import type { LooseDocument, LooseKey } from './loose-key.ts';
import { readSources, type TrustSource } from './read-sources.ts';
import { isRevocationList } from './revocation-read.ts';
import { parseTrustList, type TrustList } from './trust-list.ts';
import { readRootBytes, type TrustRoot } from './trust-root.ts';

/** What the `--trust` arguments of a call hold together. */
export interface LoadedTrust {
  /** Of the loose files and the signed list. */
  readonly keys: readonly LooseKey[];
  readonly list: TrustList | null;
}

async function readSigned(document: LooseDocument, root: TrustRoot | null): Promise<Result<TrustList, string>> {
  const { name, bytes, issuer } = document;
  if (root === null) return err(`${name} is a signed trust list: name the key that signs it with --trust-root FILE`);
  if (issuer !== null) return err(`${name} names its issuers itself: leave out ${issuer}=`);
  const token = readListToken(bytes, name);
  if (!token.ok) return token;
  if (token.value.kid !== root.kid && token.value.kid !== root.thumbprint) {
    return err(`${name} is signed by '${token.value.kid}', not by the root '${root.kid}' of --trust-root`);
  }
  const payload = await verifyListToken(token.value, root, name);
  return payload.ok ? parseTrustList(payload.value, name) : payload;
}

/**
 * The keys of all `--trust` arguments together, checked against each other; at most one of them is a signed list, and revocation
 * lists are passed over. The list's dates are not judged here: they go into every verdict.
 * @param rootPath the file of `--trust-root`, or null
 * @returns what was read, or one sentence that names the file at fault
 */
export async function loadSources(
  sources: readonly TrustSource[],
  rootPath: string | null,
): Promise<Result<LoadedTrust, string>> {
  const read = readSources(sources);
  if (!read.ok) return read;
  const documents = read.value.filter(({ bytes }) => !isRevocationList(bytes));
  const rootFile = rootPath === null ? ok([]) : readSources([{ issuer: null, path: rootPath }]);
  if (!rootFile.ok) return rootFile;
  const [file] = rootFile.value;
  const root = file === undefined ? ok(null) : readRootBytes(file.bytes, file.name);
  if (!root.ok) return root;
  const [signed, another] = documents.filter(({ bytes }) => looksSigned(bytes));
  if (signed !== undefined && another !== undefined) {
    return err(`${signed.name} and ${another.name} are both signed trust lists: give the newest alone`);
  }
  const list = signed === undefined ? ok(null) : await readSigned(signed, root.value);
  if (!list.ok) return list;
  const loose = readLooseDocuments(documents.filter((document) => document !== signed));
  if (!loose.ok) return loose;
  const keys = [...loose.value, ...(list.value?.keys ?? [])];
  const conflict = conflictIn(keys);
  return conflict === null ? ok({ keys, list: list.value }) : err(conflict);
}
