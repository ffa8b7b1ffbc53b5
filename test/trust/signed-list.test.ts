import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SECOND_MS } from '../../src/base/time.ts';
import { MAX_ISSUE_AHEAD_MS } from '../../src/trust/list-acceptance.ts';
import { KEPT_LISTS } from '../../src/trust/stored-lists.ts';
import { fingerprintOf, readRootBytes } from '../../src/trust/trust-root.ts';
import { jwsSigner } from '../support/jws-signer.ts';
import { LUNCH_MS } from '../support/passes.ts';
import { document, jwkOf, jwkSet } from '../support/trust-files.ts';
import { EXPIRES_S, ISSUED_S, keyEntry, publisher, STALE_S } from '../support/trust-publisher.ts';
import { TrustSite } from '../support/trust-site.ts';

const root = publisher();
const successor = publisher('Ed25519');
const pinnedIn = (site: TrustSite): unknown => JSON.parse(readFileSync(site.rootPath, 'utf8'));
const wordsOf = (file: Buffer): string => {
  const read = readRootBytes(file, 'root');
  return read.ok ? fingerprintOf(read.value) : '';
};

describe('importing a signed list', () => {
  it('makes its keys trusted, beside the loose ones and after the next start', async () => {
    const site = new TrustSite(root);
    const other = jwsSigner();
    const set = jwkSet([jwkOf(other.publicKey)], { iss: 'theatre', formats: ['entry-pass'] });
    site.store.import([document(set)], 1);
    const found = await site.take(root.list(1));
    expect(found).toMatchObject({ version: 1, issuers: 1, keys: 1, rootBecame: null, isStanding: false });
    expect(site.restart().contents).toMatchObject({
      warnings: [],
      keys: [{ issuer: 'theatre' }, { issuer: 'box-office' }],
    });
    const trust = site.store.load();
    expect(trust.ok && trust.value.list).toEqual({
      version: 1,
      issuedAtMs: ISSUED_S * SECOND_MS,
      staleAfterMs: STALE_S * SECOND_MS,
      expiresAtMs: EXPIRES_S * SECOND_MS,
    });
  });

  it('takes the place of the list before: an issuer that was struck off is forgotten', async () => {
    const site = new TrustSite(root);
    await site.take(root.list(1));
    await site.take(root.list(2, { issuers: [] }));
    expect(site.contents).toMatchObject({ keys: [], list: { dates: { version: 2 } } });
  });

  it('again changes nothing, and says so, also when it has expired since', async () => {
    const site = new TrustSite(root);
    const list = root.list(1);
    await site.take(list);
    const before = site.snapshot();
    for (const atMs of [LUNCH_MS, EXPIRES_S * SECOND_MS + 1]) {
      const again = await site.take(`\n${list}\r\n`, { now: { atMs, trusted: true } });
      expect(again).toMatchObject({ version: 1, isStanding: true });
    }
    expect(site.snapshot()).toEqual(before);
  });

  it('that was replaced is no way back, even with the very same bytes', async () => {
    const site = new TrustSite(root);
    const first = root.list(1);
    await site.take(first);
    await site.take(root.list(2));
    expect(await site.refusal(first)).toContain('older than trust list 2');
  });

  it(`keeps the ${KEPT_LISTS - 1} lists before it and no more`, async () => {
    const site = new TrustSite(root);
    for (const version of [1, 2, 3, 5, 8]) await site.take(root.list(version));
    const stored = site.store.lists();
    expect(stored.ok && stored.value.lists.map(({ version }) => version)).toEqual([8, 5, 3]);
  });

  it('that contradicts a loose key is refused with both names, and so is the loose key after the list', async () => {
    const twin = jwsSigner();
    const named = (key = twin) => jwkOf(key.publicKey, { kid: 'k' });
    const set = document(jwkSet([named()], { iss: 'box-office', formats: ['entry-pass'] }));
    const list = root.list(1, {
      issuers: [{ id: 'box-office', keys: [{ jwk: named(jwsSigner()), formats: ['entry-pass'], kinds: [] }] }],
    });
    const loose = new TrustSite(root);
    loose.store.import([set], 1);
    expect(await loose.refusal(list)).toContain("keys.json and trust list 1 hold two different keys named 'k'");
    const signed = new TrustSite(root);
    await signed.take(list);
    const refused = signed.store.import([set], 1);
    expect(refused.ok ? '' : refused.error).toContain("trust list 1 and keys.json hold two different keys named 'k'");
    expect(signed.version).toBe(1);
  });

  it('that cannot be recorded is not done', async () => {
    const site = new TrustSite(root);
    await site.take(root.list(1));
    const before = site.snapshot();
    const candidate = {
      name: 'l',
      bytes: Buffer.from(root.list(2)),
      root: null,
      fingerprint: null,
      now: { atMs: LUNCH_MS, trusted: true },
    };
    await expect(
      site.store.importList(candidate, () => {
        throw new Error('disk full');
      }),
    ).rejects.toThrow('disk full');
    expect(site.snapshot()).toEqual(before);
  });
});

