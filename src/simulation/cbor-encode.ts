/** What the demo issuer writes; a `Map` keeps integer keys. */
export type CborInput =
  | string
  | number
  | Buffer
  | readonly CborInput[]
  | ReadonlyMap<CborInput, CborInput>
  | CborRecord;
interface CborRecord {
  readonly [name: string]: CborInput;
}

const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;

/** Deterministic CBOR (RFC 8949 section 4.2) of integers, text, bytes, arrays and maps, for demo passes. */
export function encodeCbor(value: CborInput): Buffer {
  if (typeof value === 'number') {
    return value < 0 ? head(NEGATIVE, -1 - value) : head(UNSIGNED, value);
  }
  if (typeof value === 'string') {
    const text = Buffer.from(value, 'utf8');
    return Buffer.concat([head(TEXT, text.length), text]);
  }
  if (Buffer.isBuffer(value)) return Buffer.concat([head(BYTES, value.length), value]);
  if (isArray(value)) return Buffer.concat([head(ARRAY, value.length), ...value.map(encodeCbor)]);
  const members = value instanceof Map ? [...value] : Object.entries(value);
  return Buffer.concat([
    head(MAP, members.length),
    ...members.flatMap(([name, member]) => [encodeCbor(name), encodeCbor(member)]),
  ]);
}

/** A tagged value (RFC 8949 section 3.4). */
export function encodeTagged(tag: number, value: CborInput): Buffer {
  return Buffer.concat([head(TAG, tag), encodeCbor(value)]);
}

const isArray = (value: CborInput): value is readonly CborInput[] => Array.isArray(value);

function head(major: number, count: number): Buffer {
  const type = major << 5;
  if (count < 24) return Buffer.of(type | count);
  if (count < 0x100) return Buffer.of(type | 24, count);
  const bytes = Buffer.alloc(count < 0x1_0000 ? 3 : 5);
  bytes[0] = type | (count < 0x1_0000 ? 25 : 26);
  bytes.writeUIntBE(count, 1, bytes.length - 1);
  return bytes;
}
