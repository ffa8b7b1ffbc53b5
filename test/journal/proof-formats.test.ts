import { describe, expect, it } from 'vitest';
import { formatCheckpoint, parseCheckpoint } from '../../src/journal/checkpoint.ts';
import { formatConsistency, parseConsistency } from '../../src/journal/consistency.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import { formatProof, MAX_PROOF_LENGTH, parseProof } from '../../src/journal/proof.ts';
import {
  formatNote,
  formatVerifierKey,
  LOG_SIGNATURE,
  MAX_NOTE_LENGTH,
  MAX_SIGNATURES,
  openNote,
  parseNote,
  parseVerifierKey,
  splitNotes,
  verifierKey,
} from '../../src/journal/signed-note.ts';

/** The note of golang.org/x/mod/sumdb/note, whose signer is another program. */
const GO_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

/** A head of a public Certificate Transparency test log with the cosignature of a public witness. */
const PUBLIC_KEY = 'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2';
const PUBLIC_NOTE = `arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
`;

function keyOf(text: string) {
  const key = parseVerifierKey(sha256, text);
  if (!key.ok) throw new Error(key.error);
  return key.value;
}

function noteOf(text: string) {
  const note = parseNote(text);
  if (!note.ok) throw new Error(note.error);
  return note.value;
}

describe('notes of other programs', () => {
  it('are read, and their signatures hold until a letter is changed', () => {
    const note = noteOf(GO_NOTE);
    expect(openNote(note, [keyOf(GO_KEY)], verifyEd25519).ok).toBe(true);
    expect(formatNote(note)).toBe(GO_NOTE);
    expect(formatVerifierKey(keyOf(GO_KEY))).toBe(GO_KEY);
    const bent = noteOf(GO_NOTE.replace('answer', 'question'));
    expect(openNote(bent, [keyOf(GO_KEY)], verifyEd25519)).toEqual({ ok: false, error: 'forged' });
    expect(openNote(note, [keyOf(PUBLIC_KEY)], verifyEd25519)).toEqual({ ok: false, error: 'unsigned' });
  });

  it('and a witness of the public network is understood with its time', () => {
    const note = noteOf(PUBLIC_NOTE);
    const opened = openNote(note, [keyOf(PUBLIC_KEY)], verifyEd25519);
    expect(opened).toMatchObject({ ok: true, value: [{ atS: 0x6a122120 }] });
    const checkpoint = parseCheckpoint(note.text);
    if (!checkpoint.ok) throw new Error(checkpoint.error);
    expect(checkpoint.value).toMatchObject({ origin: 'arche2025h1.staging.ct.transparency.dev', size: 1_432_088_532 });
    expect(formatCheckpoint(checkpoint.value)).toBe(note.text);
    const bent = noteOf(PUBLIC_NOTE.replace('1432088532', '1432088533'));
    expect(openNote(bent, [keyOf(PUBLIC_KEY)], verifyEd25519)).toEqual({ ok: false, error: 'forged' });
  });
});

