import type { Random } from './random.ts';

/** A CBOR item before it is written: a Map keeps the order of its pairs, a Buffer is a byte string. */
export type CborShape = null | boolean | number | string | Buffer | Raw | readonly CborShape[] | CborMap;
export type CborMap = Map<number | string, CborShape>;

/** Bytes that are written as they stand. */
export class Raw {
  readonly bytes: Buffer;

  constructor(...hex: readonly (string | Buffer)[]) {
    this.bytes = Buffer.concat(hex.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)));
  }
}

/** Which of the several encodings of an item is written. */
export interface CborStyle {
  /** The width of a length or number in bytes: 0 for the shortest. */
  width(): 0 | 1 | 2 | 4 | 8;
  isIndefinite(): boolean;
}

export const SHORTEST: CborStyle = { width: () => 0, isIndefinite: () => false };

export const anyStyle = (random: Random): CborStyle => ({
  width: () => random.pick([0, 0, 1, 2, 4, 8] as const),
  isIndefinite: () => random.chance(0.3),
});

const INFO: Readonly<Record<number, number>> = { 1: 24, 2: 25, 4: 26, 8: 27 };

/** The head of an item, no shorter than `width`. */
export function head(major: number, value: number, width: number): Buffer {
  if (width === 0 && value < 24) return Buffer.of((major << 5) | value);
  const needed = value < 0x100 ? 1 : value < 0x1_0000 ? 2 : value < 0x1_0000_0000 ? 4 : 8;
  const used = Math.max(needed, width);
  const bytes = Buffer.alloc(9);
  bytes.writeBigUInt64BE(BigInt(value), 1);
  return Buffer.concat([Buffer.of((major << 5) | (INFO[used] ?? 27)), bytes.subarray(9 - used)]);
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = 0xfb;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function list(major: 4 | 5, count: number, items: readonly Buffer[], style: CborStyle): Buffer {
  if (style.isIndefinite()) return Buffer.concat([Buffer.of((major << 5) | 31), ...items, Buffer.of(0xff)]);
  return Buffer.concat([head(major, count, style.width()), ...items]);
}

function string(major: 2 | 3, bytes: Buffer, style: CborStyle): Buffer {
  if (!style.isIndefinite()) return Buffer.concat([head(major, bytes.length, style.width()), bytes]);
  const pieces = [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)];
  const chunks = pieces.flatMap((piece) => [head(major, piece.length, style.width()), piece]);
  return Buffer.concat([Buffer.of((major << 5) | 31), ...chunks, Buffer.of(0xff)]);
}

/** RFC 8949, the writing side, in any style that a decoder must read. */
export function writeCbor(value: CborShape, style: CborStyle = SHORTEST): Buffer {
  if (value instanceof Raw) return value.bytes;
  if (Buffer.isBuffer(value)) return string(2, value, style);
  if (value === null) return Buffer.of(0xf6);
  if (typeof value === 'boolean') return Buffer.of(value ? 0xf5 : 0xf4);
  if (typeof value === 'string') return string(3, Buffer.from(value, 'utf8'), style);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return float(value);
    return value < 0 ? head(1, -1 - value, style.width()) : head(0, value, style.width());
  }
  if (value instanceof Map) {
    const pairs = [...value].flatMap(([key, member]) => [writeCbor(key, style), writeCbor(member, style)]);
    return list(5, value.size, pairs, style);
  }
  return list(
    4,
    value.length,
    value.map((item) => writeCbor(item, style)),
    style,
  );
}

/** The JSON kind of value as a shape. */
export function shapeOf(value: unknown): CborShape {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
  }
  return value as null | boolean | number | string;
}

type Path = readonly (number | string)[];

/** Every value in maps and lists, wherever it lies. */
export function cborPathsOf(value: CborShape, path: Path = []): readonly Path[] {
  const entries =
    value instanceof Map ? [...value] : Array.isArray(value) ? [...value.entries()] : ([] as [number, CborShape][]);
  return entries.flatMap(([key, member]) => [[...path, key], ...cborPathsOf(member, [...path, key])]);
}

/** A copy with another value at a path; undefined takes it out of its map. */
export function withAt(value: CborShape, path: Path, changed: CborShape | undefined): CborShape {
  const [key, ...rest] = path;
  if (key === undefined) return changed ?? null;
  if (value instanceof Map) {
    const copy: CborMap = new Map(value);
    if (rest.length === 0 && changed === undefined) copy.delete(key);
    else copy.set(key, withAt(value.get(key) ?? null, rest, changed));
    return copy;
  }
  return Array.isArray(value)
    ? value.map((item: CborShape, index) => (index === key ? withAt(item, rest, changed) : item))
    : value;
}

const nested = (depth: number): Raw => new Raw(Buffer.alloc(depth, 0x81), '00');
/** Well-formed CBOR that no issuer means. */
export const ODD_CBOR: readonly CborShape[] = [
  ...[null, true, false, 0, -0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, -1e300],
  ...[
    '',
    ' ',
    '0',
    'NaN',
    '\0',
    'a\0b',
    '\r\n',
    '\u202e',
    '__proto__',
    '\u{1f600}',
    '9999-12-31',
    '0000-01-01',
    '2021-02-29',
  ],
  ...[Buffer.alloc(0), Buffer.of(0), Buffer.alloc(300), [], [[]], [null], new Map(), [new Map()], 'x'.repeat(600)],
  ...([
    new Map([['__proto__', new Map([['polluted', 1]])]]),
    new Map([['toString', 1]]),
    new Map([[0, 0]]),
  ] as CborMap[]),
  ...[
    'f7',
    'f97e00',
    'f97c00',
    'f90001',
    'fa7f800000',
    'fb7ff8000000000000',
    '1b001fffffffffffff',
    '3b001ffffffffffffe',
  ].map((hex) => new Raw(hex)),
  ...[
    '5fff',
    '7fff',
    '9fff',
    'bfff',
    'c100',
    'c074323032312d31322d31335431323a30303a30305a',
    'd903ec6a323032312d31322d3133',
  ].map((hex) => new Raw(hex)),
  nested(6),
];
/** CBOR that is not taken anywhere inside a message. */
export const BAD_CBOR: readonly Raw[] = [
  ...[
    '1bffffffffffffffff',
    '3bffffffffffffffff',
    'c249010000000000000000',
    'd9d9f700',
    'd81c00',
    'e0',
    'f800',
    'f8ff',
    'fc',
    'ff',
  ],
  ...[
    '1c',
    '5bffffffffffffffff',
    '7b00000000ffffffff',
    '9bffffffffffffffff',
    'bbffffffffffffffff',
    '5f00ff',
    '7f4100ff',
    '5f5f4100ffff',
  ],
  ...[
    '62c328',
    '61ff',
    'a200000000',
    'a2616100616101',
    'a1f900000000',
    'a1f500',
    'a18000',
    'a14000',
    'a1',
    '81',
    '9f',
    'bf00ff',
    'c1',
  ],
].map((hex) => new Raw(hex));
export const DEEP_CBOR: readonly Raw[] = [16, 17, 500, 20_000].flatMap((depth) => [
  nested(depth),
  new Raw(Buffer.alloc(depth, 0x9f)),
  new Raw(Buffer.alloc(depth, 0xc1), '00'),
]);
