import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MAX_NAMED_FILES } from '../../src/trust/list-schema.ts';
import { MAX_TRUST_KEYS } from '../../src/trust/loose-key.ts';
import { parseTrustList, type TrustList } from '../../src/trust/trust-list.ts';
import { makeCertificate } from '../support/certificate.ts';
import { jwsSigner } from '../support/jws-signer.ts';
import { jwkOf, kidOf } from '../support/trust-files.ts';
import { EXPIRES_S, ISSUED_S, keyEntry, listPayload, publisher, STALE_S } from '../support/trust-publisher.ts';

const parse = (payload: object | string) =>
  parseTrustList(Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)), 'list.jwt');
function read(payload: object): TrustList {
  const list = parse(payload);
  if (!list.ok) throw new Error(list.error);
  return list.value;
}
const refusal = (payload: object | string): string => {
  const list = parse(payload);
  expect(list.ok, 'accepted what should be refused').toBe(false);
  return list.ok ? '' : list.error;
};
const withKeys = (...keys: readonly object[]): object => listPayload(1, { issuers: [{ id: 'AUS', keys }] });
const one = jwsSigner();
const ca = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const csca = makeCertificate(ca, { ca: true, subject: 'CSCA' });
const signerCertificate = makeCertificate(ca, { usages: ['1.3.6.1.4.1.1847.2021.1.2'] });
const base64 = (certificate: { raw: Buffer }): string => certificate.raw.toString('base64');

describe('a trust list', () => {
  it('is read whole', () => {
    const next = publisher('Ed25519');
    const authority = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, { kid: 'kdca', use: 'enc' });
    const revocations = [{ kind: 'dcc-uci', issuer: 'AUS', sha256: 'a'.repeat(64), entries: 7 }];
    const list = read(
      listPayload(7, {
        title: 'All of them',
        nextRoot: next.rootJwk,
        revocations,
        policies: [{ id: 'kr-2021-12-13', sha256: 'b'.repeat(64) }],
        authorities: { register: { jwk: authority, title: 'KDCA' } },
      }),
    );
    expect(list).toMatchObject({
      dates: {
        version: 7,
        issuedAtMs: ISSUED_S * 1_000,
        staleAfterMs: STALE_S * 1_000,
        expiresAtMs: EXPIRES_S * 1_000,
      },
      title: 'All of them',
      environment: 'production',
      issuers: 1,
      nextRoot: { alg: 'EdDSA', kid: next.signer.kid },
      revocations,
      policies: [{ id: 'kr-2021-12-13', sha256: 'b'.repeat(64) }],
      register: { kid: 'kdca', title: 'KDCA' },
    });
    expect(list.keys).toMatchObject([
      { issuer: 'box-office', formats: new Set(['entry-pass']), kinds: new Set(['ticket', 'membership']) },
    ]);
  });

  it('gives a key nothing that its entry does not name', () => {
    const [key] = read(withKeys({ jwk: jwkOf(one.publicKey) })).keys;
    expect(key).toMatchObject({ formats: new Set(), kinds: new Set(), kid: one.kid });
  });

  it('limits a certificate to what it is for, whatever the entry says', () => {
    const entry = { certificate: base64(signerCertificate), formats: ['eu-dcc'], kinds: ['vaccination', 'test'] };
    const [key] = read(withKeys(entry)).keys;
    expect(key).toMatchObject({ kid: kidOf(signerCertificate), kinds: new Set(['vaccination']) });
    expect(key?.authority).toBeUndefined();
  });

  it('makes the certificate of an authority one that vouches for signers', () => {
    const entry = { certificate: base64(csca), formats: ['vds-nc'], kinds: ['test'] };
    const [key] = read(withKeys(entry)).keys;
    expect(key?.authority?.raw.equals(csca.raw)).toBe(true);
    expect(refusal(withKeys({ ...entry, certificate: base64(signerCertificate) }))).toContain('vds-nc');
    expect(refusal(withKeys({ jwk: jwkOf(one.publicKey), formats: ['vds-nc'], kinds: [] }))).toContain('vds-nc');
  });

  it('takes pretix keys as pretix writes them, and DIDs that are their keys by name alone', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const pretix = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' })).toString('base64');
    const [key] = read(withKeys({ pretix, formats: ['pretix-sig1'], kinds: ['ticket'] })).keys;
    expect(key?.key.equals(publicKey)).toBe(true);
    const did = `did:jwk:${Buffer.from(JSON.stringify(jwkOf(one.publicKey))).toString('base64url')}`;
    const named = (entry: object) =>
      listPayload(1, { issuers: [{ id: did, keys: [{ formats: ['vc-jwt'], ...entry }] }] });
    expect(read(named({})).keys).toMatchObject([{ issuer: did, kid: did, formats: new Set(['vc-jwt']) }]);
    expect(refusal(named({ jwk: jwkOf(jwsSigner().publicKey) }))).toContain('is not the key in the name');
    expect(refusal(withKeys({ formats: ['vc-jwt'] }))).toMatch(/keys\.0 holds no key/);
  });
});

