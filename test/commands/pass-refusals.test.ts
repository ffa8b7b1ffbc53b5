import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pass as passCommand } from '../../src/commands/pass.ts';
import { MAX_QR_BYTES } from '../../src/commands/pass-issue.ts';
import { complaintOf, jsonLines, ran } from '../support/command.ts';
import { refusedBy } from '../support/in-process.ts';

const EXP = '2099-01-01T00:00:00Z';

let folder: string;
let keys: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-pass-refusals-'));
  keys = join(folder, 'keys');
  expect((await ran(['pass', 'keygen', '--iss', 'box-office', '--out', keys])).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

const refusal = (...args: readonly string[]): Promise<string> => refusedBy(passCommand, args);
const claimsFile = (content: unknown): string => {
  const path = join(folder, 'claims.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const issueArgs = (...more: readonly string[]): readonly string[] => [
  ...['issue', '--key', join(keys, 'key.jwk'), '--iss', 'box-office', '--kind', 'ticket', '--exp', EXP],
  ...more,
];
const verifyAt = async (now: string, token: string) => {
  const args = ['verify', '--json', '--trust', join(keys, 'public.jwks.json'), '--now', now];
  return jsonLines(await ran(args, { input: token }))[0];
};

describe('pass keygen a second time', () => {
  it.each(['key.jwk', 'public.jwks.json'])(
    'does not replace the %s, with which passes are out already',
    async (name) => {
      const out = join(folder, `holds-${name}`);
      expect((await ran(['pass', 'keygen', '--iss', 'x', '--out', out])).code).toBe(0);
      const before = readFileSync(join(out, name));
      rmSync(join(out, name === 'key.jwk' ? 'public.jwks.json' : 'key.jwk'));
      const said = await refusal('keygen', '--iss', 'x', '--out', out);
      expect(said).toBe(`${join(out, name)} is there already and is not replaced: name another --out`);
      expect(readFileSync(join(out, name))).toEqual(before);
    },
  );

  it.each([
    ['256 characters', 'x'.repeat(256), true],
    ['256 Hangul', '문'.repeat(256), true],
    ['257 characters', 'x'.repeat(257), false],
    ['a line break', 'box\noffice', false],
    ['a reversal of direction', 'box\u202eoffice', false],
  ])('takes or refuses an issuer of %s', async (_, iss, isTaken) => {
    const out = join(folder, 'named', String(iss.length), String(isTaken), encodeURIComponent(iss.slice(0, 4)));
    if (isTaken) {
      expect((await ran(['pass', 'keygen', '--iss', iss, '--out', out])).code).toBe(0);
      expect(JSON.parse(readFileSync(join(out, 'public.jwks.json'), 'utf8'))).toMatchObject({ iss });
      return;
    }
    expect(await refusal('keygen', '--iss', iss, '--out', out)).toMatch(/^--iss must be 1 to 256 printable characters/);
    expect(existsSync(out)).toBe(false);
  });
});

describe('pass issue prints no pass that every door would turn away', () => {
  it.each([
    ['a health kind without its entry', 'vaccination', {}, /bad-claims \(a pass of the kind vaccination /],
    [
      'a ticket with a dose',
      'ticket',
      { v: { dn: 1, sd: 1, dt: '2021-01-01' } },
      /bad-claims \(a pass of the kind ticket /,
    ],
    ['single that is a word', 'ticket', { single: 'yes' }, /bad-claims \(single is neither true nor false\)$/],
    ['a product that is a number', 'ticket', { product: 5 }, /bad-claims \(product is not a text/],
    ['a date of birth that is none', 'ticket', { dob: 'spring' }, /bad-claims \(dob is no date\)$/],
  ])('%s', async (_, kind, claims, words) => {
    const said = await refusal(...issueArgs('--kind', kind, '--claims', claimsFile(claims)));
    expect(said).toMatch(/^no door would admit this pass: /);
    expect(said).toMatch(words);
  });

  it('on the built command line: exit code 2, one sentence, no token', async () => {
    const { code, says } = complaintOf(await ran(['pass', ...issueArgs('--kind', 'test')]));
    expect([code, says]).toEqual([2, expect.stringMatching(/^no door would admit this pass: bad-claims/)]);
  });

  it.each([
    ['claims with a name twice', '{"dob":"1958","dob":"1985"}', /claims\.json cannot be read as JSON: a name is given/],
    ['a time of issue of their own', { iat: 1 }, /holds 'iat': give that as --now$/],
    ['a begin of their own', { nbf: 1 }, /holds 'nbf': give that as --nbf$/],
  ])('%s', async (_, claims, words) => {
    expect(await refusal(...issueArgs('--claims', claimsFile(claims)))).toMatch(words);
  });

  it('a begin at or after its end; the second before is enough', async () => {
    const exp = Date.parse(EXP) / 1_000;
    for (const nbf of [exp, exp + 1]) {
      const said = await refusal(...issueArgs('--nbf', String(nbf)));
      expect(said).toBe('--nbf must be before --exp: this pass would never be valid');
    }
    expect((await ran(['pass', ...issueArgs('--nbf', String(exp - 1))])).code).toBe(0);
  });

  it('an end that is over, unless it is issued as of a time before', async () => {
    const past = ['issue', '--key', join(keys, 'key.jwk'), '--iss', 'box-office', '--kind', 'ticket', '--exp', '1000'];
    const over = /^--exp: a pass until 1970-01-01T00:16:40\.000Z has ended already; choose a later end/;
    expect(await refusal(...past)).toMatch(over);
    expect(await refusal(...past, '--now', '1000')).toMatch(over);
    const { code, out } = await ran(['pass', ...past, '--now', '999']);
    expect(code).toBe(0);
    expect(JSON.parse(Buffer.from(out.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      iat: 999,
      exp: 1_000,
    });
    expect(await verifyAt('999', out)).toMatchObject({ verdict: 'admit' });
    expect(await verifyAt('1000', out)).toMatchObject({ verdict: 'refuse', reason: 'expired' });
  });

  it('more than the largest QR code holds', async () => {
    const tokenOf = async (padding: number) =>
      ran(['pass', ...issueArgs('--jti', 'fixed-jti', '--claims', claimsFile({ note: 'x'.repeat(padding) }))]);
    const spare = MAX_QR_BYTES - (await tokenOf(0)).out.trim().length;
    // Three bytes of claims are four characters of the token.
    const most = Math.floor((spare * 3) / 4);
    const fits = await tokenOf(most);
    expect(fits.out.trim().length).toBeLessThanOrEqual(MAX_QR_BYTES);
    expect(fits.out.trim().length).toBeGreaterThan(MAX_QR_BYTES - 3);
    const { code, says } = complaintOf(await tokenOf(most + 3));
    expect([code, says]).toEqual([2, expect.stringMatching(/^the pass would need 295\d bytes of 2953 in a QR code/)]);
  });

  it('with an issuer that no kiosk would show', async () => {
    expect(await refusal(...issueArgs('--iss', 'box\u001boffice'))).toMatch(/^--iss must be 1 to 256 printable/);
  });

  it('nor does it quote a key file that it cannot read', async () => {
    const broken = join(folder, 'broken.jwk');
    writeFileSync(broken, '{"kty":"EC","d":"c2VjcmV0",');
    const said = await refusal(...issueArgs('--key', broken));
    expect(said).toBe(`${broken} is not a private key as 'pass keygen' makes it: not JSON`);
  });
});

describe('each action of pass knows its own options alone', () => {
  it.each([
    [['keygen', '--iss', 'x', '--out', 'y', '--exp', EXP], '--exp'],
    [['keygen', '--iss', 'x', '--out', 'y', '--reveal'], '--reveal'],
    [['issue', '--out', 'y'], '--out'],
    [['issue', '--trust', 'y'], '--trust'],
    [['inspect', 'x', '--kind', 'ticket'], '--kind'],
    [['--alg', 'EdDSA', 'inspect', 'x'], '--alg'],
  ])('%j', async (args, option) => {
    expect(await refusal(...args)).toBe(`Unknown option '${option}'; see --help`);
  });

  it('wherever the action stands among the words', async () => {
    expect(await refusal('--exp', EXP, 'issue')).toBe('--key is missing; see --help');
  });
});

describe('pass inspect --data', () => {
  it('says which folder it reads', async () => {
    const { code, err } = await ran(['pass', 'inspect', 'x', '--data', folder]);
    expect([code, err]).toEqual([0, `data folder: ${folder}\n`]);
  });

  it('refuses a file in the place of a folder', async () => {
    const path = claimsFile({});
    expect(await refusal('inspect', 'x', '--data', path)).toBe(
      `the data folder ${path} cannot be read: it is no folder; name the kiosk's folder with --data DIR`,
    );
  });
});
