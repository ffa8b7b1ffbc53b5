import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { decodeBase64 } from '../base/base64url.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { ALGORITHMS, algorithmNamed } from '../pass/algorithms.ts';
import { importPublicJwk, textMember, unfitForVerifying } from '../pass/public-key.ts';

/** A JSON Web Key (RFC 7517) that can verify passes. */
export interface PublicJwk {
  readonly key: KeyObject;
  readonly alg: string | null;
  /** As given, or null. */
  readonly kid: string | null;
  /** RFC 7638 with SHA-256, base64url. */
  readonly thumbprint: string;
  /** The first certificate of `x5c`, or null. */
  readonly certificate: X509Certificate | null;
}

/** RFC 7638 with SHA-256 in base64url, for the key types that JWK knows. */
export function thumbprintOf(key: KeyObject): string {
  const { kty, crv, x, y, n, e } = key.export({ format: 'jwk' });
  // The required members of each type, in the order of their names.
  const members = kty === 'RSA' ? { e, kty, n } : kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x };
  return createHash('sha256').update(JSON.stringify(members), 'utf8').digest('base64url');
}

function readChain(x5c: Json | undefined): Result<X509Certificate | null, string> {
  if (x5c === undefined) return ok(null);
  const first = isJsonArray(x5c) ? x5c[0] : undefined;
  const der = typeof first === 'string' ? decodeBase64(first) : null;
  if (der === null) return err('has an x5c without a base64 certificate');
  try {
    return ok(new X509Certificate(der));
  } catch {
    return err('has an x5c that holds no certificate');
  }
}

function importKey(jwk: JsonObject, certificate: X509Certificate | null): Result<KeyObject, string> {
  const kty = textMember(jwk, 'kty');
  if (kty === null) return certificate === null ? err('names no kty') : ok(certificate.publicKey);
  // A set made from a certificate may leave the key itself out.
  const isBare = certificate !== null && jwk['x'] === undefined && jwk['n'] === undefined;
  const key = isBare ? ok(certificate.publicKey) : importPublicJwk(jwk);
  if (key.ok && certificate !== null && !key.value.equals(certificate.publicKey)) {
    return err('and its certificate are two different keys');
  }
  return key;
}

function readMembers(jwk: JsonObject): Result<PublicJwk, string> {
  const unfit = unfitForVerifying(jwk);
  if (unfit !== null) return err(unfit);
  const kid = textMember(jwk, 'kid');
  if (kid === null && jwk['kid'] !== undefined) return err('has a kid that is no text');
  const certificate = readChain(jwk['x5c']);
  if (!certificate.ok) return certificate;
  const key = importKey(jwk, certificate.value);
  if (!key.ok) return key;
  if (!ALGORITHMS.some((algorithm) => algorithm.fits(key.value))) return err('is of a type that signs no pass');
  const alg = textMember(jwk, 'alg');
  const algorithm = algorithmNamed(alg);
  if (jwk['alg'] !== undefined && !(algorithm?.jose === alg && algorithm.fits(key.value))) {
    return err('names an alg that does not go with it');
  }
  return ok({ key: key.value, alg, kid, thumbprint: thumbprintOf(key.value), certificate: certificate.value });
}

/**
 * Reads one public key strictly: canonical base64url, full-length coordinates, a type some pass format can verify,
 * no private part, no other use, an `alg` that fits.
 * @returns the key, or the end of a sentence that begins with the file's name
 */
export function readPublicJwk(jwk: Json | undefined): Result<PublicJwk, string> {
  if (!isJsonObject(jwk)) return err('holds something that is no key');
  const read = readMembers(jwk);
  const kid = textMember(jwk, 'kid');
  return read.ok ? read : err(`${kid === null ? 'a key without kid' : `key '${kid.slice(0, 64)}'`} ${read.error}`);
}
