import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pass as passCommand } from '../../src/commands/pass.ts';
import { complaintOf, jsonLines, ran } from '../support/command.ts';
import { makeDcc } from '../support/dcc.ts';
import { refusedBy } from '../support/in-process.ts';

const EXP = '2099-01-01T00:00:00Z';
const DOSE = { v: { tg: '840539006', dn: 2, sd: 2, dt: '2021-11-13' } };

let folder: string;
let keys: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-pass-'));
  keys = join(folder, 'deep', 'keys');
  expect((await ran(['pass', 'keygen', '--iss', 'box-office', '--out', keys])).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

const claimsFile = (content: unknown): string => {
  const path = join(folder, 'claims.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const issue = (...args: readonly string[]) =>
  ran(['pass', 'issue', '--key', join(keys, 'key.jwk'), '--iss', 'box-office', '--exp', EXP, ...args]);
const verify = async (token: string) => {
  const verified = await ran(['verify', '--json', '--trust', join(keys, 'public.jwks.json')], { input: token });
  return { code: verified.code, row: jsonLines(verified)[0] };
};
const refusal = (args: readonly string[]): Promise<string> => refusedBy(passCommand, args);

describe('pass keygen', () => {
  it('keeps the secret key from everybody else, and gives out no secret', () => {
    expect(statSync(join(keys, 'key.jwk')).mode & 0o777).toBe(0o600);
    const set = JSON.parse(readFileSync(join(keys, 'public.jwks.json'), 'utf8'));
    expect(set).toMatchObject({ iss: 'box-office', keys: [{ kty: 'EC', crv: 'P-256', kid: expect.any(String) }] });
    expect(set.keys[0]).not.toHaveProperty('d');
    expect(JSON.parse(readFileSync(join(keys, 'key.jwk'), 'utf8'))).toMatchObject({ kid: set.keys[0].kid });
  });

  it('never overwrites a key: passes that are out there would be worth nothing', async () => {
    const before = readFileSync(join(keys, 'key.jwk'), 'utf8');
    const { code } = complaintOf(await ran(['pass', 'keygen', '--iss', 'box-office', '--out', keys]));
    expect(code).toBe(2);
    expect(readFileSync(join(keys, 'key.jwk'), 'utf8')).toBe(before);
  });

  it('makes Ed25519 keys as well, and passes of both are admitted', async () => {
    const out = join(folder, 'ed25519');
    expect((await ran(['pass', 'keygen', '--iss', 'box-office', '--out', out, '--alg', 'EdDSA'])).code).toBe(0);
    const args = ['--iss', 'box-office', '--kind', 'ticket', '--exp', EXP];
    const { out: token } = await ran(['pass', 'issue', '--key', join(out, 'key.jwk'), ...args]);
    const verified = await ran(['verify', '--trust', join(out, 'public.jwks.json')], { input: token });
    expect(verified.code).toBe(0);
  });
});

describe('pass issue', () => {
  it('prints one token that verify admits, with what the options said', async () => {
    const issued = await issue('--kind', 'membership', '--jti', 'member-0001', '--nbf', '2021-12-01T00:00:00+09:00');
    expect(issued.out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const [header, payload] = issued.out.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(Object.keys(JSON.parse(header ?? '')).sort()).toEqual(['alg', 'kid', 'typ']);
    expect(JSON.parse(header ?? '')).toMatchObject({ alg: 'ES256', typ: 'entry-pass+jwt' });
    expect(JSON.parse(payload ?? '')).toMatchObject({ iss: 'box-office', jti: 'member-0001', kind: 'membership' });
    expect(await verify(issued.out)).toMatchObject({
      code: 0,
      row: {
        verdict: 'admit',
        kind: 'membership',
        validFrom: '2021-11-30T15:00:00.000Z',
        validUntil: '2099-01-01T00:00:00.000Z',
      },
    });
  });

  it('draws another name for each pass', async () => {
    const [one, other] = await Promise.all([issue('--kind', 'ticket'), issue('--kind', 'ticket')]);
    const jti = (token: string): unknown =>
      JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).jti;
    expect(jti(one.out)).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
    expect(jti(one.out)).not.toBe(jti(other.out));
  });

  it('carries a health entry from a claims file', async () => {
    const dose = await issue('--kind', 'vaccination', '--claims', claimsFile(DOSE));
    expect(await verify(dose.out)).toMatchObject({ code: 0, row: { kind: 'vaccination' } });
  });

  it.each([
    ['a health pass without its health entry', ['--kind', 'vaccination'], {}],
    ['a ticket with a health entry', ['--kind', 'ticket'], DOSE],
    ['an entry that lacks what rules rest on', ['--kind', 'vaccination'], { v: { dn: 2 } }],
  ])('prints nothing that no door would admit: %s', async (_, args, claims) => {
    const { code } = complaintOf(await issue(...args, '--claims', claimsFile(claims)));
    expect(code).toBe(2);
  });

  const at = (word: string): string =>
    word === 'KEY' ? join(keys, 'key.jwk') : word === 'PUBLIC' ? join(keys, 'public.jwks.json') : word;
  const good = ['--key', 'KEY', '--iss', 'box-office', '--kind', 'ticket', '--exp', EXP];
  const without = (option: string): readonly string[] =>
    good.filter((word, at) => word !== option && good[at - 1] !== option);
  it.each([
    ['no key', without('--key'), /^--key is missing/],
    ['no issuer', without('--iss'), /^--iss is missing/],
    ['no kind', without('--kind'), /^--kind is missing/],
    ['no end', without('--exp'), /^--exp is missing/],
    ['an unknown kind', [...without('--kind'), '--kind', 'tikcet'], /^--kind must be one of .*, not 'tikcet'$/],
    ['an end that is no time', [...without('--exp'), '--exp', 'tomorrow'], /^--exp: 'tomorrow' is not a time like /],
    ['a name that is too short', [...good, '--jti', 'seven_7'], /^--jti must be 8 to 64 of/],
    ['a name that is too long', [...good, '--jti', 'x'.repeat(65)], /^--jti must be 8 to 64 of/],
    [
      'the public keys for the secret one',
      [...without('--key'), '--key', 'PUBLIC'],
      /public\.jwks\.json is not a private key/,
    ],
    [
      'a key file that is not there',
      [...without('--key'), '--key', 'absent'],
      /^absent is not a private key as 'pass keygen' makes it/,
    ],
    ['claims that are not there', [...good, '--claims', 'absent'], /^absent cannot be read as JSON/],
    ['a word too many', [...good, 'now'], /^'now' is not expected/],
  ])('is refused with %s', async (_, args, sentence) => {
    expect(await refusal(['issue', ...args.map(at)])).toMatch(sentence);
  });

  it.each([
    ['a list', [1], /must hold one JSON object/],
    ['what is no JSON', '{', /cannot be read as JSON/],
    ['an end of its own', { exp: 1 }, /holds 'exp': give that as --exp$/],
    ['an issuer of its own', { iss: 'x' }, /holds 'iss': give that as --iss$/],
  ])('is refused with claims that hold %s', async (_, content, sentence) => {
    expect(await refusal(['issue', ...good.map(at), '--claims', claimsFile(content)])).toMatch(sentence);
  });

  it.each([8, 64])('takes a name of %i characters', async (length) => {
    const issued = await issue('--kind', 'ticket', '--jti', 'x'.repeat(length));
    expect((await verify(issued.out)).code).toBe(0);
  });
});

describe('pass inspect', () => {
  it('explains a scan in words, and tells a name only when it is asked to', async () => {
    const claims = claimsFile({ nam: { fn: 'Muster', gn: 'Gabriele' }, dob: '1958-03-01' });
    const { out: token } = await issue('--kind', 'membership', '--claims', claims);
    const inspect = ['pass', 'inspect', token.trim(), '--trust', join(keys, 'public.jwks.json')];
    const [hidden, revealed] = await Promise.all([ran(inspect), ran([...inspect, '--reveal'])]);
    expect([hidden.code, revealed.code]).toEqual([0, 0]);
    expect(hidden.out).toMatch(/membership/);
    expect(hidden.out).not.toMatch(/MUSTER|GABRIELE|1958/i);
    expect(revealed.out).toMatch(/Gabriele.*1958/);
  });

  it('says of a scan that nobody here can judge what it seems to be, and that this is not proven', async () => {
    const { out, code } = await ran(['pass', 'inspect', makeDcc()]);
    expect(code).toBe(0);
    expect(out).toMatch(/EU Digital COVID Certificate.*unknown-key.*proven/);
    expect(out).not.toMatch(/MUSTER|1998/i);
  });

  it('explains an empty scan like any other', async () => {
    const { out, code } = await ran(['pass', 'inspect', '']);
    expect(code).toBe(0);
    expect(out).toMatch(/malformed.*the code is empty/);
  });

  it('reads standard input by -', async () => {
    const issued = await issue('--kind', 'ticket');
    const trust = ['--trust', join(keys, 'public.jwks.json')];
    const [named, piped] = await Promise.all([
      ran(['pass', 'inspect', issued.out.trim(), ...trust]),
      ran(['pass', 'inspect', '-', ...trust], { input: issued.out }),
    ]);
    expect(piped.out).toBe(named.out);
    expect(piped.out).toContain('box-office');
  });
});

it.each([
  [[], /^say 'munjigi pass keygen', 'issue' or 'inspect'/],
  [['mint'], /^say 'munjigi pass keygen', 'issue' or 'inspect'/],
  [['inspect'], /^the text to inspect is missing/],
  [['keygen', '--out', 'x'], /^--iss is missing/],
  [['keygen', '--iss', 'x'], /^--out is missing/],
  [['keygen', '--iss', 'x', '--out', '/proc/x'], /^\/proc\/x cannot be written/],
  [['keygen', '--iss', 'x', '--out', 'y', '--alg', 'RS256'], /^--alg must be ES256 or EdDSA, not 'RS256'$/],
])('munjigi pass %j is refused with one sentence', async (args, sentence) => {
  expect(await refusal(args)).toMatch(sentence);
});
