import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sticker as stickerCommand } from '../../src/commands/sticker.ts';
import { trust as trustCommand } from '../../src/commands/trust.ts';
import { MAX_DPI, MAX_WIDTH_DOTS, MIN_DPI, MIN_WIDTH_DOTS } from '../../src/settings/hardware.ts';
import { jsonLines, ran } from '../support/command.ts';
import { refusedBy } from '../support/in-process.ts';
import { type TestIssuer, testIssuer } from '../support/issuer.ts';
import { jwsSigner } from '../support/jws-signer.ts';
import { jwkOf, jwkSet } from '../support/trust-files.ts';

let folder: string;
let data: string;
let issuer: TestIssuer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-stores-refusals-'));
  data = join(folder, 'data');
  issuer = testIssuer(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const on = (...args: readonly string[]) => ran([...args, '--data', data], { cwd: folder });
const refusal = (command: typeof trustCommand, ...args: readonly string[]) =>
  refusedBy(command, [...args, '--data', data]);

describe('trust import', () => {
  it('counts in good English, to people', async () => {
    const one = await on('trust', 'import', '--unsigned', issuer.trustFile);
    expect([one.out, one.err.split('\n').at(-2)]).toEqual(['', 'imported 1 key from 1 file']);
    const two = join(folder, 'two.json');
    const signers = [jwsSigner(), jwsSigner()];
    const keys = signers.map(({ publicKey, kid }) => jwkOf(publicKey, { kid }));
    writeFileSync(two, jwkSet(keys, { iss: 'theatre', formats: ['entry-pass'] }));
    const more = await on('trust', 'import', '--unsigned', two, issuer.trustFile);
    expect(more.err.split('\n').at(-2)).toBe('imported 3 keys from 2 files');
    const { out } = await on('trust', 'list');
    expect(out).toMatch(/box-office\.jwks\.json .* 1 key /);
    expect(out).toMatch(/two\.json .* 2 keys /);
  });

  it('--json prints one object for programs', async () => {
    const imported = await on('trust', 'import', '--unsigned', '--json', issuer.trustFile);
    expect(jsonLines(imported)).toEqual([{ documents: 1, keys: 1 }]);
    expect(imported.err).toMatch(/imported 1 key from 1 file\n$/);
  });
});

it('trust list prints no line break and no escape sequence out of a key file', async () => {
  const { publicKey } = jwsSigner();
  const path = join(folder, 'odd\nname.json');
  writeFileSync(path, jwkSet([jwkOf(publicKey, { kid: 'k\u009b1' })], { iss: 'x\u001b]0;y', formats: ['entry-pass'] }));
  const imported = await on('trust', 'import', '--unsigned', path);
  expect(imported.code).toBe(0);
  const { out } = await on('trust', 'list');
  expect(out.split('\n')).toEqual([
    expect.stringContaining('odd name.json'),
    expect.stringMatching(/^ {2}k 1 {2}x \]0;y /),
    '',
  ]);
});

describe('each action knows its own options alone', () => {
  it.each([
    [stickerCommand, ['issue', '--kind', 'ticket', '--out', 'x'], '--out'],
    [stickerCommand, ['issue', '--kind', 'ticket', '--dpi', '203'], '--dpi'],
    [stickerCommand, ['revoke', 'A', '--print'], '--print'],
    [stickerCommand, ['render', 'x', '--out', 'x', '--until', '1'], '--until'],
    [stickerCommand, ['render', 'x', '--out', 'x', '--json'], '--json'],
    [trustCommand, ['list', '--unsigned'], '--unsigned'],
  ])('%#: %j', async (command, args, option) => {
    expect(await refusal(command, ...args)).toBe(`Unknown option '${option}'; see --help`);
  });
});

describe('sticker render draws for paper that a printer can have', () => {
  it.each([
    ['--width-dots', MIN_WIDTH_DOTS, MAX_WIDTH_DOTS],
    ['--dpi', MIN_DPI, MAX_DPI],
  ])('%s from %i to %i', async (option, first, last) => {
    const sentence = `${option} must be a whole number from ${first} to ${last}, not `;
    for (const value of [first - 1, last + 1, 300.5, '0300x', '']) {
      const said = await refusal(stickerCommand, 'render', 'x', '--out', 'x', `${option}=${value}`);
      expect(said).toBe(`${sentence}'${value}'`);
    }
    expect((await on('sticker', 'issue', '--kind', 'ticket')).code).toBe(0);
    for (const value of [first, last]) {
      const said = await refusal(stickerCommand, 'render', 'x', '--out', 'x', `${option}=${value}`);
      expect(said).toMatch(/^this is no valid sticker of /);
    }
  });
});

it('a word of the shell that is read from standard input is one line of it', async () => {
  expect((await on('trust', 'import', '--unsigned', issuer.trustFile)).code).toBe(0);
  const input = `${issuer.pass('ticket')}\r\nand more`;
  const issued = await ran(['sticker', 'issue', '--pass', '-', '--json', '--data', data], { input });
  const [{ token, id } = {}] = jsonLines(issued);
  const out = join(folder, 'drawn');
  const drawn = await ran(['sticker', 'render', '-', '--out', out, '--data', data], { input: `${token}\n` });
  expect([drawn.code, drawn.err]).toEqual([0, expect.stringContaining(`${id}.png`)]);
});

it('a data folder that is a file is called so by the commands that write', async () => {
  writeFileSync(data, '');
  expect(await refusal(stickerCommand, 'issue', '--kind', 'ticket')).toBe(
    `the data folder ${data} cannot be written: it is no folder; name another with --data DIR`,
  );
});

it('the lock belongs to one user alone, as all that lies beside it', async () => {
  await on('sticker', 'issue', '--kind', 'ticket');
  expect(statSync(join(data, 'lock')).mode & 0o777).toBe(0o600);
});
