import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify as verifyCommand } from '../../src/commands/verify.ts';
import { inShell, jsonLines, type Ran, ran } from '../support/command.ts';
import { healthCard } from '../support/health-card.ts';
import { refusedBy } from '../support/in-process.ts';
import { type TestIssuer, testIssuer } from '../support/issuer.ts';
import { jwsSigner } from '../support/jws-signer.ts';
import { policyText } from '../support/rules.ts';
import { jwkOf, jwkSet } from '../support/trust-files.ts';

const NOW = '2021-12-13T11:40:00+09:00';
const MEMBERS = 'line verdict reason rule format kind issuer kid validFrom validUntil'.split(' ');

let folder: string;
let issuer: TestIssuer;
let pass: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-verify-'));
  issuer = testIssuer(folder);
  pass = issuer.pass('ticket');
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const verify = (input: string | Buffer, ...args: readonly string[]): Promise<Ran> =>
  ran(['verify', '--json', '--trust', issuer.trustFile, '--now', NOW, ...args], { input, cwd: folder });
const rowsOf = async (...call: Parameters<typeof verify>) => jsonLines(await verify(...call));
const refusal = (...args: readonly string[]): Promise<string> => refusedBy(verifyCommand, ['--now', NOW, ...args]);

describe('verify --json', () => {
  it('writes the members of the contract in their order, times in UTC with milliseconds', async () => {
    const dated = issuer.pass('membership', { jti: 'member-1', nbf: 1_639_000_000, exp: 1_640_000_000 });
    const { out, code } = await verify(`${dated}\n`);
    expect(out).toBe(
      `{"line":1,"verdict":"admit","reason":"ok","rule":null,"format":"entry-pass","kind":"membership","issuer":"box-office","kid":"${issuer.signer.kid}","validFrom":"2021-12-08T21:46:40.000Z","validUntil":"2021-12-20T11:33:20.000Z"}\n`,
    );
    expect(code).toBe(0);
  });

  it('cuts the dates by the rules of a policy, and by none without one', async () => {
    const v = { tg: '840539006', dn: 2, sd: 2, dt: '2021-07-10' };
    const vaccinated = issuer.pass('vaccination', { nbf: 1_600_000_000, v });
    const untilOf = async (policy: string) => {
      const [row] = await rowsOf(`${vaccinated}\n`, '--policy', policy);
      return [row?.['validFrom'], row?.['validUntil']];
    };
    expect(await untilOf('none')).toEqual(['2020-09-13T12:26:40.000Z', '2099-01-01T00:00:00.000Z']);
    expect(await untilOf('kr-2022-01-10')).toEqual(['2021-07-23T15:00:00.000Z', '2022-01-06T15:00:00.000Z']);
  });

  it('asks the hours in the zone of the kiosk whose folder is given', async () => {
    const data = join(folder, 'berlin');
    mkdirSync(data);
    writeFileSync(join(data, 'settings.json'), JSON.stringify({ zone: 'Europe/Berlin' }));
    const hours = [{ days: ['mon'], from: '11:00', to: '12:00' }];
    const policy = file('noon.json', policyText({ hours }));
    expect(await rowsOf(`${pass}\n`, '--policy', policy)).toMatchObject([{ verdict: 'admit' }]);
    expect(await rowsOf(`${pass}\n`, '--policy', policy, '--data', data)).toMatchObject([{ rule: 'opening-hours' }]);
  });

  it('writes null for what is not known, never leaves a member out', async () => {
    const ran = await verify('a bus ticket\n');
    const [row = {}] = jsonLines(ran);
    expect(Object.keys(row)).toEqual(MEMBERS);
    expect(Object.values(row)).toEqual([1, 'assist', 'unsupported-format', null, null, null, null, null, null, null]);
    expect(ran.code).toBe(1);
  });

  it.each([
    ['nothing to judge', '', 0],
    ['all admitted', 'pass pass', 0],
    ['one of them not', 'pass other pass', 1],
  ])('ends by its exit code: %s', async (_, words, code) => {
    const input = words.replaceAll('pass', pass).replaceAll(' ', '\n');
    expect((await verify(input)).code).toBe(code);
  });

  it('numbers lines that end by LF, CR or CRLF, counts blank ones and prints nothing for them', async () => {
    const rows = await rowsOf(`\n\n${pass}\r\n\r\nother\r${pass}\n\n\n${pass}`);
    expect(rows.map(({ line, verdict }) => [line, verdict])).toEqual([
      [3, 'admit'],
      [5, 'assist'],
      [6, 'admit'],
      [9, 'admit'],
    ]);
  });

  it('takes off one terminator and not a byte more', async () => {
    const rows = await rowsOf(`${pass} \n ${pass}\n${pass}\t\n`);
    expect(rows.map(({ verdict }) => verdict)).toEqual(['assist', 'assist', 'assist']);
  });

  it('judges each line for itself: nothing is used up and nothing is written', async () => {
    const single = issuer.pass('ticket', { single: true });
    expect((await verify(`${single}\n${single}\n`)).code).toBe(0);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it('joins the codes of one card that lie on several lines', async () => {
    const cards = file('cards.jwks.json', jwkSet([jwkOf(issuer.signer.publicKey, { kid: issuer.signer.kid })]));
    const [first, second] = healthCard(issuer.signer, 'https://cards.example', 2);
    const rows = await rowsOf(`${second}\n${first}\n`, '--trust', `https://cards.example=${cards}`);
    expect(rows).toMatchObject([
      { line: 1, verdict: 'assist', reason: 'incomplete' },
      { line: 2, verdict: 'admit', format: 'smart-health-card', kind: 'vaccination', issuer: 'https://cards.example' },
    ]);
  });
});

describe('verify reads', () => {
  it('a file, standard input by - and by default, all with the same result', async () => {
    const path = file('passes', `${pass}\nother\n`);
    const [named, dash, plain] = await Promise.all([
      verify('', path),
      verify(`${pass}\nother\n`, '-'),
      verify(`${pass}\nother\n`),
    ]);
    expect(named).toEqual(plain);
    expect(dash).toEqual(plain);
    expect(jsonLines(plain)).toHaveLength(2);
  });

  it('base64 of one scan a line', async () => {
    const encoded = Buffer.from(pass).toString('base64');
    expect(await rowsOf(`\n${encoded}\r\n`, '--encoding', 'base64')).toMatchObject([{ line: 2, verdict: 'admit' }]);
  });

  it('what is no base64 as a scan that nobody can read, and goes on', async () => {
    const encoded = Buffer.from(pass).toString('base64');
    expect(await rowsOf(`${encoded}\nno base64!\n${encoded}`, '--encoding', 'base64')).toMatchObject([
      { line: 1, verdict: 'admit' },
      { line: 2, verdict: 'assist', reason: 'malformed', format: null },
      { line: 3, verdict: 'admit' },
    ]);
  });

  it('a whole file as one scan, line breaks and all but the last', async () => {
    expect(await rowsOf(pass, '--encoding', 'file')).toMatchObject([{ line: 1, verdict: 'admit' }]);
    expect(await rowsOf(`${pass}\r\n`, '--encoding', 'file')).toMatchObject([{ line: 1, verdict: 'admit' }]);
    expect(await rowsOf(`${pass}\n${pass}`, '--encoding', 'file')).toMatchObject([{ line: 1, verdict: 'assist' }]);
  });

  it('for people: one line a pass with the verdict and why', async () => {
    const { out, code } = await ran(['verify', '--trust', issuer.trustFile, '--now', NOW], {
      input: `${pass}\n\nother`,
    });
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^1: admit: ok \[entry-pass, ticket, box-office, until 2099-01-01T00:00:00\.000Z\]$/),
      '3: assist: unsupported-format',
      '',
    ]);
    expect(code).toBe(1);
  });

  it('no further, and says nothing, when whoever read its output has left', async () => {
    const many = file('many', 'other\n'.repeat(20_000));
    const { out, err, code } = await inShell(`node "$CLI" verify --json ${many} | head -1`);
    expect([out.split('\n').length, err, code]).toEqual([2, '', 1]);
  });
});

