import { deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inflate, MAX_INFLATED_BYTES } from '../../src/pass/inflate.ts';

describe.each([
  ['zlib', deflateSync],
  ['raw', deflateRawSync],
] as const)('inflating %s', (wrapping, deflate) => {
  it('64 KiB come out, one byte more does not', () => {
    expect(MAX_INFLATED_BYTES).toBe(65_536);
    expect(inflate(deflate(Buffer.alloc(MAX_INFLATED_BYTES)), wrapping)).toHaveLength(MAX_INFLATED_BYTES);
    expect(inflate(deflate(Buffer.alloc(MAX_INFLATED_BYTES + 1)), wrapping)).toBeNull();
  });

  it('a stream must be whole and alone', () => {
    const stream = deflate(Buffer.from('content'));
    expect(inflate(stream, wrapping)?.toString()).toBe('content');
    expect(inflate(stream.subarray(0, -1), wrapping)).toBeNull();
    expect(inflate(Buffer.concat([stream, Buffer.from([0])]), wrapping)).toBeNull();
    expect(inflate(Buffer.alloc(0), wrapping)).toBeNull();
  });
});