const register = (jwk: object): object => ({ authorities: { register: { jwk, title: 'A' } } });
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('a trust list is refused whole, in one sentence,', () => {
  it.each<[string, object, RegExp]>([
    ['without a version', { version: undefined }, /version is missing/],
    ['of version 0', { version: 0 }, /version is 0: write a whole number from 1/],
    ['of half a version', { version: 1.5 }, /version is 1\.5/],
    ['with a date as text', { iat: '2021-12-13' }, /iat is "2021-12-13"/],
    ['with a date in milliseconds', { exp: EXPIRES_S * 1_000 }, /exp is \d+: write a whole number/],
    ['that ends before it begins', { exp: ISSUED_S }, /exp is not after iat/],
    ['that is stale before it begins', { staleAfter: ISSUED_S - 1 }, /staleAfter is not between/],
    ['that is stale after its end', { staleAfter: EXPIRES_S + 1 }, /staleAfter is not between/],
    ['for no known environment', { environment: 'staging' }, /environment is "staging"/],
    ['with a misspelt member', { revocation: [] }, /has no member "revocation".*revocations/],
    [
      'with a misspelt limit',
      { issuers: [{ id: 'i', keys: [keyEntry(one, { kind: ['ticket'] })] }] },
      /keys\.0 has no member "kind"/,
    ],
    ['with an issuer for test', { issuers: [{ id: 'i', environment: 'test', keys: [] }] }, /'i', an issuer for test/],
    ['with an issuer without name', { issuers: [{ id: '', keys: [] }] }, /issuers\.0\.id/],
    ['with an issuer of two lines', { issuers: [{ id: 'a\nb', keys: [] }] }, /issuers\.0\.id/],
    [
      'with an issuer twice',
      {
        issuers: [
          { id: 'i', keys: [] },
          { id: 'i', keys: [] },
        ],
      },
      /'i' a second time/,
    ],
    [
      'with an unknown format',
      { issuers: [{ id: 'i', keys: [keyEntry(one, { formats: ['kipass'] })] }] },
      /formats\.0 is "kipass"/,
    ],
    [
      'with a key in two forms',
      { issuers: [{ id: 'i', keys: [keyEntry(one, { certificate: base64(csca) })] }] },
      /jwk and certificate/,
    ],
    [
      'with secrets of tickets',
      { issuers: [{ id: 'i', keys: [keyEntry(one, { formats: ['rotating-ticket'] })] }] },
      /secrets/,
    ],
    ['with a private key', { issuers: [{ id: 'i', keys: [{ jwk: jwkOf(privateKey) }] }] }, /private key/],
    [
      'with a broken certificate',
      { issuers: [{ id: 'i', keys: [{ certificate: 'AAAA' }] }] },
      /certificate that is no base64/,
    ],
    ['with a next root that is a set', { nextRoot: { keys: [] } }, /nextRoot/],
    ['with a private next root', { nextRoot: jwkOf(privateKey) }, /nextRoot.*private/],
    ['with a next root on another curve', { nextRoot: jwkOf(jwsSigner('P-384').publicKey) }, /nextRoot is neither/],
    [
      'with revocations without digest',
      { revocations: [{ kind: 'dcc-uci', entries: 1, sha256: 'A'.repeat(64) }] },
      /revocations\.0\.sha256/,
    ],
    ['with a private register key', register(jwkOf(privateKey)), /register\.jwk holds a private key/],
    ['with a register key for signatures', register(jwkOf(one.publicKey, { use: 'sig' })), /not for encryption/],
    ['with a register key on another curve', register(jwkOf(jwsSigner('Ed25519').publicKey)), /no key on P-256/],
  ])('%s', (_name, more, sentence) => {
    const says = refusal(listPayload(1, more));
    expect(says).toMatch(/^list\.jwt[^\n]*$/);
    expect(says).toMatch(sentence);
  });

  it('with one key id for two keys, or twice for one', () => {
    expect(refusal(withKeys(keyEntry(one), keyEntry(one)))).toContain(one.kid);
    const twin = { jwk: jwkOf(jwsSigner().publicKey, { kid: one.kid }), formats: ['entry-pass'], kinds: [] };
    expect(refusal(withKeys(keyEntry(one), twin))).toContain('as another key is');
    const card = (id: string, key = jwsSigner()) => ({
      id,
      keys: [{ jwk: jwkOf(key.publicKey, { kid: 'k' }), formats: ['eu-dcc'], kinds: [] }],
    });
    expect(refusal(listPayload(1, { issuers: [card('a'), card('b')] }))).toContain('two different keys');
  });

  it('with a name given twice, nested too deep, or not JSON at all', () => {
    expect(refusal('{"version":1,"version":2}')).toContain('a name is given twice');
    expect(refusal(`{"version":${'['.repeat(100_000)}`)).toContain('deeper than');
    expect(refusal('[]')).toContain('one JSON object');
    expect(refusal('{')).toContain('not JSON');
    expect(refusal('{"__proto__":{"version":1}}')).toContain('__proto__');
  });
});

