import { hash } from 'node:crypto';
import { decodeBase64url } from '../base/base64url.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, MAX_JSON_DEPTH, parseJsonBytes } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';

/** Longer lists of disclosures do not fit a code. */
export const MAX_DISCLOSURES = 128;
const DIGEST_LISTS = '_sd';
const DIGEST_ELEMENT = '...';
const HASH_NAME = '_sd_alg';
/** Names of the IANA registry (RFC 9901 section 4.1.1) and of OpenSSL. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['sha-256', 'sha256'],
  ['sha-384', 'sha384'],
  ['sha-512', 'sha512'],
]);
/** SD-JWT VC section 2.2.2.2: what an issuer must say openly, so that no disclosure may bring it. */
const OPEN_CLAIMS = [
  'iss',
  'nbf',
  'exp',
  'cnf',
  'vct',
  'status',
  // The dates of the W3C's model: whoever holds the credential must not choose whether it ends.
  'validFrom',
  'validUntil',
  'issuanceDate',
  'expirationDate',
] as const;

/** A text `<issuer JWT>~<disclosure>~…~[<key binding JWT>]` taken apart (RFC 9901 section 4). */
export interface SdJwtText {
  readonly issued: string;
  readonly disclosures: readonly string[];
  readonly keyBinding: string | null;
  /** Everything up to the last tilde: what `sd_hash` is over. */
  readonly presented: string;
}

export function splitSdJwt(text: string): Result<SdJwtText, string> {
  const end = text.lastIndexOf('~');
  if (end === -1) return err('an SD-JWT has a tilde after the issuer’s part');
  const [issued = '', ...disclosures] = text.slice(0, end).split('~');
  if (disclosures.length > MAX_DISCLOSURES) return err(`more than ${MAX_DISCLOSURES} disclosures`);
  const keyBinding = text.slice(end + 1);
  return ok({
    issued,
    disclosures,
    keyBinding: keyBinding === '' ? null : keyBinding,
    presented: text.slice(0, end + 1),
  });
}

/** The hash of a payload's digests (RFC 9901 section 4.1.1), or null for one that is not known here. */
export function hashOf(payload: JsonObject): string | null {
  const name = payload[HASH_NAME] === undefined ? 'sha-256' : payload[HASH_NAME];
  return typeof name === 'string' ? (HASHES.get(name) ?? null) : null;
}

export const digestOf = (algorithm: string, text: string): string => hash(algorithm, text, 'base64url');

interface Disclosure {
  /** Null for an element of an array. */
  readonly name: string | null;
  readonly value: Json;
}

function readDisclosure(text: string): Result<Disclosure, string> {
  const bytes = decodeBase64url(text);
  const json = bytes === null || text === '' ? err('not canonical base64url') : parseJsonBytes(bytes);
  if (!json.ok) return err(`a disclosure is ${json.error}`);
  const parts = isJsonArray(json.value) ? json.value : [];
  const [salt, second = null, third = null] = parts;
  if (typeof salt !== 'string' || (parts.length !== 2 && parts.length !== 3))
    return err('a disclosure has other parts');
  if (parts.length === 2) return ok({ name: null, value: second });
  if (typeof second !== 'string' || second === DIGEST_LISTS || second === DIGEST_ELEMENT) {
    return err('a disclosure names a claim that no disclosure may bring');
  }
  return ok({ name: second, value: third });
}

/** What is left of a payload when its disclosures are put in their places, or why it must be rejected. */
export type Unpacked =
  | { readonly kind: 'payload'; readonly payload: JsonObject }
  | { readonly kind: 'malformed'; readonly detail: string }
  /** A disclosure that the issuer's part does not vouch for: altered or somebody's own. */
  | { readonly kind: 'unreferenced' };

/** A structure that RFC 9901 section 7.1 rejects; caught where unpacking begins and nowhere else. */
class Rejected extends Error {
  override readonly name = 'Rejected';
}

class Unpacking {
  readonly #byDigest: ReadonlyMap<string, Disclosure>;
  readonly #met = new Set<string>();
  used = 0;

  constructor(byDigest: ReadonlyMap<string, Disclosure>) {
    this.#byDigest = byDigest;
  }

