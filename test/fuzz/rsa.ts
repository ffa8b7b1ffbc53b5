import { checkPrimeSync, constants, createHash, createPrivateKey, type KeyObject, privateEncrypt } from 'node:crypto';
import { inverse, toBytes, toNumber } from './ecdsa.ts';
import type { Random } from './random.ts';

const EXPONENT = 65_537n;
const PRIME_BYTES = 128;
const MODULUS_BYTES = 2 * PRIME_BYTES;
const HASH_BYTES = 32;

function prime(random: Random): bigint {
  const bytes = random.bytes(PRIME_BYTES);
  // The two highest bits make the product 2,048 bits long.
  bytes[0] = (bytes[0] ?? 0) | 0xc0;
  let candidate = toNumber(bytes) | 1n;
  while (candidate % EXPONENT === 1n || !checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

/** An RSA key of 2,048 bits that the random numbers alone decide. */
export function rsaPrivateKey(random: Random): KeyObject {
  const [p, q] = [prime(random), prime(random)];
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const text = (value: bigint, length: number): string => toBytes(value, length).toString('base64url');
  return createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'RSA',
      n: text(p * q, MODULUS_BYTES),
      e: 'AQAB',
      d: text(d, MODULUS_BYTES),
      p: text(p, PRIME_BYTES),
      q: text(q, PRIME_BYTES),
      dp: text(d % (p - 1n), PRIME_BYTES),
      dq: text(d % (q - 1n), PRIME_BYTES),
      qi: text(inverse(q, p), PRIME_BYTES),
    },
  });
}

const sha256 = (...parts: readonly Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** RFC 8017 appendix B.2.1. */
function mgf1(seed: Buffer, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / HASH_BYTES) }, (_, at) =>
    sha256(seed, toBytes(BigInt(at), 4)),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

/** PS256 (RFC 8017 section 8.1.1) with a salt that is a hash of the message, so that a replay signs the same bytes. */
export function signPs256(key: KeyObject, message: Buffer): Buffer {
  const digest = sha256(message);
  const salt = sha256(Buffer.from('salt'), digest);
  const hashed = sha256(Buffer.alloc(8), digest, salt);
  const block = Buffer.concat([Buffer.alloc(MODULUS_BYTES - 2 * HASH_BYTES - 2), Buffer.of(1), salt]);
  const mask = mgf1(hashed, block.length);
  const masked = block.map((byte, at) => byte ^ (mask[at] ?? 0));
  masked[0] = (masked[0] ?? 0) & 0x7f;
  const encoded = Buffer.concat([masked, hashed, Buffer.of(0xbc)]);
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
}
