import { inflateRawSync, inflateSync } from 'node:zlib';

/** A pass of 1 KiB can claim to hold gigabytes: this is where inflating stops. */
export const MAX_INFLATED_BYTES = 65_536;

/** Passes inflate to about 500 bytes; zlib's own 16 KiB of scratch costs more time than the inflating. */
const CHUNK_BYTES = 2_048;

/** What zlib returns under `info: true`; its declaration leaves this out. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function isInflated(result: unknown): result is Inflated {
  return typeof result === 'object' && result !== null && 'buffer' in result && 'engine' in result;
}

/**
 * Inflates one whole stream: zlib (RFC 1950) or raw deflate (RFC 1951).
 * @returns at most 64 KiB, or null for a broken or longer stream and for bytes after its end
 */
export function inflate(bytes: Uint8Array, wrapping: 'zlib' | 'raw'): Buffer | null {
  const options = { maxOutputLength: MAX_INFLATED_BYTES, chunkSize: CHUNK_BYTES, info: true };
  try {
    const result: unknown = wrapping === 'zlib' ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
    return isInflated(result) && result.engine.bytesWritten === bytes.length ? result.buffer : null;
  } catch {
    return null;
  }
}
