import type { Json, JsonObject } from './pass.ts';

export type CborMap = ReadonlyMap<number | string, Cbor>;
export type Cbor = null | boolean | number | string | Buffer | readonly Cbor[] | CborMap | CborTag;

/** A tag that says what a whole message is. */
export class CborTag {
  readonly tag: number;
  readonly value: Cbor;

  constructor(tag: number, value: Cbor) {
    this.tag = tag;
    this.value = value;
  }
}

export const TAG_COSE_SIGN1 = 18;
export const TAG_CWT = 61;

/** RFC 8949 appendix D: IEEE 754 binary16 from its 16 bits. */
export function halfFloat(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent < 31) return sign * (mantissa + 1_024) * 2 ** (exponent - 25);
  return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
}

/** True for a map: `instanceof Map` alone does not narrow a read-only one. */
export function isCborMap(value: Cbor | undefined): value is CborMap {
  return value instanceof Map;
}

/**
 * RFC 8949 section 6.1: bytes become base64url, numbers that JSON lacks become null; members whose key is a number
 * are left out. Depth is bounded by the decoder.
 */
export function jsonOf(value: Cbor): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return value.toString('base64url');
  if (value instanceof CborTag) return jsonOf(value.value);
  if (isCborMap(value)) return jsonObjectOf(value);
  return value.map(jsonOf);
}

/** A map as an object without a prototype. */
export function jsonObjectOf(map: CborMap): JsonObject {
  const object: { [name: string]: Json } = Object.create(null);
  for (const [key, value] of map) {
    if (typeof key === 'string') object[key] = jsonOf(value);
  }
  return object;
}