describe('a note that was tampered with on its way is refused', () => {
  it.each([
    ['without signature', GO_NOTE.slice(0, GO_NOTE.indexOf('—'))],
    ['without its last line feed', GO_NOTE.slice(0, -1)],
    ['with a control character', GO_NOTE.replace('you', 'y\tu')],
    ['with a carriage return', GO_NOTE.replaceAll('\n', '\r\n')],
    ['with another dash', GO_NOTE.replace('—', '-')],
    ['with spare bits in base64', GO_NOTE.replace('JnAM=', 'JnAN=')],
    ['with a space in base64', GO_NOTE.replace('x08go', 'x08 go')],
    ['with a plus in the name', GO_NOTE.replace('PeterNeumann', 'Peter+Neumann')],
    ['with a strange space in the name', GO_NOTE.replace('PeterNeumann', 'Peter\u0085Neumann')],
    ['with a signature of no bytes', GO_NOTE.replace(/x08go.*=/, 'x08gow==')],
  ])('%s', (_, text) => {
    expect(parseNote(text).ok).toBe(false);
  });

  it('too long by one, or with one signature too many', () => {
    const [text, signature] = GO_NOTE.split('\n\n');
    const long = (length: number): string => `${'x'.repeat(length - (signature ?? '').length - 2)}\n\n${signature}`;
    expect(parseNote(long(MAX_NOTE_LENGTH)).ok).toBe(true);
    expect(parseNote(long(MAX_NOTE_LENGTH + 1)).ok).toBe(false);
    const signedBy = (count: number): string => `${text}\n\n${signature?.repeat(count)}`;
    expect(parseNote(signedBy(MAX_SIGNATURES)).ok).toBe(true);
    expect(parseNote(signedBy(MAX_SIGNATURES + 1)).ok).toBe(false);
  });

  it.each([
    ['a key with another digit', GO_KEY.replace('c74f20a3', 'c74f20a4')],
    ['a key of another kind', 'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['a key of 31 bytes', 'a+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='],
    ['no key', ''],
  ])('or with %s', (_, text) => {
    expect(parseVerifierKey(sha256, text).ok).toBe(false);
  });
});

/** Points of order 1, 2, 4 and 8, and spellings of them that no encoder writes; the sign bit is off. */
const LOW_ORDER = [
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '00'.repeat(32),
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
];

it.each(LOW_ORDER)('a key under which anybody can sign is nobody’s: %s', (low) => {
  for (const sign of [0, 0x80]) {
    const bytes = Buffer.from(low, 'hex');
    bytes.writeUInt8(bytes.readUInt8(31) | sign, 31);
    const text = formatVerifierKey(verifierKey(sha256, 'low', LOG_SIGNATURE, bytes));
    expect(parseVerifierKey(sha256, text)).toMatchObject({ ok: false, error: expect.stringMatching(/weak/) });
  }
});

describe('a checkpoint that could be read in two ways is refused', () => {
  const root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
  it.each([
    ['no name', `\n1\n${root}\n`],
    ['a size with a zero in front', `log\n01\n${root}\n`],
    ['a negative size', `log\n-1\n${root}\n`],
    ['a size beyond what can be counted', `log\n9007199254740993\n${root}\n`],
    ['a short hash', 'log\n1\nAAAA\n'],
    ['two lines', 'log\n1\n'],
    ['an empty line after it', `log\n1\n${root}\n\nmore\n`],
  ])('%s', (_, text) => {
    expect(parseCheckpoint(text).ok).toBe(false);
  });

  it('and further lines are kept as they are', () => {
    const text = `log\n0\n${root}\nanything at all\n`;
    const parsed = parseCheckpoint(text);
    expect(parsed.ok && formatCheckpoint(parsed.value)).toBe(text);
  });
});

describe('a proof on its way', () => {
  const hash = new Uint8Array(32).fill(7);
  const proof = { index: 0, extra: new Uint8Array([1, 2]), path: [hash, hash], checkpoint: GO_NOTE };

  it('is read back as it was written, with and without the entry and the path', () => {
    for (const each of [proof, { ...proof, extra: null }, { ...proof, path: [], index: 73_894 }]) {
      expect(parseProof(formatProof(each))).toEqual({ ok: true, value: each });
    }
    expect(formatProof({ ...proof, path: [] })).toBe(`c2sp.org/tlog-proof@v1\nextra AQI=\nindex 0\n\n${GO_NOTE}`);
    const consistency = { old: 12, path: [hash], checkpoint: GO_NOTE };
    expect(parseConsistency(formatConsistency(consistency))).toEqual({ ok: true, value: consistency });
  });

  it.each([
    ['of another version', formatProof(proof).replace('@v1', '@v2')],
    ['without index', formatProof(proof).replace('index 0\n', '')],
    ['with an index with a zero in front', formatProof(proof).replace('index 0', 'index 00')],
    ['with a damaged entry', formatProof(proof).replace('AQI=', 'AQJ=')],
    ['with a damaged hash', formatProof(proof).replace('BwcH', 'BwcH\n')],
    ['with a path longer than any tree', formatProof({ ...proof, path: Array.from({ length: 64 }, () => hash) })],
    ['without checkpoint', formatProof(proof).split('\n\n')[0] ?? ''],
    ['longer than any', formatProof({ ...proof, extra: new Uint8Array(MAX_PROOF_LENGTH) })],
  ])('is refused %s', (_, text) => {
    expect(parseProof(text).ok).toBe(false);
  });

  it('is refused without its first line, and a consistency proof without its size', () => {
    expect(
      parseConsistency(formatConsistency({ old: 1, path: [], checkpoint: GO_NOTE }).replace('old 1', 'old -1')).ok,
    ).toBe(false);
    expect(parseConsistency('').ok).toBe(false);
    expect(parseProof('').ok).toBe(false);
  });
});

describe('notes that stand in one file', () => {
  it('are told apart, also after somebody has pasted them by hand', () => {
    expect(splitNotes(`${GO_NOTE}\n${PUBLIC_NOTE}`)).toEqual([GO_NOTE, PUBLIC_NOTE]);
    expect(splitNotes(`\n\n${GO_NOTE.trimEnd()}\r\n\r\n\r\n${PUBLIC_NOTE.replaceAll('\n', '\r\n')}`)).toEqual([
      GO_NOTE,
      PUBLIC_NOTE,
    ]);
    expect(splitNotes('')).toEqual([]);
  });
});
