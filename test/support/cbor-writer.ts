/** Writes CBOR for tests, independent of the decoder: maps are lists of pairs, so that bad ones can be written too. */
export const cbor = {
  head(major: number, value: number): Buffer {
    if (value < 24) return Buffer.from([(major << 5) | value]);
    if (value < 0x100) return Buffer.from([(major << 5) | 24, value]);
    if (value < 0x1_0000) return Buffer.from([(major << 5) | 25, value >> 8, value & 0xff]);
    const wide = Buffer.alloc(9);
    wide[0] = (major << 5) | 27;
    wide.writeBigUInt64BE(BigInt(value), 1);
    return wide;
  },
  int: (value: number): Buffer => (value < 0 ? cbor.head(1, -1 - value) : cbor.head(0, value)),
  float(value: number): Buffer {
    const bytes = Buffer.alloc(9);
    bytes[0] = 0xfb;
    bytes.writeDoubleBE(value, 1);
    return bytes;
  },
  bytes: (value: Buffer): Buffer => Buffer.concat([cbor.head(2, value.length), value]),
  text: (value: string): Buffer => Buffer.concat([cbor.head(3, Buffer.byteLength(value)), Buffer.from(value)]),
  list: (...items: readonly Buffer[]): Buffer => Buffer.concat([cbor.head(4, items.length), ...items]),
  map: (...pairs: readonly (readonly [Buffer, Buffer])[]): Buffer =>
    Buffer.concat([cbor.head(5, pairs.length), ...pairs.flat()]),
  tag: (tag: number, item: Buffer): Buffer => Buffer.concat([cbor.head(6, tag), item]),
  NULL: Buffer.from([0xf6]),
  /** A JSON value; numbers that are no integers become floats. */
  of(value: unknown): Buffer {
    if (value === null) return cbor.NULL;
    if (typeof value === 'string') return cbor.text(value);
    if (typeof value === 'number') return Number.isInteger(value) ? cbor.int(value) : cbor.float(value);
    if (Array.isArray(value)) return cbor.list(...value.map(cbor.of));
    if (typeof value !== 'object') throw new Error('not written in these tests');
    return cbor.map(...Object.entries(value).map(([name, member]) => [cbor.text(name), cbor.of(member)] as const));
  },
};
