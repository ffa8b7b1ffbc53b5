import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trust } from '../../src/commands/trust.ts';
import { verify } from '../../src/commands/verify.ts';
import { complaintOf, jsonLines, ran } from '../support/command.ts';
import { entriesIn, typesIn } from '../support/entries.ts';
import { refusedBy } from '../support/in-process.ts';
import { type TestIssuer, testIssuer } from '../support/issuer.ts';
import { policyText } from '../support/rules.ts';
import { keyEntry, publisher } from '../support/trust-publisher.ts';

/** Signed lists on the command line, on a data folder that no kiosk holds. */
let folder: string;
let data: string;
let issuer: TestIssuer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-trust-command-'));
  data = join(folder, 'data');
  issuer = testIssuer(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const YEARS = { iat: Date.parse('2021-12-13T00:00:00Z') / 1_000, staleAfter: 4_000_000_000, exp: 4_100_000_000 };
const root = publisher();
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const listFile = (version: number, more: object = {}): string => {
  const issuers = [{ id: 'box-office', keys: [keyEntry(issuer.signer)] }];
  return file(`list${version}.jwt`, root.list(version, { ...YEARS, issuers, ...more }));
};
const on = (...args: readonly string[]) => ran([...args, '--data', data], { cwd: folder });
/** Imports work in a thread that only the build has, so that these are runs of the built command. */
const refusal = async (...args: readonly string[]) => complaintOf(await on('trust', ...args)).says;

async function pin(): Promise<void> {
  const rootFile = file('root.jwk', root.rootFile);
  const says = await refusal('import', listFile(1), '--root', rootFile);
  const words = /add --fingerprint '([a-z ]+)'$/.exec(says)?.[1] ?? '';
  expect((await on('trust', 'import', listFile(1), '--root', rootFile, '--fingerprint', words)).code).toBe(0);
}

describe('trust import of a signed list', () => {
  it('pins the root once, opens the door for its issuers, and is in the journal', async () => {
    await pin();
    expect((await ran(['verify', '--data', data], { input: issuer.pass('ticket') })).code).toBe(0);
    const refused = await ran(['verify', '--json', '--data', data], { input: issuer.pass('vaccination') });
    expect(jsonLines(refused)).toMatchObject([{ verdict: 'refuse', reason: 'key-not-allowed' }]);
    const second = await on('trust', 'import', '--json', listFile(2));
    expect(jsonLines(second)).toEqual([{ version: 2, issuers: 1, keys: 1, imported: true }]);
    const again = await on('trust', 'import', '--json', join(folder, 'list2.jwt'));
    expect([again.code, jsonLines(again)]).toEqual([0, [{ version: 2, issuers: 1, keys: 1, imported: false }]]);
    expect(again.err).toContain('trust list 2 is imported already');
    expect(complaintOf(await on('trust', 'import', listFile(1)))).toMatchObject({ code: 2 });
    const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(entriesIn(data)).toMatchObject([
      { type: 'trust-root', root: root.signer.kid, became: 'pinned' },
      { type: 'trust-imported', signed: true, version: 1, sha256: digest, keys: 1 },
      { type: 'trust-imported', signed: true, version: 2, sha256: digest, keys: 1 },
    ]);
    expect(statSync(join(data, 'trust-root.jwk')).mode & 0o777).toBe(0o600);
  });

  it('wants one list, and says what else was given', async () => {
    const early = (...args: readonly string[]) => refusedBy(trust, ['import', ...args, '--data', data]);
    expect(await early(listFile(1), listFile(2))).toMatch(/one at a time, the oldest first$/);
    expect(await early(issuer.trustFile)).toMatch(/is no signed trust list: .*--unsigned/);
    expect(await early(`box-office=${listFile(1)}`)).toMatch(/leave out ISSUER=$/);
    expect(await early(listFile(1), '--root', 'absent')).toMatch(/^cannot read absent/);
    expect(await refusal('import', '--unsigned', listFile(1))).toMatch(/import it without --unsigned$/);
    expect(typesIn(data)).toEqual([]);
  });
});

describe('trust list and trust check', () => {
  it('show the list in use and the two before it, and what will become of it', async () => {
    await pin();
    for (const version of [2, 3, 4]) expect((await on('trust', 'import', listFile(version))).code).toBe(0);
    await on('trust', 'import', '--unsigned', testIssuer(folder, 'theatre').trustFile);
    const listed = jsonLines(await on('trust', 'list', '--json'));
    expect(listed).toMatchObject([
      { list: 4, inUse: true, condition: 'good', environment: 'production', issuers: 1, keys: 1 },
      { list: 3, inUse: false, condition: 'good' },
      { list: 2, inUse: false, condition: 'good' },
      { name: expect.stringContaining('theatre'), keys: 1 },
    ]);
    expect(listed[0]).toMatchObject({
      issuedAt: '2021-12-13T00:00:00.000Z',
      staleAfter: '2096-10-02T07:06:40.000Z',
      expiresAt: '2099-12-03T16:53:20.000Z',
      root: expect.stringMatching(/^([a-z]{5} ){5}[a-z]{5}$/),
    });
    const { out } = await on('trust', 'list');
    expect(out).toMatch(
      /^trust list 4 {2}in use {2}issued 2021-12-13T\S+ {2}stale after 2096-10-02T.*1 issuer {2}1 key/,
    );
    const check = await on('trust', 'check');
    expect([check.code, check.out]).toEqual([
      0,
      expect.stringContaining('until 2096-10-02 16:06 the door works as ever'),
    ]);
    expect(check.out).toContain('from 2099-12-04 01:53 on it admits nobody by itself');
    for (const [now, says] of [
      ['2097-01-01T00:00:00Z', 'trust list 4 is old (stale)'],
      ['2099-12-31T00:00:00Z', 'trust list 4 is too old (expired)'],
    ] as const) {
      const later = await on('trust', 'check', '--json', '--now', now);
      expect([later.code, jsonLines(later)]).toEqual([1, expect.arrayContaining([{ check: 'age', ok: false, says }])]);
    }
  });

  it('find a damaged list and name the one in its place', async () => {
    await pin();
    await on('trust', 'import', listFile(2));
    const db = new Database(join(data, 'trust.db'));
    db.prepare("UPDATE signed_list SET token = x'00' WHERE version = 2").run();
    db.close();
    const check = await on('trust', 'check');
    expect([check.code, check.out]).toEqual([1, expect.stringContaining('WRONG  the stored trust list 2 was changed')]);
    expect(jsonLines(await on('trust', 'list', '--json'))).toMatchObject([
      { list: 2, inUse: false, condition: 'damaged', keys: null },
      { list: 1, inUse: true, condition: 'good' },
    ]);
    const verified = await on('verify', '--json');
    expect(verified.err).toContain('trust list 1 is used in its place');
  });

  it('tell the policy that the publisher vouches for from one that somebody changed or forgot', async () => {
    const policy = policyText({ id: 'house' });
    const sha256 = createHash('sha256').update(policy).digest('hex');
    await pin();
    await on('trust', 'import', listFile(2, { policies: [{ id: 'house', sha256 }] }));
    const said = async () =>
      jsonLines(await on('trust', 'check', '--json')).filter(({ check }) => check === 'policies');
    expect(await said()).toEqual([
      { check: 'policies', ok: false, says: expect.stringContaining("the policy 'house', which is not in") },
    ]);
    const path = join(data, 'policies', 'house.json');
    mkdirSync(join(data, 'policies'), { recursive: true });
    writeFileSync(path, policy);
    expect(await said()).toMatchObject([{ ok: true }]);
    writeFileSync(path, `${policy} `);
    expect(await said()).toMatchObject([
      { ok: false, says: expect.stringContaining('not the policy, letter by letter') },
    ]);
  });

  it('of a folder without keys say so and are content', async () => {
    writeFileSync(join(folder, 'x'), '');
    const check = await ran(['trust', 'check', '--data', folder]);
    expect([check.code, check.out]).toEqual([0, expect.stringContaining('trusts its own stickers alone')]);
  });
});

describe('verify with a signed list', () => {
  const call = (...args: readonly string[]) => ran(['verify', '--json', ...args], { input: issuer.pass('ticket') });

  it('trusts what its root signed', async () => {
    const admitted = await call('--trust', listFile(1), '--trust-root', file('root.jwk', root.rootFile));
    expect([admitted.code, jsonLines(admitted)]).toMatchObject([0, [{ verdict: 'admit', issuer: 'box-office' }]]);
  });

  it('past the end of the list admits nobody, not even without a policy', async () => {
    const args = ['--trust', listFile(1), '--trust-root', file('root.jwk', root.rootFile), '--policy', 'none'];
    const before = await call(...args, '--now', '2098-12-31T23:59:59Z');
    expect(jsonLines(before)).toMatchObject([{ verdict: 'admit', reason: 'ok' }]);
    const short = ['--trust', listFile(1, { staleAfter: YEARS.iat, exp: YEARS.iat + 60 }), ...args.slice(2)];
    const at = (seconds: number) => call(...short, '--now', String(YEARS.iat + seconds));
    expect(jsonLines(await at(59))).toMatchObject([{ verdict: 'admit', reason: 'ok' }]);
    expect(jsonLines(await at(60))).toMatchObject([{ verdict: 'assist', reason: 'trust-stale' }]);
  });

  it.each<[string, () => readonly string[], RegExp]>([
    ['without a root', () => ['--trust', listFile(1)], /name the key that signs it with --trust-root FILE$/],
    [
      'of another root',
      () => ['--trust', listFile(1), '--trust-root', file('other.jwk', publisher().rootFile)],
      /not by the root '\S+' of --trust-root$/,
    ],
    [
      'that was changed',
      () => {
        const [header, , signature] = readFileSync(listFile(1), 'utf8').split('.');
        const forged = file('forged.jwt', `${header}.e30.${signature}`);
        return ['--trust', forged, '--trust-root', file('root.jwk', root.rootFile)];
      },
      /was changed or damaged on its way/,
    ],
    [
      'beside another',
      () => ['--trust', listFile(1), '--trust', listFile(2), '--trust-root', file('root.jwk', root.rootFile)],
      /both signed trust lists: give the newest alone$/,
    ],
    [
      'and a root that is a private key',
      () => ['--trust', listFile(1), '--trust-root', file('r.jwk', JSON.stringify({ ...root.rootJwk, d: 'AAAA' }))],
      /holds a private key/,
    ],
  ])('%s is refused with one sentence', async (_what, args, sentence) => {
    expect(await refusedBy(verify, [...args()])).toMatch(sentence);
  });
});

describe('trust keygen and trust sign', () => {
  it('make a root and a list that a kiosk takes, for an association without other tools', async () => {
    for (const alg of ['ES256', 'EdDSA']) {
      const out = join(folder, alg);
      const made = await ran(['trust', 'keygen', '--out', out, '--alg', alg]);
      const words = made.out.trim();
      expect(words).toMatch(/^([a-z]{5} ){5}[a-z]{5}$/);
      expect(statSync(join(out, 'root-key.jwk')).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(out, 'trust-root.jwk'), 'utf8')).not.toContain('"d"');
      const issuers = [{ id: 'box-office', keys: [keyEntry(issuer.signer)] }];
      const json = file('list.json', JSON.stringify({ version: 1, ...YEARS, environment: 'production', issuers }));
      const list = join(out, 'list.jwt');
      const signed = await ran(['trust', 'sign', '--key', join(out, 'root-key.jwk'), '--in', json, '--out', list]);
      expect([signed.code, signed.err]).toEqual([0, expect.stringContaining(words)]);
      const kiosk = join(folder, `kiosk-${alg}`);
      const pinning = ['--root', join(out, 'trust-root.jwk'), '--fingerprint', words];
      expect((await ran(['trust', 'import', list, ...pinning, '--data', kiosk])).code).toBe(0);
      expect((await ran(['verify', '--data', kiosk], { input: issuer.pass('ticket') })).code).toBe(0);
      expect(await refusedBy(trust, ['keygen', '--out', out])).toMatch(/is there already and is not replaced/);
    }
  });

  it('sign nothing that a kiosk would refuse', async () => {
    const out = join(folder, 'root');
    await ran(['trust', 'keygen', '--out', out]);
    const bad = file('bad.json', JSON.stringify({ version: 1, ...YEARS, environment: 'production' }));
    const key = join(out, 'root-key.jwk');
    expect(await refusedBy(trust, ['sign', '--key', key, '--in', bad])).toMatch(/issuers is missing/);
    expect(await refusedBy(trust, ['sign', '--key', join(out, 'trust-root.jwk'), '--in', bad])).toMatch(/private key/);
    expect(await refusedBy(trust, ['sign', '--key', key, '--in', 'absent'])).toMatch(/^absent cannot be read/);
    expect(await refusedBy(trust, ['keygen', '--out', out, '--alg', 'RS256'])).toMatch(/^--alg must be ES256 or EdDSA/);
  });
});