describe('the dates of a list against the clock', () => {
  const at = (seconds: number, more: object = {}) => ({ now: { atMs: seconds * SECOND_MS, trusted: true, ...more } });

  it('a list is good until the second in which it expires', async () => {
    const site = new TrustSite(root);
    expect(await site.refusal(root.list(1), at(EXPIRES_S))).toContain('expired at 2022-01-12T00:00:00.000Z');
    await site.take(root.list(1), at(EXPIRES_S - 1));
  });

  it('a publisher’s clock may run ahead a little', async () => {
    const site = new TrustSite(root);
    const skewS = MAX_ISSUE_AHEAD_MS / SECOND_MS;
    expect(await site.refusal(root.list(1), at(ISSUED_S - skewS - 1))).toContain('yet to come: check the kiosk');
    await site.take(root.list(1), at(ISSUED_S - skewS));
  });

  it('a kiosk that woke up in 1970 takes the list that tells it the time', async () => {
    const site = new TrustSite(root);
    await site.take(root.list(1), at(0, { trusted: false }));
  });

  it('an unsure clock keeps out what had expired before its floor', async () => {
    const site = new TrustSite(root);
    const floorMs = EXPIRES_S * SECOND_MS;
    expect(await site.refusal(root.list(1), at(0, { trusted: false, floorMs }))).toContain('expired');
    await site.take(root.list(1), at(0, { trusted: false, floorMs: floorMs - 1 }));
  });
});

describe('production and test', () => {
  it('never mix: each takes its own lists alone', async () => {
    const test = new TrustSite(root);
    test.restart('test');
    expect(await test.refusal(root.list(1))).toContain('is for production and this kiosk for test');
    await test.take(root.list(1, { environment: 'test' }));
    expect(test.version).toBe(1);
  });

  it('a kiosk that goes into production forgets what it took for test, and says so', async () => {
    const site = new TrustSite(root);
    site.restart('test');
    await site.take(root.list(1, { environment: 'test' }));
    expect(site.restart('production').contents).toMatchObject({
      keys: [],
      list: null,
      warnings: [expect.stringContaining('for test, this kiosk is for production'), 'no signed trust list is used'],
    });
  });
});

describe('the root', () => {
  const words = wordsOf(root.rootFile);
  const file = { name: 'root.jwk', bytes: root.rootFile };

  it('is pinned only once the owner has compared its words', async () => {
    const site = new TrustSite(null);
    expect(await site.refusal(root.list(1))).toContain(`names one with the words '${words}'`);
    expect(await site.refusal(root.list(1), { root: file })).toContain(`add --fingerprint '${words}'`);
    const wrong = { root: file, fingerprint: wordsOf(successor.rootFile) };
    expect(await site.refusal(root.list(1), wrong)).toContain('do not trust this file');
    const pinning = { root: file, fingerprint: words.toUpperCase() };
    expect(await site.refusal(successor.list(1), pinning)).toContain('not by the root in root.jwk');
    expect(await site.refusal(successor.sign({}, root.header()), pinning)).not.toBe('');
    expect(existsSync(site.rootPath)).toBe(false);
    expect(await site.take(root.list(1), pinning)).toMatchObject({ rootBecame: 'pinned' });
    expect(pinnedIn(site)).toMatchObject({ kid: root.signer.kid });
    expect(await site.take(root.list(2), pinning)).toMatchObject({ rootBecame: null });
  });

  it('that is pinned is replaced by nobody’s word', async () => {
    const site = new TrustSite(root);
    const pinning = { root: { name: 'r', bytes: successor.rootFile }, fingerprint: wordsOf(successor.rootFile) };
    expect(await site.refusal(successor.list(1), pinning)).toContain(`another root already ('${words}')`);
    expect(await site.refusal(root.list(1), pinning)).toContain('another root already');
    expect(site.version).toBe(0);
  });

  it('hands over by a list, and the old one signs nothing any more', async () => {
    const site = new TrustSite(root);
    expect(await site.refusal(successor.list(1))).toContain("not by this kiosk's root");
    await site.take(root.list(1, { nextRoot: successor.rootJwk }));
    expect(pinnedIn(site)).toMatchObject({ kid: root.signer.kid });
    expect(await site.take(successor.list(2))).toMatchObject({ rootBecame: 'handed-over' });
    expect(pinnedIn(site)).toMatchObject({ kid: successor.signer.kid });
    for (const version of [1, 2, 3])
      expect(await site.refusal(root.list(version))).toContain("not by this kiosk's root");
    expect(site.restart().version).toBe(2);
    await site.take(successor.list(3));
  });

  it('hands over step by step, and no step can be left out', async () => {
    const third = publisher();
    const site = new TrustSite(root);
    await site.take(root.list(1, { nextRoot: successor.rootJwk }));
    expect(await site.refusal(third.list(3))).toContain("not by this kiosk's root");
    await site.take(successor.list(2, { nextRoot: third.rootJwk }));
    await site.take(third.list(3));
    for (const signed of [root.list(4), successor.list(4)]) await site.refusal(signed);
    // The lists before the last hand-over are still there to fall back on.
    const stored = site.restart().store.lists();
    expect(stored.ok && stored.value.lists.map(({ version, condition }) => [version, condition])).toEqual([
      [3, 'good'],
      [2, 'good'],
      [1, 'other-root'],
    ]);
  });

  it('that was announced by mistake is withdrawn by the next list', async () => {
    const site = new TrustSite(root);
    await site.take(root.list(1, { nextRoot: successor.rootJwk }));
    await site.take(root.list(2));
    expect(await site.refusal(successor.list(3))).toContain("not by this kiosk's root");
  });

  it('of another publisher, pinned by hand, begins again at version 1 and leaves nothing of the one before', async () => {
    const site = new TrustSite(root);
    for (const version of [500, 501, 502]) await site.take(root.list(version));
    site.restart();
    writeFileSync(site.rootPath, successor.rootFile);
    expect(site.contents).toMatchObject({ list: null, keys: [] });
    await site.take(successor.list(1, { issuers: [{ id: 'other', keys: [keyEntry()] }] }));
    expect(site.restart().contents).toMatchObject({ keys: [{ issuer: 'other' }], warnings: [] });
  });

  it('that is damaged lets nobody in by an unproven list, and says what is wrong', async () => {
    const site = new TrustSite(root);
    await site.take(root.list(1));
    writeFileSync(site.rootPath, '{"kty":');
    const contents = site.restart().store.contents();
    expect(contents.ok ? '' : contents.error).toMatch(/trust-root\.jwk cannot be read as a JWK: not JSON/);
    expect(await site.refusal(root.list(2))).toContain('cannot be read as a JWK');
  });
});

