const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** Decoding takes time with the square of the length; the longest key in use has 60 characters. */
export const MAX_BASE58_LENGTH = 128;

/** Base58 with Bitcoin's alphabet, or null. Each text has one value and each value one text. */
export function decodeBase58(text: string): Buffer | null {
  if (text.length > MAX_BASE58_LENGTH) return null;
  /** The number in bytes, least significant first. */
  const bytes: number[] = [];
  for (const character of text) {
    let carry = ALPHABET.indexOf(character);
    if (carry === -1) return null;
    for (let at = 0; at < bytes.length; at++) {
      carry += (bytes[at] ?? 0) * ALPHABET.length;
      bytes[at] = carry & 0xff;
      carry >>= 8;
    }
    for (; carry > 0; carry >>= 8) bytes.push(carry & 0xff);
  }
  // A leading '1' is a zero byte, which the number alone would lose.
  const zeros = /^1*/.exec(text)?.[0].length ?? 0;
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(bytes.reverse())]);
}
