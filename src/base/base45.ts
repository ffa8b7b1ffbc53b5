const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const OUTSIDE = 255;

const VALUES = new Uint8Array(128).fill(OUTSIDE);
for (let value = 0; value < ALPHABET.length; value += 1) VALUES[ALPHABET.charCodeAt(value)] = value;

const valueAt = (text: string, index: number): number => VALUES[text.charCodeAt(index)] ?? OUTSIDE;

/**
 * RFC 9285, strictly: upper case only, no groups that overflow, no stray last character.
 * @param from index of the first encoded character, so that a prefix needs no copy
 * @returns the bytes, or null for text that no encoder writes
 */
export function decodeBase45(text: string, from = 0): Uint8Array<ArrayBuffer> | null {
  const length = text.length - from;
  const rest = length % 3;
  if (rest === 1) return null;
  const whole = text.length - rest;
  const bytes = new Uint8Array(((whole - from) / 3) * 2 + (rest === 2 ? 1 : 0));
  let at = 0;
  for (let index = from; index < whole; index += 3) {
    const low = valueAt(text, index);
    const middle = valueAt(text, index + 1);
    const high = valueAt(text, index + 2);
    if (low === OUTSIDE || middle === OUTSIDE || high === OUTSIDE) return null;
    const pair = low + middle * 45 + high * 2_025;
    if (pair > 0xff_ff) return null;
    bytes[at] = pair >> 8;
    bytes[at + 1] = pair & 0xff;
    at += 2;
  }
  if (rest === 2) {
    const low = valueAt(text, whole);
    const high = valueAt(text, whole + 1);
    const byte = low + high * 45;
    if (low === OUTSIDE || high === OUTSIDE || byte > 0xff) return null;
    bytes[at] = byte;
  }
  return bytes;
}

/** RFC 9285 section 4: two bytes become three characters, a last single byte two. */
export function encodeBase45(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) {
    const pair = at + 1 < bytes.length;
    let value = pair ? (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0) : (bytes[at] ?? 0);
    for (let characters = pair ? 3 : 2; characters > 0; characters -= 1) {
      text += ALPHABET.charAt(value % 45);
      value = Math.floor(value / 45);
    }
  }
  return text;
}