  value(value: Json, depth: number): Json {
    if (depth > MAX_JSON_DEPTH) throw new Rejected('disclosures lie too deep inside each other');
    if (isJsonArray(value)) return this.#array(value, depth);
    return isJsonObject(value) ? this.object(value, depth) : value;
  }

  object(object: JsonObject, depth: number): JsonObject {
    const listed = object[DIGEST_LISTS];
    const digests = listed === undefined ? [] : listed;
    if (!isJsonArray(digests)) throw new Rejected('_sd is no list of digests');
    if (object[DIGEST_ELEMENT] !== undefined) throw new Rejected('a claim is called ...');
    const members = new Map<string, Json>();
    for (const name of Object.keys(object)) {
      if (name !== DIGEST_LISTS) members.set(name, this.value(object[name] ?? null, depth + 1));
    }
    for (const digest of digests) {
      const disclosure = this.#take(digest);
      if (disclosure === undefined) continue;
      if (disclosure.name === null) throw new Rejected('an element of a list is disclosed as a claim');
      if (members.has(disclosure.name)) throw new Rejected('a disclosure brings a claim that is there already');
      members.set(disclosure.name, this.value(disclosure.value, depth + 1));
    }
    return objectOf(members);
  }

  #array(array: readonly Json[], depth: number): readonly Json[] {
    const elements: Json[] = [];
    for (const element of array) {
      const digest = isJsonObject(element) ? element[DIGEST_ELEMENT] : undefined;
      if (!isJsonObject(element) || digest === undefined) {
        elements.push(this.value(element, depth + 1));
        continue;
      }
      if (Object.keys(element).length > 1) throw new Rejected('a digest of an element has other claims beside it');
      const disclosure = this.#take(digest);
      if (disclosure === undefined) continue;
      if (disclosure.name !== null) throw new Rejected('a claim is disclosed as an element of a list');
      elements.push(this.value(disclosure.value, depth + 1));
    }
    return elements;
  }

  /** Each digest may stand in one place only; one that nothing was disclosed for is a decoy or stays hidden. */
  #take(digest: Json): Disclosure | undefined {
    if (typeof digest !== 'string') throw new Rejected('a digest is no text');
    if (this.#met.has(digest)) throw new Rejected('a digest is given twice');
    this.#met.add(digest);
    const disclosure = this.#byDigest.get(digest);
    if (disclosure !== undefined) this.used += 1;
    return disclosure;
  }
}

/** An object of ours in which no prototype is reachable through a name. */
function objectOf(members: ReadonlyMap<string, Json>): JsonObject {
  const object: Record<string, Json> = Object.create(null);
  for (const [name, value] of members) object[name] = value;
  return object;
}

/** RFC 9901 section 7.1, steps 3 to 5: puts the disclosures where their digests are. */
export function unpack(payload: JsonObject, disclosures: readonly string[]): Unpacked {
  const algorithm = hashOf(payload);
  if (algorithm === null) return { kind: 'malformed', detail: 'the digests are by a hash that is not known here' };
  const byDigest = new Map<string, Disclosure>();
  for (const text of disclosures) {
    const disclosure = readDisclosure(text);
    if (!disclosure.ok) return { kind: 'malformed', detail: disclosure.error };
    const digest = digestOf(algorithm, text);
    if (byDigest.has(digest)) return { kind: 'malformed', detail: 'a disclosure is given twice' };
    byDigest.set(digest, disclosure.value);
  }
  const unpacking = new Unpacking(byDigest);
  let whole: JsonObject;
  try {
    whole = unpacking.object(payload, 0);
  } catch (thrown) {
    if (!(thrown instanceof Rejected)) throw thrown;
    return { kind: 'malformed', detail: thrown.message };
  }
  if (unpacking.used !== disclosures.length) return { kind: 'unreferenced' };
  const hidden = OPEN_CLAIMS.find((name) => whole[name] !== undefined && payload[name] === undefined);
  if (hidden !== undefined) return { kind: 'malformed', detail: `${hidden} is disclosed instead of said openly` };
  return { kind: 'payload', payload: whole };
}
