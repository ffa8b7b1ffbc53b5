import { createECDH, createHash } from 'node:crypto';

/** SEC 2: the order of each curve's group, its length in bytes and OpenSSL's name for it. */
export const CURVES = {
  'P-256': {
    name: 'prime256v1',
    bytes: 32,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  'P-384': {
    name: 'secp384r1',
    bytes: 48,
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
  secp256k1: {
    name: 'secp256k1',
    bytes: 32,
    order: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  },
} as const;
export type Curve = keyof typeof CURVES;

export const toNumber = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex') || '0'}`);
export const toBytes = (value: bigint, length: number): Buffer =>
  Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex');
const modulo = (value: bigint, order: bigint): bigint => ((value % order) + order) % order;

/** The extended Euclidean algorithm. */
export function inverse(value: bigint, order: bigint): bigint {
  let [low, high, x, y] = [modulo(value, order), order, 1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [high, low, y, x] = [low, high - quotient * low, x, y - quotient * x];
  }
  return modulo(x, order);
}

/** The inverse of a nonce, and the abscissa of its point. */
interface Nonce {
  readonly inverse: bigint;
  readonly r: bigint;
}

const NONCES = 64;
const noncesOf = new Map<Curve, readonly Nonce[]>();

/** Made once for each curve: a point for each signature would take most of a run's time. */
function makeNonces(curve: Curve): readonly Nonce[] {
  const { name, bytes, order } = CURVES[curve];
  return Array.from({ length: NONCES }, (_, index) => {
    const nonce = (toNumber(createHash('sha512').update(`${curve} ${index}`).digest()) % (order - 1n)) + 1n;
    const ecdh = createECDH(name);
    ecdh.setPrivateKey(toBytes(nonce, bytes));
    return { inverse: inverse(nonce, order), r: toNumber(ecdh.getPublicKey().subarray(1, 1 + bytes)) % order };
  });
}

/**
 * ECDSA (FIPS 186-5) over SHA-256, fast and the same bytes in each replay: the nonce is one of a few that everybody
 * knows. Whoever sees a signature has the key, so that it is good for keys of this fuzzer alone.
 * @returns r and s side by side
 */
export function signEcdsa(curve: Curve, secret: Buffer, message: Buffer): Buffer {
  const { bytes, order } = CURVES[curve];
  const nonces = noncesOf.get(curve) ?? makeNonces(curve);
  noncesOf.set(curve, nonces);
  const digest = createHash('sha256').update(message).digest();
  const nonce = nonces[(digest[0] ?? 0) % NONCES];
  if (nonce === undefined) throw new Error('no nonce');
  const s = modulo(nonce.inverse * (toNumber(digest) + nonce.r * toNumber(secret)), order);
  return Buffer.concat([toBytes(nonce.r, bytes), toBytes(s, bytes)]);
}

const derInteger = (bytes: Buffer): Buffer => {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const trimmed = bytes.subarray(start);
  const body = (trimmed[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), trimmed]) : trimmed;
  return Buffer.concat([Buffer.of(0x02, body.length), body]);
};

/** RFC 3279 section 2.2.3: the same signature as a DER sequence. */
export function derOf(signature: Buffer): Buffer {
  const half = signature.length / 2;
  const body = Buffer.concat([derInteger(signature.subarray(0, half)), derInteger(signature.subarray(half))]);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}

/** The other signature of the same content: s is replaced by the order less s. */
export function mirrored(curve: Curve, signature: Buffer): Buffer {
  const { bytes, order } = CURVES[curve];
  const s = order - toNumber(signature.subarray(bytes));
  return Buffer.concat([signature.subarray(0, bytes), toBytes(s, bytes)]);
}
