import { createPublicKey, ECDH, type JsonWebKey, type KeyObject } from 'node:crypto';
import { decodeBase64url } from '../base/base64url.ts';
import { isJsonArray, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;
/** RFC 7518 section 6.2.1, RFC 8037 and RFC 8812: coordinates have the full length of the field. */
const COORDINATE_BYTES: Readonly<Record<string, number>> = { 'P-256': 32, 'P-384': 48, secp256k1: 32, Ed25519: 32 };

/** A member that is a text with something in it, else null. */
export function textMember(jwk: JsonObject, name: string): string | null {
  const value = jwk[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Why a key must not verify signatures, or null (RFC 7517 sections 4.2, 4.3 and 9.2). */
export function unfitForVerifying(jwk: JsonObject): string | null {
  if (PRIVATE_MEMBERS.some((name) => jwk[name] !== undefined)) return 'holds a private key: give the public one';
  const { use, key_ops: operations } = jwk;
  if (use !== undefined && use !== 'sig') return 'is not for signatures (its use is another)';
  if (operations !== undefined && !(isJsonArray(operations) && operations.includes('verify'))) {
    return 'is not for verifying (key_ops)';
  }
  return null;
}

/** Why a key must not be sealed to with ECDH-ES (RFC 7518 section 4.6), or null. */
export function unfitForSealing(jwk: JsonObject): string | null {
  if (PRIVATE_MEMBERS.some((name) => jwk[name] !== undefined)) return 'holds a private key: give the public one';
  if (jwk['use'] !== undefined && jwk['use'] !== 'enc') return 'is not for encryption (its use is another)';
  return jwk['kty'] === 'EC' && jwk['crv'] === 'P-256' ? null : 'is no key on P-256';
}

function membersOf(jwk: JsonObject, kty: string): JsonWebKey | null {
  const crv = textMember(jwk, 'crv') ?? '';
  const names = kty === 'RSA' ? ['n', 'e'] : kty === 'EC' ? ['x', 'y'] : kty === 'OKP' ? ['x'] : [];
  const members: JsonWebKey = kty === 'RSA' ? { kty } : { kty, crv };
  for (const name of names) {
    const text = textMember(jwk, name);
    const bytes = text === null ? null : decodeBase64url(text);
    if (text === null || bytes === null) return null;
    if (kty !== 'RSA' && bytes.length !== COORDINATE_BYTES[crv]) return null;
    members[name] = text;
  }
  return names.length === 0 ? null : members;
}

/** The key that the members of a public JWK write, strictly: canonical base64url, full-length coordinates. */
export function importPublicJwk(jwk: JsonObject): Result<KeyObject, string> {
  const kty = textMember(jwk, 'kty');
  if (kty === null) return err('names no kty');
  const members = membersOf(jwk, kty);
  if (members === null) return err(`is no complete key of type ${kty} on a curve that passes use`);
  try {
    return ok(createPublicKey({ key: members, format: 'jwk' }));
  } catch {
    return err('is not a point on its curve or not a key at all');
  }
}

const ECDH_CURVE = { 'P-256': 'prime256v1', secp256k1: 'secp256k1' } as const;
const COORDINATE_LENGTH = 32;
const COMPRESSED_LENGTH = COORDINATE_LENGTH + 1;
const isCompressed = (point: Buffer): boolean =>
  point.length === COMPRESSED_LENGTH && (point[0] === 0x02 || point[0] === 0x03);

/** The key of a compressed point (SEC 1 section 2.3.3), or null for bytes that are no point of the curve. */
export function importCompressedPoint(crv: keyof typeof ECDH_CURVE, point: Buffer): KeyObject | null {
  if (!isCompressed(point)) return null;
  try {
    const plain = ECDH.convertKey(point, ECDH_CURVE[crv], undefined, undefined, 'uncompressed');
    if (!Buffer.isBuffer(plain)) return null;
    const x = plain.subarray(1, COMPRESSED_LENGTH).toString('base64url');
    const y = plain.subarray(COMPRESSED_LENGTH).toString('base64url');
    return createPublicKey({ key: { kty: 'EC', crv, x, y }, format: 'jwk' });
  } catch {
    return null;
  }
}

/** The key of the 32 bytes of an Ed25519 public key (RFC 8032 section 5.1.5), or null. */
export function importEd25519(bytes: Buffer): KeyObject | null {
  if (bytes.length !== COORDINATE_LENGTH) return null;
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' });
  } catch {
    return null;
  }
}