describe('a stored list that was damaged', () => {
  const damages: readonly (readonly [string, string, unknown])[] = [
    [
      'its text',
      'UPDATE signed_list SET token = ? WHERE seq = (SELECT max(seq) FROM signed_list)',
      Buffer.from('a.b.c'),
    ],
    [
      'another text',
      'UPDATE signed_list SET token = ? WHERE seq = (SELECT max(seq) FROM signed_list)',
      Buffer.from(publisher().list(9)),
    ],
    [
      'its digest',
      'UPDATE signed_list SET sha256 = ? WHERE seq = (SELECT max(seq) FROM signed_list)',
      Buffer.alloc(32),
    ],
    ['its root', 'UPDATE signed_list SET root = ? WHERE seq = (SELECT max(seq) FROM signed_list)', Buffer.from('{}')],
  ];

  it.each(damages)(
    'in %s: the one before it is used, which is said, and a new import repairs it',
    async (_what, sql, value) => {
      const site = new TrustSite(root);
      await site.take(root.list(1));
      const second = root.list(2);
      await site.take(second);
      site.restart().damage(sql, value);
      expect(site.contents).toMatchObject({
        list: { dates: { version: 1 } },
        keys: [{ issuer: 'box-office' }],
        warnings: [
          expect.stringContaining('trust list 2 was changed or damaged: import it again'),
          'trust list 1 is used in its place',
        ],
      });
      // Damage is no way back to an older list.
      expect(await site.refusal(root.list(1, { title: 'old' }))).toContain('older than trust list 2');
      await site.take(second);
      expect(site.restart().contents).toMatchObject({ list: { dates: { version: 2 } }, warnings: [] });
      await site.take(root.list(3));
      expect(site.restart().contents).toMatchObject({ list: { dates: { version: 3 } }, warnings: [] });
    },
  );

  it('and signed by a key that is nobody’s root is not used, whatever its digest says', async () => {
    const site = new TrustSite(root);
    await site.take(root.list(1));
    const forged = new TrustSite(successor);
    await forged.take(successor.list(9));
    const { lists } = forged.snapshot() as { lists: readonly { token: Buffer; sha256: Buffer }[] };
    site
      .restart()
      .damage('UPDATE signed_list SET version = 9, token = ?, sha256 = ?', lists[0]?.token, lists[0]?.sha256);
    expect(site.contents).toMatchObject({ list: null, keys: [] });
  });

  it('in the number beside it counts by the number in its text', async () => {
    const site = new TrustSite(root);
    await site.take(root.list(1));
    site.restart().damage('UPDATE signed_list SET version = 1000000');
    expect(site.contents).toMatchObject({ list: { dates: { version: 1 } }, warnings: [] });
    await site.take(root.list(2));
  });

  it('all three of them: no list is used, and the loose keys are', async () => {
    const site = new TrustSite(root);
    for (const version of [1, 2, 3]) await site.take(root.list(version));
    const set = jwkSet([jwkOf(jwsSigner().publicKey)], { iss: 'theatre', formats: ['entry-pass'] });
    site.store.import([document(set)], 1);
    site.restart().damage("UPDATE signed_list SET token = x'00'");
    expect(site.contents).toMatchObject({ list: null, keys: [{ issuer: 'theatre' }] });
    expect(site.contents.warnings).toHaveLength(4);
  });
});