describe('verify at a time', () => {
  const NBF_S = 1_639_000_000;
  const EXP_S = 1_640_000_000;
  it.each([
    ['before it begins', '2021-12-08T21:46:39.999Z', 'refuse', 'not-yet-valid'],
    ['when it begins', '2021-12-08T21:46:40Z', 'admit', 'ok'],
    ['just before its end', '2021-12-20T11:33:19.999Z', 'admit', 'ok'],
    ['at its end (RFC 7519: on or after)', '2021-12-20T20:33:20+09:00', 'refuse', 'expired'],
  ])('%s', async (_, now, verdict, reason) => {
    const dated = issuer.pass('ticket', { nbf: NBF_S, exp: EXP_S });
    for (const policy of ['any-genuine', 'none']) {
      expect(await rowsOf(dated, '--now', now, '--policy', policy)).toMatchObject([{ verdict, reason }]);
    }
  });
});

describe('verify by a policy', () => {
  const POLICY = {
    id: 'members',
    title: { ko: '회원', en: 'Members', ja: '会員', zh: '会员' },
    admits: ['membership'],
  };
  const policyFile = (more: object): string => file('policy.json', JSON.stringify({ ...POLICY, ...more }));
  const EXPIRED = { exp: 1_600_000_000 };

  it('that is not named is any-genuine', async () => {
    const input = `${pass}\n${issuer.pass('membership', EXPIRED)}\nother`;
    expect(await rowsOf(input)).toEqual(await rowsOf(input, '--policy', 'any-genuine'));
  });

  it('none looks at the pass alone, a preset and a file at the rules of the house', async () => {
    const member = issuer.pass('membership');
    const failed = { verdict: 'assist', reason: 'rule-failed', rule: 'kind-admitted' };
    expect(await rowsOf(member, '--policy', 'none')).toMatchObject([{ verdict: 'admit', reason: 'ok', rule: null }]);
    expect(await rowsOf(member, '--policy', 'event-ticket')).toMatchObject([failed]);
    expect(await rowsOf(`${member}\n${pass}`, '--policy', policyFile({}))).toMatchObject([
      { verdict: 'admit' },
      failed,
    ]);
  });

  it('may send a pass past its date to staff, where the table leaves that choice', async () => {
    const expired = issuer.pass('membership', EXPIRED);
    const mild = policyFile({ verdicts: { expired: 'assist', 'rule-failed': 'refuse' } });
    const rows = await rowsOf(`${expired}\n${pass}`, '--policy', mild);
    expect(rows).toMatchObject([
      { verdict: 'assist', reason: 'expired' },
      { verdict: 'refuse', reason: 'rule-failed', rule: 'kind-admitted' },
    ]);
  });

  it('cuts the dates of a sticker; without one they are its own', async () => {
    const signer = jwsSigner();
    const kid = 'k1234567';
    const trust = file(
      'stickers.json',
      jwkSet([jwkOf(signer.publicKey, { kid })], { iss: 'venue/7A', formats: ['sticker'] }),
    );
    const issuedS = Date.parse('2021-12-13T00:00:00Z') / 1_000;
    const sticker = signer.sign(
      { alg: 'ES256', typ: 'sticker+jwt', kid },
      { iss: 'venue/7A', jti: '7A000001', iat: issuedS, exp: issuedS + 10 * 86_400, kind: 'ticket', via: 'paper' },
    );
    const at = async (policy: string) => (await rowsOf(sticker, '--trust', trust, '--policy', policy))[0];
    expect(await at('any-genuine')).toMatchObject({ verdict: 'admit', validUntil: '2021-12-14T00:00:00.000Z' });
    expect(await at('none')).toMatchObject({ verdict: 'admit', validUntil: '2021-12-23T00:00:00.000Z' });
  });

  it.each([
    ['is no JSON', '{', /policy\.json is not JSON/],
    ['lacks a member', '{}', /policy\.json: id is missing/],
    ['has one too many', JSON.stringify({ ...POLICY, rulse: [] }), /policy\.json: .*rulse/],
    [
      'lets a forged pass in',
      JSON.stringify({ ...POLICY, verdicts: { 'bad-signature': 'admit' } }),
      /verdicts\.bad-signature: 'admit' is not allowed, choose refuse$/,
    ],
    [
      'lets an unrecorded one in',
      JSON.stringify({ ...POLICY, verdicts: { 'journal-fault': 'admit' } }),
      /verdicts\.journal-fault: 'admit' is not allowed/,
    ],
  ])('that %s is refused', async (_, text, sentence) => {
    expect(await refusal('--policy', file('policy.json', text))).toMatch(sentence);
  });
});

