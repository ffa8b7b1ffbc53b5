import { describe, expect, it } from 'vitest';
import { SECOND_MS } from '../../src/base/time.ts';
import { MAX_ISSUE_AHEAD_MS } from '../../src/trust/list-acceptance.ts';
import { MAX_LIST_BYTES } from '../../src/trust/list-token.ts';
import { jwsSigner, segment } from '../support/jws-signer.ts';
import { LUNCH_MS } from '../support/passes.ts';
import { SEED, seededRandom } from '../support/seed.ts';
import { jwkOf } from '../support/trust-files.ts';
import { EXPIRES_S, ISSUED_S, keyEntry, listPayload, publisher } from '../support/trust-publisher.ts';
import { TrustSite } from '../support/trust-site.ts';

const root = publisher();
const stranger = publisher();
/** Newer than what the kiosk has: without what is wrong with it, it would be taken. */
const good = root.list(6);
const [header = '', payload = '', signature = ''] = good.split('.');

const flippedBit = (text: string, at: number, bit: number): Buffer => {
  const bytes = Buffer.from(text, 'latin1');
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  return bytes;
};
const AHEAD_S = Math.ceil(LUNCH_MS / SECOND_MS) + MAX_ISSUE_AHEAD_MS / SECOND_MS + 1;
const twoKeysOneName = [
  keyEntry(),
  { ...keyEntry(), jwk: jwkOf(jwsSigner().publicKey, { kid: 'k' }) },
  { ...keyEntry(), jwk: jwkOf(jwsSigner().publicKey, { kid: 'k' }) },
];
const json = JSON.stringify(listPayload(6));

/** What is wrong, and the file; the signature of all but the first few is good. */
const CRAFTED: readonly (readonly [string, string | Buffer])[] = [
  ['signed by somebody else', stranger.list(6)],
  ['signed by somebody else under the name of the root', stranger.sign(listPayload(6), root.header())],
  ['unsigned', `${segment(JSON.stringify({ alg: 'none', typ: 'trust-list+jwt', kid: root.signer.kid }))}.${payload}.`],
  ['without its signature', `${header}.${payload}.`],
  ['without its payload', `${header}..${signature}`],
  ['with another payload', `${header}.${segment(JSON.stringify(listPayload(7)))}.${signature}`],
  ['detached by b64', root.sign(listPayload(6), root.header({ b64: false, crit: ['b64'] }))],
  ['with crit', root.sign(listPayload(6), root.header({ crit: ['exp'] }))],
  ['with a jwk of its own', stranger.sign(listPayload(6), { ...stranger.header(), jwk: stranger.rootJwk })],
  ['with a jku', root.sign(listPayload(6), root.header({ jku: 'https://a.example/keys' }))],
  ['with x5c', root.sign(listPayload(6), root.header({ x5c: ['AAAA'] }))],
  ['with one more header', root.sign(listPayload(6), root.header({ cty: 'json' }))],
  ['without kid', root.sign(listPayload(6), { alg: 'ES256', typ: 'trust-list+jwt' })],
  ['with a kid that is a number', root.sign(listPayload(6), root.header({ kid: 5 }))],
  ['with another typ', root.sign(listPayload(6), root.header({ typ: 'JWT' }))],
  ['with the typ of a pass', root.sign(listPayload(6), root.header({ typ: 'entry-pass+jwt' }))],
  ['with the name of another algorithm', root.sign(listPayload(6), root.header({ alg: 'EdDSA' }))],
  ['with HS256 under the public key', root.sign(listPayload(6), root.header({ alg: 'HS256' }))],
  ['with ES384', root.sign(listPayload(6), root.header({ alg: 'ES384' }))],
  ['of the same version but other content', root.list(5, { title: 'another' })],
  ['of an older version', root.list(4)],
  ['of version 1', root.list(1)],
  ['of version 0', root.list(0)],
  ['of a negative version', root.list(-6)],
  ['of a version beyond counting', root.sign(json.replace('"version":6', '"version":9007199254740993'))],
  ['of a version as text', root.sign(json.replace('"version":6', '"version":"6"'))],
  ['for test', root.list(6, { environment: 'test' })],
  ['of an issuer for test', root.list(6, { issuers: [{ id: 'demo', environment: 'test', keys: [keyEntry()] }] })],
  ['expired', root.list(6, { staleAfter: ISSUED_S, exp: ISSUED_S + 1 })],
  ['issued in the future', root.list(6, { iat: AHEAD_S, staleAfter: AHEAD_S })],
  ['that ends before it begins', root.list(6, { iat: EXPIRES_S, staleAfter: EXPIRES_S, exp: EXPIRES_S })],
  ['with one name for two keys', root.list(6, { issuers: [{ id: 'i', keys: twoKeysOneName }] })],
  ['with one key twice', root.list(6, { issuers: [{ id: 'i', keys: [keyEntry(), keyEntry()] }] })],
  ['with two versions', root.sign(json.replace('{', '{"version":7,'))],
  ['nested without end', root.sign(`{"version":6,"issuers":${'['.repeat(500_000)}`)],
  ['of a million issuers', root.sign(json.replace('"issuers":[', `"issuers":[${'{},'.repeat(1_000_000)}`))],
  ['of 10 MB', root.list(6, { title: 'x'.repeat(10_000_000) })],
  ['of 10 MB of spaces', `${' '.repeat(10_000_000)}${good}`],
  ['with a prototype', root.sign(json.replace('{', '{"__proto__":{"environment":"production"},'))],
  ['that is no object', root.sign('[]')],
  ['that is no JSON', root.sign('version 6')],
  ['that is no UTF-8', root.sign(Buffer.from(`${json.slice(0, -1)},"title":"\xff"}`, 'latin1'))],
  ['of nothing', ''],
  ['of dots', '..'],
  ['with a fourth part', `${good}.AAAA`],
  ['with padding', `${good}=`],
  ['in standard base64', `${good.slice(0, -1)}+`],
  ['with a line break inside', `${header}.\n${payload}.${signature}`],
  ['twice', `${good}\n${good}`],
  ['as JSON serialization', JSON.stringify({ payload, protected: header, signature })],
  [
    'with its next root under its own name',
    root.list(6, { nextRoot: jwkOf(stranger.signer.publicKey, { kid: root.signer.kid }) }),
  ],
];

