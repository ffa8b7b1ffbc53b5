import { joinBytes } from '../byte-text.ts';
import type { VerifyEd25519 } from '../signed-note.ts';
import { sha512 } from './sha512.ts';

/** RFC 8032 section 5.1: the field, the order of the base point, the curve's constant. */
const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = field(-121665n * inverse(121666n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

/** Extended homogeneous coordinates, section 5.1.4. */
interface Point {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
  readonly t: bigint;
}

const NEUTRAL: Point = { x: 0n, y: 1n, z: 1n, t: 0n };
const BASE = pointOf(field(4n * inverse(5n)), 0n) ?? NEUTRAL;

/**
 * RFC 8032 Ed25519 verification in plain script, for browsers that know none: public values only, so that it need not
 * hide how long it takes.
 */
export const verifyEd25519: VerifyEd25519 = ({ publicKey, message, signature }) => {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const encodedR = signature.subarray(0, 32);
  const s = numberOf(signature.subarray(32));
  const a = decodePoint(publicKey);
  const r = decodePoint(encodedR);
  if (a === null || r === null || s >= ORDER) return false;
  const k = numberOf(sha512(joinBytes(encodedR, publicKey, message))) % ORDER;
  return isSame(multiply(s, BASE), add(r, multiply(k, a)));
};

function field(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let factor = field(base), rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % P;
    factor = (factor * factor) % P;
  }
  return result;
}

function inverse(value: bigint): bigint {
  return power(value, P - 2n);
}

/** Little endian. */
function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function decodePoint(bytes: Uint8Array): Point | null {
  const encoded = numberOf(bytes);
  return pointOf(encoded & (2n ** 255n - 1n), encoded >> 255n);
}

/** Section 5.1.3: the point of a y and the sign of its x. */
function pointOf(y: bigint, sign: bigint): Point | null {
  if (y >= P) return null;
  const xx = field((y * y - 1n) * inverse(D * y * y + 1n));
  let x = power(xx, (P + 3n) / 8n);
  if (field(x * x - xx) !== 0n) x = (x * ROOT_OF_MINUS_ONE) % P;
  if (field(x * x - xx) !== 0n || (x === 0n && sign === 1n)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return { x, y, z: 1n, t: (x * y) % P };
}

function add(one: Point, other: Point): Point {
  const a = field((one.y - one.x) * (other.y - other.x));
  const b = field((one.y + one.x) * (other.y + other.x));
  const c = field(2n * one.t * other.t * D);
  const d = field(2n * one.z * other.z);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return { x: field(e * f), y: field(g * h), z: field(f * g), t: field(e * h) };
}

function multiply(scalar: bigint, point: Point): Point {
  let sum = NEUTRAL;
  for (let addend = point, rest = scalar; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = add(sum, addend);
    addend = add(addend, addend);
  }
  return sum;
}

const isSame = (one: Point, other: Point): boolean =>
  field(one.x * other.z - other.x * one.z) === 0n && field(one.y * other.z - other.y * one.z) === 0n;
