import { isJsonObject, type JsonObject, parseJson } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isSelfCertifying, keyOfDid } from '../pass/did.ts';
import { readDer, readPem } from './certificates.ts';
import { readDidDocument } from './did-document.ts';
import { readJwkSet } from './jwk-set.ts';
import { looksSigned } from './list-token.ts';
import { type LooseDocument, type LooseKey, MAX_TRUST_FILE_BYTES, MAX_TRUST_KEYS } from './loose-key.ts';
import { readPretixKeys } from './pretix-keys.ts';
import { readRotatingTickets } from './rotating-tickets.ts';

/** The most members that the largest set of keys spends on one. */
const MAX_MEMBERS_PER_KEY = 16;
const DER_SEQUENCE = 0x30;

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeText(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes).trim();
  } catch {
    return null;
  }
}

/** Documents of DIDs that are their keys may hold nothing but the name. */
const isDidDocument = ({ id, verificationMethod }: JsonObject): boolean =>
  verificationMethod !== undefined || (typeof id === 'string' && isSelfCertifying(id));

/** A name that is a key has that key and no other, whatever a file says of it. */
function withinTheirNames(keys: readonly LooseKey[]): Result<readonly LooseKey[], string> {
  const wrong = keys.find(({ issuer, key }) => {
    return issuer !== null && isSelfCertifying(issuer) && keyOfDid(issuer)?.equals(key) !== true;
  });
  return wrong === undefined
    ? ok(keys)
    : err(`${wrong.source} gives ${wrong.issuer} a key that is not the one in its name`);
}

function readJson(text: string, document: LooseDocument): Result<readonly LooseKey[], string> {
  const json = parseJson(text, MAX_TRUST_KEYS * MAX_MEMBERS_PER_KEY);
  if (!json.ok) return err(`${document.name} cannot be read as JSON: ${json.error}`);
  if (isJsonObject(json.value)) {
    if (json.value['keys'] !== undefined) return readJwkSet(json.value, document);
    if (json.value['rotating_tickets'] !== undefined) return readRotatingTickets(json.value, document);
    if (isDidDocument(json.value)) return readDidDocument(json.value, document);
    if (json.value['valid_keys'] !== undefined) return readPretixKeys(json.value, document);
    if (json.value['kty'] !== undefined) return err(`${document.name} is a single key: write it as {"keys": [...]}`);
  }
  return err(`${document.name} is JSON, but no JWK Set, DID document, list of pretix keys or set of rotating tickets`);
}

function readDocument(document: LooseDocument): Result<readonly LooseKey[], string> {
  const { bytes, name } = document;
  if (bytes.length > MAX_TRUST_FILE_BYTES) return err(`${name} is larger than ${MAX_TRUST_FILE_BYTES} bytes`);
  if (bytes.length === 0) return err(`${name} is empty`);
  if (bytes[0] === DER_SEQUENCE && (bytes[1] ?? 0) >= 0x80) return readDer(document);
  const text = decodeText(bytes);
  if (text?.startsWith('{')) return readJson(text, document);
  if (text?.includes('-----BEGIN ')) return readPem(text, document);
  if (looksSigned(bytes)) return err(`${name} is one signed text, maybe a trust list: import it without --unsigned`);
  return err(`${name} is neither a JWK Set, a certificate, a DID document nor a list of pretix keys`);
}

/**
 * The keys of one file; the content decides what it is, never its name.
 * @returns at least one key, or one sentence that names the file
 */
export function readLooseDocument(document: LooseDocument): Result<readonly LooseKey[], string> {
  const keys = readDocument(document);
  return keys.ok ? withinTheirNames(keys.value) : keys;
}

/** The keys of several files together, at most `maxKeys` of them. */
export function readLooseDocuments(
  documents: readonly LooseDocument[],
  maxKeys: number = MAX_TRUST_KEYS,
): Result<readonly LooseKey[], string> {
  const keys: LooseKey[] = [];
  for (const document of documents) {
    const read = readLooseDocument(document);
    if (!read.ok) return read;
    for (const key of read.value) keys.push(key);
    if (keys.length > maxKeys) return err(`${document.name} brings the keys to more than ${maxKeys}`);
  }
  return ok(keys);
}
