const BLOCK_BYTES = 128;
const ROUNDS = 80;
const WORD = 64n;
const MASK = (1n << WORD) - 1n;

/** The largest whole number whose `degree`th power is not above `value`. */
function wholeRoot(value: bigint, degree: bigint): bigint {
  let low = 0n;
  let high = 1n << 80n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** degree <= value) low = middle;
    else high = middle - 1n;
  }
  return low;
}

/** The first 64 bits of the fractional parts of a root of each of the first primes (FIPS 180-4, 4.2.3 and 5.3.5). */
function fractionBits(degree: bigint, count: number): readonly bigint[] {
  const bits: bigint[] = [];
  for (let candidate = 2n; bits.length < count; candidate += 1n) {
    let isPrime = true;
    for (let divisor = 2n; divisor * divisor <= candidate; divisor += 1n) {
      if (candidate % divisor === 0n) isPrime = false;
    }
    if (isPrime) bits.push(wholeRoot(candidate << (WORD * degree), degree) & MASK);
  }
  return bits;
}

const K = fractionBits(3n, ROUNDS);
const H = fractionBits(2n, 8);

/** FIPS 180-4 SHA-512 of a short message, for signatures where the browser knows none of its own. */
export function sha512(bytes: Uint8Array): Uint8Array {
  const length = Math.ceil((bytes.length + 17) / BLOCK_BYTES) * BLOCK_BYTES;
  const padded = new Uint8Array(length);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(length - 8, BigInt(bytes.length) * 8n);
  let state = [...H];
  for (let offset = 0; offset < length; offset += BLOCK_BYTES) state = compressed(state, view, offset);
  const digest = new DataView(new ArrayBuffer(64));
  state.forEach((word, index) => {
    digest.setBigUint64(8 * index, word);
  });
  return new Uint8Array(digest.buffer);
}

const rotate = (word: bigint, by: bigint): bigint => ((word >> by) | (word << (WORD - by))) & MASK;

function compressed(before: readonly bigint[], view: DataView, offset: number): bigint[] {
  const w: bigint[] = Array.from({ length: 16 }, (_, t) => view.getBigUint64(offset + 8 * t));
  const word = (t: number): bigint => w[t] ?? 0n;
  for (let t = 16; t < ROUNDS; t += 1) {
    const s0 = rotate(word(t - 15), 1n) ^ rotate(word(t - 15), 8n) ^ (word(t - 15) >> 7n);
    const s1 = rotate(word(t - 2), 19n) ^ rotate(word(t - 2), 61n) ^ (word(t - 2) >> 6n);
    w.push((word(t - 16) + s0 + word(t - 7) + s1) & MASK);
  }
  let [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = before;
  for (let t = 0; t < ROUNDS; t += 1) {
    const S1 = rotate(e, 14n) ^ rotate(e, 18n) ^ rotate(e, 41n);
    const one = h + S1 + ((e & f) ^ (~e & MASK & g)) + (K[t] ?? 0n) + word(t);
    const S0 = rotate(a, 28n) ^ rotate(a, 34n) ^ rotate(a, 39n);
    const two = S0 + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & MASK, c, b, a, (one + two) & MASK];
  }
  return [a, b, c, d, e, f, g, h].map((sum, index) => (sum + (before[index] ?? 0n)) & MASK);
}
