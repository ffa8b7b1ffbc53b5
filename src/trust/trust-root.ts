import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reasonOf } from '../base/assert.ts';
import { isJsonObject, type Json, parseJsonBytes } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { KID } from '../pass/jws.ts';
import { fingerprintWords } from './proquint.ts';
import { readPublicJwk } from './public-jwk.ts';

export const MAX_ROOT_FILE_BYTES = 16_384;
const TRUST_ROOT_FILE = 'trust-root.jwk';
/** The curves of the two algorithms that sign trust lists. */
const ALG_OF_TYPE: Readonly<Record<string, ListAlgorithm>> = { 'P-256': 'ES256', Ed25519: 'EdDSA' };

export type ListAlgorithm = 'ES256' | 'EdDSA';

/** The public key that signs trust lists: whoever holds its private half says which issuers this kiosk trusts. */
export interface TrustRoot {
  readonly key: KeyObject;
  readonly alg: ListAlgorithm;
  /** As lists name it in their header: the `kid` of its JWK, else its thumbprint. */
  readonly kid: string;
  /** RFC 7638 with SHA-256, base64url. */
  readonly thumbprint: string;
}

/** Where the root lies that belongs to a trust store. */
export const trustRootPath = (storePath: string): string => join(dirname(storePath), TRUST_ROOT_FILE);

/** Six words of the root's thumbprint, for two people to compare. */
export const fingerprintOf = ({ thumbprint }: Pick<TrustRoot, 'thumbprint'>): string =>
  fingerprintWords(Buffer.from(thumbprint, 'base64url'));

/** The JWK (RFC 7517) that is pinned and stored: what the key is and how lists name it, nothing else. */
export function rootJwkText({ key, alg, kid }: TrustRoot): string {
  const { kty, crv, x, y } = key.export({ format: 'jwk' });
  return `${JSON.stringify({ kty, crv, x, y, kid, alg, use: 'sig' })}\n`;
}

/**
 * Reads the JWK of a root: P-256 or Ed25519, public.
 * @param name begins the sentence of an error
 */
export function readRootJwk(json: Json, name: string): Result<TrustRoot, string> {
  const read = readPublicJwk(json);
  if (!read.ok) return err(`${name}: ${read.error}`);
  const { key, kid, thumbprint } = read.value;
  const alg = ALG_OF_TYPE[key.export({ format: 'jwk' }).crv ?? ''];
  if (alg === undefined) return err(`${name} is neither a P-256 nor an Ed25519 key: those alone sign trust lists`);
  if (kid !== null && !KID.test(kid))
    return err(`${name} has a kid that is not 1 to 128 of A-Z a-z 0-9 _ + / = . : # -`);
  return ok({ key, alg, kid: kid ?? thumbprint, thumbprint });
}

/** `readRootJwk` of a file's bytes. */
export function readRootBytes(bytes: Uint8Array, name: string): Result<TrustRoot, string> {
  if (bytes.length > MAX_ROOT_FILE_BYTES)
    return err(`${name} is larger than ${MAX_ROOT_FILE_BYTES} bytes: it is no root`);
  const json = parseJsonBytes(bytes);
  if (!json.ok) return err(`${name} cannot be read as a JWK: ${json.error}`);
  if (isJsonObject(json.value) && json.value['keys'] !== undefined) {
    return err(`${name} is a set of keys: give the one key of the root as a JWK`);
  }
  return readRootJwk(json.value, name);
}

/** The root pinned at `path`, or null where none is. */
export function readPinnedRoot(path: string): Result<TrustRoot | null, string> {
  try {
    return existsSync(path) ? readRootBytes(readFileSync(path), path) : ok(null);
  } catch (thrown) {
    return err(`${path} cannot be read: ${reasonOf(thrown)}; give it to this user`);
  }
}
