import { describe, expect, it } from 'vitest';
import { encodeBase45 } from '../../src/base/base45.ts';
import {
  type CheckpointCode,
  CODE_PREFIX,
  formatCheckpointCode,
  MAX_CODE_LENGTH,
  notesIn,
  parseCheckpointCode,
} from '../../src/journal/checkpoint-code.ts';
import { sha256 } from '../../src/journal/native-crypto.ts';
import { formatVerifierKey } from '../../src/journal/signed-note.ts';
import { signCheckpoint } from '../../src/journal/witness.ts';
import { newLogKey } from '../support/exported-log.ts';
import { LUNCH_MS } from '../support/passes.ts';

const key = newLogKey('7A');
const head = { size: 1_234_567, root: sha256(Buffer.from('root')) };
const note = signCheckpoint(key, head, { atMs: LUNCH_MS, trusted: true });
const plain: CheckpointCode = { key: key.verifier, proof: { old: 0, path: [], checkpoint: note } };
const path = Array.from({ length: 21 }, (_, at) => sha256(Buffer.of(at)));
const proven: CheckpointCode = { ...plain, proof: { old: 1_000_000, path, checkpoint: note } };

const wrap = (text: string): string => CODE_PREFIX + encodeBase45(Buffer.from(text, 'utf8'));
const parse = (line: string) => parseCheckpointCode(sha256, line);

describe('a checkpoint as one line of a scanner', () => {
  it.each([
    ['alone', plain],
    ['with the proof that nothing before was changed', proven],
  ])('comes through %s, without a line feed or a character that a keyboard layout could bend', (_, code) => {
    const line = formatCheckpointCode(code);
    expect(line).toMatch(/^MJC1:[0-9A-Z $%*+./:-]+$/);
    expect(line.length).toBeLessThan(MAX_CODE_LENGTH);
    const read = parse(line);
    expect(read.ok && { ...read.value, proof: { ...read.value.proof, path: read.value.proof.path.map(hex) } }).toEqual({
      ...code,
      key: { ...code.key, publicKey: Uint8Array.from(code.key.publicKey) },
      proof: { ...code.proof, path: code.proof.path.map(hex) },
    });
  });

  it.each([
    ['nothing', ''],
    ['a pass', 'HC1:6BFOXN'],
    ['small letters', formatCheckpointCode(plain).toLowerCase()],
    ['a lost end', formatCheckpointCode(plain).slice(0, -1)],
    ['no key', wrap(note)],
    [
      'a key whose digits are another’s',
      wrap(`${formatVerifierKey(key.verifier).replace(/[0-9a-f]{8}\+/, '00000000+')}\n${note}`),
    ],
    ['bytes that are no text', CODE_PREFIX + encodeBase45(Buffer.of(0xff, 0xfe))],
    ['a proof without its note', wrap(`${formatVerifierKey(key.verifier)}\nold 5\nAAAA`)],
    ['more than a line', CODE_PREFIX + '0'.repeat(MAX_CODE_LENGTH - CODE_PREFIX.length + 1)],
  ])('%s is refused in one sentence', (_, line) => {
    const read = parse(line);
    expect(read).toMatchObject({ ok: false, error: expect.stringMatching(/^this/) });
  });

  it('as long as a line may be it is read, one character more not', () => {
    const text = (length: number): string => `${formatVerifierKey(key.verifier)}\n${'x'.repeat(length)}`;
    // Three characters for two bytes.
    const fits = Math.floor(((MAX_CODE_LENGTH - CODE_PREFIX.length) / 3) * 2) - text(0).length;
    expect(parse(wrap(text(fits))).ok).toBe(true);
    expect(parse(wrap(text(fits + 2))).ok).toBe(false);
  });
});

describe('a file of what was kept elsewhere', () => {
  it('may hold what a telephone read from the picture beside signed notes', () => {
    const other = signCheckpoint(key, { ...head, size: 9 }, { atMs: LUNCH_MS, trusted: true });
    const file = `${formatCheckpointCode(proven)}\r\n${note}\n${formatCheckpointCode(plain)}\n${other}`;
    expect(notesIn(sha256, file)).toEqual([note, note, note, other]);
  });

  it('does not hide a damaged code', () => {
    expect(notesIn(sha256, `${formatCheckpointCode(plain).slice(0, -1)}\n`)).toHaveLength(1);
  });
});

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
