/** RFC 4648 section 5 without padding. */
export function encodeBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/**
 * Strict canonical RFC 4648 section 5 without padding, or null. Node skips what it does not know and ignores spare
 * bits, which gives one signed pass unlimited spellings; only the one spelling that encoding gives is taken.
 */
export function decodeBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

/** Strict canonical RFC 4648 section 4 with padding, or null. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
