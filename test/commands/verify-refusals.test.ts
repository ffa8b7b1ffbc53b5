import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify as verifyCommand } from '../../src/commands/verify.ts';
import { jsonLines, ran } from '../support/command.ts';
import { refusedBy } from '../support/in-process.ts';
import { type TestIssuer, testIssuer } from '../support/issuer.ts';
import { CLI } from '../support/kiosk-process.ts';

const NOW = '2021-12-13T11:40:00+09:00';

let folder: string;
let issuer: TestIssuer;
let pass: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-verify-refusals-'));
  issuer = testIssuer(folder);
  pass = issuer.pass('ticket');
});
afterAll(() => rmSync(folder, { recursive: true }));

const verify = (input: string | Buffer, ...args: readonly string[]) =>
  ran(['verify', '--trust', issuer.trustFile, '--now', NOW, ...args], { input });
const rowsOf = async (...call: Parameters<typeof verify>) =>
  jsonLines(await verify(call[0], '--json', ...call.slice(1).map(String)));

describe('verify --encoding file', () => {
  it.each([
    ['LF', '\n', 'admit'],
    ['CR', '\r', 'admit'],
    ['CRLF', '\r\n', 'admit'],
    ['nothing', '', 'admit'],
    ['two line ends', '\n\n', 'assist'],
    ['LFCR, which is two', '\n\r', 'assist'],
    ['a blank', ' ', 'assist'],
  ])('takes off one terminator: %s', async (_, end, verdict) => {
    expect(await rowsOf(`${pass}${end}`, '--encoding', 'file')).toMatchObject([{ line: 1, verdict }]);
  });
});

describe('verify --encoding base64', () => {
  it('calls a line that is none malformed and goes on', async () => {
    const good = Buffer.from(pass).toString('base64');
    const ended = await verify(`${good}\nnot base64\n\n${good}`, '--json', '--encoding', 'base64');
    const [first, second, third] = jsonLines(ended);
    expect([first?.['verdict'], third?.['verdict'], third?.['line']]).toEqual(['admit', 'admit', 4]);
    expect(second).toEqual({
      line: 2,
      verdict: 'assist',
      reason: 'malformed',
      rule: null,
      format: null,
      kind: null,
      issuer: null,
      kid: null,
      validFrom: null,
      validUntil: null,
    });
    expect(ended.code).toBe(1);
  });

  it.each([
    ['without its padding', (text: string) => text.replace(/=+$/, '')],
    ['of the address alphabet', (text: string) => Buffer.from(text, 'base64').toString('base64url')],
  ])('calls base64 %s malformed', async (_, spoilt) => {
    const good = Buffer.from(`${'\u00fb\u00ff'.repeat(3)}x`, 'latin1').toString('base64');
    expect(spoilt(good)).not.toBe(good);
    expect(await rowsOf(spoilt(good), '--encoding', 'base64')).toMatchObject([{ reason: 'malformed', format: null }]);
  });
});

it('what a pass says of its issuer writes no line of its own on the terminal', async () => {
  const evil = issuer.pass('ticket', { iss: 'x\u2028' });
  const { out } = await verify(`${evil}\nother\n`);
  expect(out).toMatch(/^1: assist: unknown-issuer \[entry-pass, ticket, x, until [^\u2028\n]*\n2: assist: /);
});

describe('verify --data', () => {
  it('says which folder it reads, apart from the verdicts', async () => {
    const verified = await verify(pass, '--data', folder, '--json');
    expect(verified.err).toBe(`data folder: ${folder}\n`);
    expect(jsonLines(verified)).toMatchObject([{ verdict: 'admit' }]);
  });

  it('refuses a file in the place of a folder', async () => {
    expect(await refusedBy(verifyCommand, ['--data', issuer.trustFile])).toBe(
      `the data folder ${issuer.trustFile} cannot be read: it is no folder; name the kiosk's folder with --data DIR`,
    );
  });
});

it('a time that a shell wrote is the time it means', async () => {
  const dated = issuer.pass('ticket', { exp: Date.parse('2021-12-13T02:40:00Z') / 1_000 });
  for (const now of ['2021-12-13T11:39:59+0900', '2021-12-13T02:39:59']) {
    expect(await rowsOf(dated, '--now', now)).toMatchObject([{ verdict: 'admit' }]);
  }
  expect(await rowsOf(dated, '--now', '2021-12-13T02:40:00')).toMatchObject([{ reason: 'expired' }]);
});

it('a complaint stays on one line, whatever it has to name', async () => {
  const said = await refusedBy(verifyCommand, ['--policy', 'a\nb\u001b[31m']);
  expect(said).toMatch(/^--policy 'a b \[31m' is neither a preset/);
  expect(await refusedBy(verifyCommand, ['--now', '-1'])).toBe("Option '--now' argument is ambiguous; see --help");
});

it('an input that somebody made non-blocking is read to its end, however slowly it comes', async () => {
  const path = join(folder, 'input.sock');
  const server = createServer({ allowHalfOpen: true }).listen(path);
  await once(server, 'listening');
  const given = createConnection(path);
  const connected = once(given, 'connect');
  const [writing] = (await once(server, 'connection')) as [Socket];
  await connected;
  const command = 'exec node "$0" verify --json --encoding file - <&3';
  const child = spawn('bash', ['-c', command, CLI], { stdio: ['ignore', 'pipe', 'pipe', given] });
  given.destroy();
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr?.on('data', (bytes: Buffer) => err.push(bytes));
  writing.on('error', () => {});
  const closed = once(child, 'close');
  // More than the system holds between two processes, in turns: the command reads while there is nothing to read yet.
  const part = Buffer.alloc(64 * 1_024, 'x');
  for (let turn = 0; turn < 512; turn += 1) await new Promise((resolve) => writing.write(part, resolve));
  writing.end();
  const [code] = (await closed) as [number];
  server.close();
  expect(Buffer.concat(err).toString()).toBe('');
  expect(JSON.parse(Buffer.concat(out).toString())).toMatchObject({ line: 1, reason: 'too-long' });
  expect(code).toBe(1);
});