describe('the limits of a list', () => {
  it(`${MAX_NAMED_FILES} files of revocations are named and one more is not`, () => {
    const named = (count: number) => {
      const file = { kind: 'dcc-uci', sha256: 'a'.repeat(64), entries: 1 };
      return listPayload(1, { revocations: Array.from({ length: count }, () => file) });
    };
    expect(read(named(MAX_NAMED_FILES)).revocations).toHaveLength(MAX_NAMED_FILES);
    expect(refusal(named(MAX_NAMED_FILES + 1))).toContain(`more than ${MAX_NAMED_FILES}`);
  });

  it(`${MAX_TRUST_KEYS} keys are taken, each with all it may have, and one more is not`, () => {
    const jwk = jwkOf(one.publicKey, { alg: 'ES256', use: 'sig' });
    const formats = ['entry-pass', 'vc-jwt', 'vp-jwt', 'sd-jwt-vc', 'smart-health-card'];
    const kinds = ['vaccination', 'test', 'recovery', 'exemption', 'ticket', 'membership', 'other'];
    const keys = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ jwk: { ...jwk, kid: `k${at}` }, formats, kinds }));
    const half = MAX_TRUST_KEYS / 2;
    const list = (more: number) =>
      listPayload(1, {
        issuers: [
          { id: 'a', keys: keys(half) },
          { id: 'b', keys: keys(half + more) },
        ],
      });
    expect(read(list(0)).keys).toHaveLength(MAX_TRUST_KEYS);
    expect(refusal(list(1))).toContain(`more than ${MAX_TRUST_KEYS}`);
  });
});
