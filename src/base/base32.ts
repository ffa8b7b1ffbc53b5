const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BITS_PER_CHARACTER = 5;
const OUTSIDE = 255;

const VALUES = new Uint8Array(128).fill(OUTSIDE);
for (let value = 0; value < ALPHABET.length; value += 1) VALUES[ALPHABET.charCodeAt(value)] = value;

/**
 * RFC 4648 section 6 without padding, strictly: upper case only, no length that encoding never gives, spare bits zero.
 * @param from index of the first encoded character, so that a prefix needs no copy
 * @returns the bytes, or null for text that no encoder writes
 */
export function decodeBase32(text: string, from = 0): Buffer | null {
  const bits = (text.length - from) * BITS_PER_CHARACTER;
  const spare = bits % 8;
  if (spare >= BITS_PER_CHARACTER) return null;
  const bytes = Buffer.allocUnsafe((bits - spare) / 8);
  let at = 0;
  let held = 0;
  let heldBits = 0;
  for (let index = from; index < text.length; index += 1) {
    const value = VALUES[text.charCodeAt(index)] ?? OUTSIDE;
    if (value === OUTSIDE) return null;
    held = (held << BITS_PER_CHARACTER) | value;
    heldBits += BITS_PER_CHARACTER;
    if (heldBits < 8) continue;
    heldBits -= 8;
    bytes[at] = held >> heldBits;
    at += 1;
    held &= (1 << heldBits) - 1;
  }
  return held === 0 ? bytes : null;
}