function* mutations(random: () => number): Generator<readonly [string, string | Buffer]> {
  yield* CRAFTED;
  for (let count = 0; count < 150; count += 1) {
    const at = Math.floor(random() * good.length);
    const bit = Math.floor(random() * 8);
    yield [`with bit ${bit} of byte ${at} flipped`, flippedBit(good, at, bit)];
  }
  for (let count = 0; count < 40; count += 1) {
    const length = Math.floor(random() * good.length);
    yield [`cut after ${length} bytes`, good.slice(0, length)];
  }
}

describe('of all lists that are wrong in any way', () => {
  it(`none is taken, none changes a byte or the shown age, each gets one sentence (seed ${SEED})`, async () => {
    const site = new TrustSite(root);
    await site.take(root.list(4, { nextRoot: stranger.rootJwk }));
    await site.take(root.list(5));
    const before = site.snapshot();
    const all = [...mutations(seededRandom(SEED))];
    expect(all.length).toBeGreaterThan(240);
    for (const [what, text] of all) {
      const announced: unknown[] = [];
      const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
      const candidate = {
        name: 'list.jwt',
        bytes,
        root: null,
        fingerprint: null,
        now: { atMs: LUNCH_MS, trusted: true },
      };
      const imported = await site.store.importList(candidate, (found) => announced.push(found));
      expect(imported.ok ? what : '', 'taken').toBe('');
      expect(imported.ok ? '' : imported.error, what).toMatch(/^[^\n]{20,400}$/);
      expect(announced, what).toEqual([]);
    }
    expect(site.snapshot()).toEqual(before);
    expect(site.restart().snapshot()).toEqual(before);
    // The one they were all made from is good.
    expect(await site.take(good)).toMatchObject({ version: 6, isStanding: false });
  });

  it(`${MAX_LIST_BYTES} bytes are read and one more is not`, async () => {
    const site = new TrustSite(root);
    expect(await site.refusal(good.padEnd(MAX_LIST_BYTES + 1))).toContain('larger than');
    expect((await site.take(good.padEnd(MAX_LIST_BYTES))).version).toBe(6);
  });
});
