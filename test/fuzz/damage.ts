import type { Random } from './random.ts';

/** Changes to the bytes of a line that need no knowledge of its format. */
type Damage = (random: Random, line: Buffer, other: Buffer) => Buffer;

const joined = (...parts: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
const at = (random: Random, line: Buffer): number => random.below(line.length + 1);

const EXTRAS = [
  ' ',
  '\t',
  '\r',
  '\n',
  '\0',
  '=',
  '==',
  '.',
  '~',
  ':',
  '/',
  '\x1d',
  '\ufeff',
  '%20',
  'A',
  '%',
  '"',
  '{',
];
const PREFIXES = [
  'HC1:',
  'HC2:',
  'shc:/',
  'shc:/1/2/',
  'NZCP:/1/',
  'NZCP:/2/',
  'RT1:',
  'eyJ',
  '{"t":"icao.',
  'http://',
];

const DAMAGES: readonly Damage[] = [
  (random, line) => {
    const copy = Buffer.from(line);
    const index = random.below(copy.length);
    copy[index] = (copy[index] ?? 0) ^ (1 << random.below(8));
    return copy;
  },
  (random, line) => {
    const copy = Buffer.from(line);
    copy[random.below(copy.length)] = random.below(256);
    return copy;
  },
  (random, line) => {
    const copy = Buffer.from(line);
    // A character of the same line keeps the alphabet of the format.
    copy[random.below(copy.length)] = line[random.below(line.length)] ?? 0;
    return copy;
  },
  (random, line) => {
    const index = at(random, line);
    return joined(line.subarray(0, index), random.pick(EXTRAS), line.subarray(index));
  },
  (random, line) => joined(line, random.pick(EXTRAS)),
  (random, line) => joined(random.pick(EXTRAS), line),
  (random, line) => {
    const index = at(random, line);
    return joined(line.subarray(0, index), line.subarray(index + 1 + random.below(8)));
  },
  (random, line) => line.subarray(0, at(random, line)),
  (random, line) => line.subarray(at(random, line)),
  (random, line) => {
    const [from, to] = [at(random, line), at(random, line)].sort((a, b) => a - b) as [number, number];
    return joined(line.subarray(0, to), line.subarray(from, to), line.subarray(to));
  },
  (random, line, other) => joined(line.subarray(0, at(random, line)), other.subarray(at(random, other))),
  (random, line, other) => joined(line, random.pick(['', '\n', ' ', '~', '.']), other),
  (random, line) => {
    const index = random.below(line.length);
    const text = line.toString('latin1');
    const letter = text.charAt(index);
    const turned = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
    return joined(text.slice(0, index), turned, text.slice(index + 1));
  },
  (_, line) => joined(line.toString('latin1').toLowerCase()),
  (_, line) => joined(line.toString('latin1').toUpperCase()),
  (random, line) => joined(random.pick(PREFIXES), line.subarray(random.below(12))),
  (_, line) => joined([...line.toString('latin1')].reverse().join('')),
  (random, line) => joined(line, random.bytes(random.below(64))),
  (random, line) => joined(line, Buffer.alloc(random.below(9_000), random.pick(['A', '0', ' ', '~', '.', '\\', '"']))),
];

/** A damaged copy of `line`: one to three changes, one of which may take from `other`. */
export function damaged(random: Random, line: Buffer, other: Buffer): Buffer {
  let result = line;
  for (let left = random.pick([1, 1, 1, 2, 3]); left > 0; left -= 1) {
    if (result.length > 0) result = random.pick(DAMAGES)(random, result, other);
  }
  return result;
}
