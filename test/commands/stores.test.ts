import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../src/commands/command.ts';
import { journal } from '../../src/commands/journal.ts';
import { sticker } from '../../src/commands/sticker.ts';
import { trust } from '../../src/commands/trust.ts';
import { verify } from '../../src/commands/verify.ts';
import { complaintOf, inShell, jsonLines, ran } from '../support/command.ts';
import { entriesIn, typesIn } from '../support/entries.ts';
import { renderPaper } from '../support/escpos.ts';
import { refusedBy } from '../support/in-process.ts';
import { type TestIssuer, testIssuer } from '../support/issuer.ts';
import { jwsSigner } from '../support/jws-signer.ts';
import { jwkOf, jwkSet } from '../support/trust-files.ts';

/** The commands on a data folder that no kiosk holds. */
let folder: string;
let data: string;
let issuer: TestIssuer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-stores-'));
  data = join(folder, 'data');
  issuer = testIssuer(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const on = (...args: readonly string[]) => ran([...args, '--data', data], { cwd: folder });
const refusal = (command: Command, ...args: readonly string[]): Promise<string> =>
  refusedBy(command, [...args, '--data', data]);
const importKeys = (...files: readonly string[]) => on('trust', 'import', '--unsigned', ...files);

describe('trust import', () => {
  it('makes a kiosk trust the keys, says so in the journal, and lists them', async () => {
    const before = await ran(['verify'], { input: issuer.pass('ticket') });
    expect(before.code).toBe(1);
    expect((await importKeys(issuer.trustFile)).code).toBe(0);
    const after = await ran(['verify', '--data', data], { input: issuer.pass('ticket') });
    expect(after.code).toBe(0);
    expect(entriesIn(data)).toMatchObject([
      { type: 'trust-imported', signed: false, keys: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    const listed = jsonLines(await on('trust', 'list', '--json'));
    expect(listed).toEqual([
      {
        name: issuer.trustFile,
        issuer: null,
        sha256: expect.any(String),
        keys: 1,
        importedAt: expect.stringMatching(/Z$/),
      },
    ]);
    const { out } = await on('trust', 'list');
    expect(out).toContain(issuer.trustFile);
    expect(out).toContain(issuer.signer.kid);
  });

  it('takes all files or none, and a refused one leaves no entry', async () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, '{"keys": []}');
    const { code, says } = complaintOf(await importKeys(issuer.trustFile, broken));
    expect([code, says]).toEqual([2, expect.stringMatching(/broken\.json/)]);
    expect(jsonLines(await on('trust', 'list', '--json'))).toEqual([]);
    expect(typesIn(data)).toEqual([]);
  });

  it('refuses another key under a name that is taken', async () => {
    await importKeys(issuer.trustFile);
    const twin = join(folder, 'twin.json');
    writeFileSync(twin, jwkSet([jwkOf(jwsSigner().publicKey, { kid: issuer.signer.kid })], { iss: 'box-office' }));
    expect(complaintOf(await importKeys(twin)).says).toContain('twin.json');
    expect(typesIn(data)).toEqual(['trust-imported']);
  });

  it.each([
    [['import'], /^name at least one file; see --help$/],
    [['import', 'keys.json'], /^cannot read keys\.json/],
    [['import', '--unsigned', '--root', 'r', 'keys.json'], /^--root and --fingerprint are for signed lists/],
    [['import', '--unsigned', 'absent'], /^cannot read absent/],
    [['list'], /^the data folder \S+ cannot be read: .*; name the kiosk's folder with --data DIR$/],
    [['list', 'all'], /^'all' is not expected/],
    [['export'], /^say 'munjigi trust import', 'list', 'check', 'keygen' or 'sign'/],
    [['list', '--jsno'], /^Unknown option '--jsno'/],
  ])('%j is refused with one sentence', async (args, sentence) => {
    expect(await refusal(trust, ...args)).toMatch(sentence);
  });
});

describe('sticker issue without a running kiosk', () => {
  it('prints a token that this kiosk’s door admits and no other’s', async () => {
    const issued = await on('sticker', 'issue', '--kind', 'exemption', '--via', 'paper', '--json');
    const [row = {}] = jsonLines(issued);
    expect(Object.keys(row)).toEqual(['id', 'token', 'validUntil']);
    const token = String(row['token']);
    expect(token.length).toBeLessThanOrEqual(331);
    const verified = await ran(['verify', '--json', '--data', data], { input: token });
    expect(jsonLines(verified)).toMatchObject([
      { verdict: 'admit', format: 'sticker', kind: 'exemption', validUntil: row['validUntil'] },
    ]);
    expect((await ran(['verify'], { input: token })).code).toBe(1);
    expect(entriesIn(data)).toMatchObject([
      { type: 'sticker-issued', sticker: row['id'], kind: 'exemption', via: 'paper', of: null },
    ]);
  });

  it('prints the bare token for people and pipes', async () => {
    const issued = await on('sticker', 'issue', '--kind', 'ticket');
    expect(issued.out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(issued.err).toMatch(/sticker [0-9A-Z]{8}, valid until \d{4}-/);
  });

  it('takes an id back as it is read aloud, once', async () => {
    const [{ id = '' } = {}] = jsonLines(await on('sticker', 'issue', '--kind', 'ticket', '--json'));
    const spoken = `${String(id).slice(0, 2)}-${String(id).slice(2)}`.toLowerCase();
    expect((await on('sticker', 'revoke', spoken)).code).toBe(0);
    expect(await refusal(sticker, 'revoke', spoken)).toMatch(/^no valid sticker '[0-9A-Z]{8}' was issued here/);
    expect(typesIn(data)).toEqual(['sticker-issued', 'sticker-revoked']);
  });

  it.each([
    [['issue'], /^give either --pass or --kind/],
    [['issue', '--kind', 'ticket', '--pass', 'x'], /^give either --pass or --kind/],
    [['issue', '--kind', 'tikcet'], /^kind must be one of /],
    [['issue', '--kind', 'ticket', '--via', 'rumour'], /^via must be one of /],
    [['issue', '--kind', 'ticket', '--until', '2001-01-01T00:00:00Z'], /ended already: choose a later end$/],
    [['issue', '--kind', 'ticket', '--until', 'noon'], /^--until: 'noon' is not a time like /],
    [['issue', '--kind', 'ticket', '--print'], /^no printer is configured: add one to the hardware file$/],
    [['issue', '--pass', 'a bus ticket'], /^the pass is not accepted: unsupported-format/],
    [['revoke'], /^the id of the sticker is missing/],
    [['paint'], /^say 'munjigi sticker issue', 'revoke' or 'render'/],
    [['issue', 'now'], /^'now' is not expected/],
  ])('%j is refused with one sentence and no entry', async (args, sentence) => {
    expect(await refusal(sticker, ...args)).toMatch(sentence);
    expect(typesIn(data)).toEqual([]);
  });
});

describe('sticker render', () => {
  it('writes the picture and the very bytes that a printer would get', async () => {
    const [{ id, token } = {}] = jsonLines(await on('sticker', 'issue', '--kind', 'ticket', '--json'));
    const out = join(folder, 'drawn', 'here');
    expect((await on('sticker', 'render', String(token), '--out', out, '--width-dots', '384')).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual([`${id}.escpos`, `${id}.png`]);
    const paper = renderPaper(readFileSync(join(out, `${id}.escpos`)), 384);
    expect(paper.height).toBeGreaterThan(300);
    // PNG (second edition) section 11.2.2: the width is the first number of IHDR.
    expect(readFileSync(join(out, `${id}.png`)).readUInt32BE(16)).toBe(384);
  });

  it.each([
    [['render', 'a bus ticket', '--out', 'x'], /^this is no valid sticker of \S+: unsupported-format$/],
    [['render', '--out', 'x'], /^the token is missing/],
    [['render', 'x', '--out', 'x', '--dpi', '0'], /^--dpi must be a whole number from 100 to 600, not '0'$/],
    [['render', 'x', '--out', 'x', '--type', 'zebra'], /^--type must be epson or star$/],
    [['render', 'x'], /^--out DIR is missing/],
  ])('%j is refused with one sentence', async (args, sentence) => {
    mkdirSync(data);
    expect(await refusal(sticker, ...args)).toMatch(sentence);
  });
});

describe('journal tail', () => {
  it('prints the newest entries oldest first, as they are stored or for people', async () => {
    for (let count = 0; count < 3; count += 1) await on('sticker', 'issue', '--kind', 'ticket');
    const json = jsonLines(await on('journal', 'tail', '--json', '--lines', '2'));
    expect(json).toEqual(entriesIn(data).slice(-2));
    expect(json.map(({ v, seq }) => [v, seq])).toEqual([
      [1, 1],
      [1, 2],
    ]);
    const { out } = await on('journal', 'tail');
    expect(out.split('\n')[0]).toMatch(/^0 {2}\d{4}-\d\d-\d\dT\S+Z {2}sticker-issued {2}.*kind=ticket/);
    expect(jsonLines(await on('journal', 'tail', '--json', '--lines', '0'))).toEqual([]);
  });

  it('ends without a word when its reader does', async () => {
    await on('sticker', 'issue', '--kind', 'ticket');
    const { err } = await inShell(`node "$CLI" journal tail --json --data ${data} | true`);
    expect(err).toBe(`data folder: ${data}\n`);
  });

  it.each([
    [[], /^say 'munjigi journal tail'/],
    [['head'], /^say 'munjigi journal tail'/],
    [['tail', '--lines', '-1'], /^Option '--lines' argument is ambiguous; see --help$/],
    [['tail', '--lines=-1'], /^--lines must be a number from 0 to 1000000, not '-1'$/],
    [['tail', '--lines', 'x'], /^--lines must be a number from 0 to 1000000, not 'x'$/],
    [['tail', '--lines', '1000001'], /^--lines must be a number from 0 to 1000000/],
    [['tail'], /^the data folder \S+ cannot be read/],
  ])('%j is refused with one sentence', async (args, sentence) => {
    expect(await refusal(journal, ...args)).toMatch(sentence);
  });

  it('of a damaged file, of none and of a newer version is one sentence, no crash; so is verify --data', async () => {
    await importKeys(issuer.trustFile);
    const path = join(data, 'journal.db');
    const newer = new Database(path);
    newer.pragma('user_version = 99');
    newer.close();
    expect(await refusal(journal, 'tail')).toMatch(/was written by a newer version of this program/);
    writeFileSync(path, 'overwritten '.repeat(1_000));
    expect(await refusal(journal, 'tail')).toMatch(/^cannot read the journal .*; keep the file and check the disk$/);
    expect(await refusal(verify)).toMatch(/^cannot read the journal /);
    rmSync(path);
    expect(await refusal(journal, 'tail')).toMatch(/^cannot read the journal .*; is --data the kiosk's data folder\?$/);
  });
});

it('secrets and the folder itself belong to one user alone', async () => {
  await on('sticker', 'issue', '--kind', 'ticket');
  const mode = (name: string): number => statSync(join(data, name)).mode & 0o777;
  expect([mode('.'), mode('keys')]).toEqual([0o700, 0o700]);
  for (const name of readdirSync(join(data, 'keys'))) expect([name, mode(join('keys', name))]).toEqual([name, 0o600]);
});