describe('revocations that the signed list names by their digest', () => {
  const revoked = Buffer.from(JSON.stringify({ iss: 'box-office', version: 1, revokedIds: ['lost-card'] }));
  const named = (entries: number) => ({
    revocations: [
      { kind: 'pass-id', issuer: 'box-office', sha256: createHash('sha256').update(revoked).digest('hex'), entries },
    ],
  });

  it('are missed until their file comes, which nobody need vouch for again', async () => {
    await pin();
    const revocations = file('revoked.json', revoked);
    expect(await refusal('import', revocations)).toContain('no signed trust list here names: say --unsigned');
    expect((await on('trust', 'import', listFile(2, named(1)))).code).toBe(0);
    const check = await on('trust', 'check', '--now', '2021-12-14T00:00:00Z');
    expect([check.code, check.out]).toEqual([1, expect.stringContaining('are not here: import their file')]);
    const imported = await on('trust', 'import', '--json', revocations);
    expect(jsonLines(imported)).toMatchObject([{ kind: 'pass-id', entries: 1, signed: true }]);
    expect((await on('trust', 'check', '--now', '2021-12-14T00:00:00Z')).code).toBe(0);
    const lost = issuer.pass('ticket', { jti: 'lost-card' });
    const verdict = await ran(['verify', '--json', '--data', data], { input: lost });
    expect(jsonLines(verdict)).toMatchObject([{ verdict: 'refuse', reason: 'revoked' }]);
  });

  it('are refused where the list counts others, and nothing is changed', async () => {
    await pin();
    expect((await on('trust', 'import', listFile(2, named(2)))).code).toBe(0);
    const before = typesIn(data);
    expect(await refusal('import', file('revoked.json', revoked))).toMatch(/1.*2|2.*1/);
    expect(typesIn(data)).toEqual(before);
  });
});
