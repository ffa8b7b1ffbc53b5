import { generateKeyPairSync, hash, type X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cbor } from '../support/cbor-writer.ts';
import { type CertificateParts, makeCertificate } from '../support/certificate.ts';
import { type DccParts, EXPIRES_S, ISSUED_S, makeDcc, person, TEST, VACCINATION } from '../support/dcc.ts';
import { conformance } from './conformance.ts';
import type { Report } from './report.ts';
import { measure } from './table.ts';

const CLOCK = new Date((ISSUED_S + 3_600) * 1_000).toISOString();
const TEST_SIGNER = '1.3.6.1.4.1.1847.2021.1.1';
const kidOf = (certificate: X509Certificate): Buffer => hash('sha256', certificate.raw, 'buffer').subarray(0, 8);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-conformance-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface FileParts extends Omit<DccParts, 'kid' | 'unprotectedKid'> {
  /** The key id in the pass, where it is not the hash of the certificate. */
  readonly namedKid?: Buffer;
  readonly isKidOutside?: boolean;
  readonly curve?: string;
  readonly certificate?: CertificateParts;
  readonly clock?: string;
  readonly spell?: (json: string) => string | Buffer;
}

/** One file as the public set has them, signed with a key of its own. */
function put(path: string, flags: Readonly<Record<string, boolean | string>>, parts: FileParts = {}): void {
  const keys = generateKeyPairSync('ec', { namedCurve: parts.curve ?? 'P-256' });
  const certificate = makeCertificate(keys, parts.certificate ?? {});
  const kid = parts.namedKid ?? kidOf(certificate);
  const where = parts.isKidOutside === true ? { kid: null, unprotectedKid: kid } : { kid };
  const file = {
    PREFIX: makeDcc({ key: keys.privateKey, ...parts, ...where }),
    TESTCTX: { CERTIFICATE: certificate.raw.toString('base64'), VALIDATIONCLOCK: parts.clock ?? CLOCK },
    EXPECTEDRESULTS: Object.fromEntries(Object.entries(flags).map(([flag, value]) => [`EXPECTED${flag}`, value])),
  };
  const at = join(folder, path);
  mkdirSync(join(at, '..'), { recursive: true });
  writeFileSync(at, (parts.spell ?? ((json) => json))(JSON.stringify(file)));
}

function reportOf(): Report {
  const report = measure(folder)?.find(({ names }) => names.includes('dgc-testdata'))?.report;
  if (report === undefined || report === null) throw new Error('the set was not found');
  return report;
}

const FILE = 'dgc-testdata/XX/2DCode/raw/1.json';
const GOOD = { VERIFY: true, EXPIRATIONCHECK: true, KEYUSAGE: true, SCHEMAVALIDATION: true, COMPRESSION: true };