describe('verify is called wrongly', () => {
  it.each([
    ['an unknown option', ['--polcy', 'none'], /^Unknown option '--polcy'; see --help$/],
    ['an option without its value', ['--now'], /--now.*; see --help$/],
    ['two files', ['a', 'b'], /^give one file, or - for standard input/],
    ['a file that is not there', ['absent'], /^absent cannot be read/],
    ['an unknown encoding', ['--encoding', 'hex'], /^--encoding must be line, base64, file, not 'hex'$/],
    ['a time that is none', ['--now', 'noon'], /^--now: 'noon' is not a time like /],
    ['a day that the calendar lacks', ['--now', '2021-02-29T00:00:00Z'], /is not a time like /],
    [
      'an unknown policy',
      ['--policy', 'none-at-all'],
      /^--policy 'none-at-all' is neither a preset \(any-genuine, event-ticket, membership, .*, none\) nor a file/,
    ],
    ['keys that are not there', ['--trust', 'absent'], /^cannot read absent/],
    ['a root that is not there', ['--trust-root', 'absent.jwk'], /^cannot read absent\.jwk/],
    ['a data folder that is not there', ['--data', 'absent'], /^the data folder absent cannot be read/],
  ])('%s', async (_, args, sentence) => {
    expect(await refusal(...args)).toMatch(sentence);
  });

  it('keys of nobody, of somebody else, or two under one name', async () => {
    const { signer } = issuer;
    const nameless = file('nameless.json', jwkSet([jwkOf(signer.publicKey)]));
    expect(await refusal('--trust', nameless)).toMatch(/nameless\.json names no issuer: write --trust ISSUER=/);
    expect(await refusal('--trust', `other=${issuer.trustFile}`)).toMatch(/is of issuer box-office, not of other$/);
    const twin = file('twin.json', jwkSet([jwkOf(jwsSigner().publicKey, { kid: signer.kid })], { iss: 'box-office' }));
    const says = await refusal('--trust', issuer.trustFile, '--trust', twin);
    expect(says).toContain('twin.json');
    expect(says).toContain(issuer.trustFile);
  });

  it('a folder without keys; with keys it is read, and what is nested in it is not', async () => {
    const keys = join(folder, 'keys');
    mkdirSync(join(keys, 'deeper'), { recursive: true });
    expect(await refusal('--trust', keys)).toMatch(/holds no files$/);
    writeFileSync(join(keys, 'deeper', 'broken'), '{');
    const set = jwkSet([jwkOf(issuer.signer.publicKey, { kid: issuer.signer.kid })], { formats: ['entry-pass'] });
    writeFileSync(join(keys, 'no-extension-says-what-it-is'), set);
    const { code } = await ran(['verify', '--trust', `box-office=${keys}`], { input: pass });
    expect(code).toBe(0);
  });
});