describe('what the public set has that a narrow reader would trip over', () => {
  it.each<[string, FileParts]>([
    ['a COSE message without its tag', { wrap: (inner) => inner }],
    ['a COSE message in the tag of a CWT', { wrap: (inner) => cbor.tag(61, cbor.tag(18, inner)) }],
    ['a key id of three bytes outside the signed header', { namedKid: Buffer.from('abc'), isKidOutside: true }],
    ['a key id that is not the hash of the certificate', { namedKid: Buffer.from('not-hash') }],
    ['alg outside the signed header alone', { alg: null, unprotectedAlg: cbor.int(-7) }],
    ['ES256 with a key on P-384', { curve: 'P-384' }],
    ['dates with fractions', { iat: cbor.float(ISSUED_S + 0.5), exp: cbor.float(EXPIRES_S + 0.5) }],
    ['null beside the one that is filled', { dcc: person({ v: [VACCINATION], t: null, r: null }) }],
    ['a file with a byte order mark', { spell: (json) => `\ufeff${json}` }],
    ['a file in UTF-16', { spell: (json) => Buffer.from(`\ufeff${json}`, 'utf16le') }],
    ['a clock whose zone has no colon', { clock: CLOCK.replace('.000Z', '+0000') }],
  ])('is good with %s', (_, parts) => {
    put(FILE, GOOD, parts);
    expect(reportOf()).toMatchObject({ vectors: 5, agree: 5, disagreements: [] });
  });

  it.each<[string, Readonly<Record<string, boolean | string>>, FileParts]>([
    ['bytes that are not compressed', { COMPRESSION: false }, { compress: (cose) => cose }],
    ['another key id than that of its key', { VERIFY: false }, { namedKid: Buffer.from('not-hash') }],
    [
      'a signature of another key',
      { VERIFY: false },
      { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey },
    ],
    [
      'all three entries filled',
      { SCHEMAVALIDATION: false },
      { dcc: person({ v: [VACCINATION], t: [TEST], r: [{}] }) },
    ],
    ['a key for tests', { KEYUSAGE: false }, { certificate: { usages: [TEST_SIGNER] } }],
    ['a clock after its end', { EXPIRATIONCHECK: false }, { clock: '2031-01-01T00:00:00Z' }],
    [
      'a key for tests, dates that are over and no entry at once',
      { KEYUSAGE: false, EXPIRATIONCHECK: false, SCHEMAVALIDATION: false },
      { certificate: { usages: [TEST_SIGNER] }, clock: '2031-01-01T00:00:00Z', dcc: person({ v: [{}] }) },
    ],
  ])('is bad with %s, and called good it is a disagreement', (_, flags, parts) => {
    put(FILE, flags, parts);
    const { vectors, disagreements } = reportOf();
    expect([vectors, disagreements]).toEqual([Object.keys(flags).length, []]);
    put(FILE, Object.fromEntries(Object.keys(flags).map((flag) => [flag, true])), { ...parts });
    // A key id that is not the hash is given as the set gives it: the certificate then goes by that name.
    const isRenamed = parts.namedKid !== undefined;
    expect(reportOf().disagreements).toHaveLength(isRenamed ? 0 : Object.keys(flags).length);
  });

  it('a good certificate called bad is a disagreement, also where the flag is written as text', () => {
    put(FILE, {
      VERIFY: 'false',
      KEYUSAGE: false,
      EXPIRATIONCHECK: false,
      SCHEMAVALIDATION: false,
      COMPRESSION: false,
    });
    expect(reportOf().disagreements).toHaveLength(5);
  });

  it('no exception excuses a signature that should not have counted', () => {
    put('dgc-testdata/FI/2DCode/raw/1.json', { VERIFY: false });
    expect(reportOf()).toMatchObject({ exceptions: [], disagreements: [expect.stringContaining('VERIFY false')] });
  });

  it('a stray file and a broken one are passed over', () => {
    put(FILE, GOOD);
    writeFileSync(join(folder, 'dgc-testdata/6.json'), '{"v":[]}');
    writeFileSync(join(folder, 'dgc-testdata/broken.json'), '{"PREFIX":');
    expect(reportOf()).toMatchObject({ vectors: 5, agree: 5, disagreements: [] });
  });
});

describe('the folder of a set', () => {
  it.each(['dgc-testdata', 'eu-digital-green-certificates/dgc-testdata', 'a/b/dgc-testdata-main'])(
    'is found by its name: %s',
    (path) => {
      put(join(path, 'XX/2DCode/raw/1.json'), GOOD);
      expect(reportOf().agree).toBe(5);
    },
  );

  it('in the folder itself, and twice, counts every file once', () => {
    put('dgc-testdata/dgc-testdata/1.json', GOOD);
    put('other/dgc-testdata/1.json', GOOD);
    expect(reportOf().agree).toBe(10);
  });
});

describe('the command', () => {
  const written: string[] = [];
  const run = (...args: string[]): number => {
    written.length = 0;
    const keep = (text: string | Uint8Array): boolean => written.push(String(text)) > 0;
    const [out, error] = [process.stdout.write, process.stderr.write];
    process.stdout.write = keep;
    process.stderr.write = keep;
    try {
      return conformance(args, folder);
    } finally {
      process.stdout.write = out;
      process.stderr.write = error;
    }
  };

  it('ends with 0 where all agree, and names what is absent', () => {
    put(FILE, GOOD);
    expect(run()).toBe(0);
    expect(written.join('')).toMatch(/EU DCC \(dgc-testdata\) +5 +5 +0 +0\n/);
    expect(written.join('')).toMatch(/Wycheproof RSA +absent/);
  });

  it('ends with 1 and a sentence for one disagreement', () => {
    put(FILE, { ...GOOD, VERIFY: false });
    expect(run()).toBe(1);
    expect(written.join('')).toContain('DISAGREES: XX/2DCode/raw/1.json: VERIFY false, but ok');
  });

  it('a set whose folder is empty is absent, and alone it is nothing', () => {
    mkdirSync(join(folder, 'totp'));
    expect(run()).toBe(2);
    expect(written.join('')).toContain('nothing was measured');
  });

  it('ends with 1 for an absent set where all are required', () => {
    put(FILE, GOOD);
    expect(run('--require-all')).toBe(1);
  });

  it.each([
    ['an option that it does not have', () => ['--fast'], '--vectors DIR'],
    ['a folder that is not there', () => ['--vectors', join(folder, 'none')], 'no folder'],
    ['a folder without sets', () => ['--vectors', folder], 'nothing was measured'],
  ])('ends with 2 and one sentence for %s', (_, args, sentence) => {
    expect(run(...args())).toBe(2);
    expect(written).toEqual([expect.stringContaining(sentence)]);
  });
});
