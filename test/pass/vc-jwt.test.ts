import { describe, expect, it } from 'vitest';
import { authenticate } from '../../src/pass/authenticate.ts';
import type { Trust } from '../../src/pass/trust.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { readLooseDocument } from '../../src/trust/loose-document.ts';
import { didInfra, didJwk, didKey } from '../support/did.ts';
import { type JwsSigner, jwsSigner } from '../support/jws-signer.ts';
import { document, jwkOf, jwkSet } from '../support/trust-files.ts';

const NBF = 1_638_000_000;
const NOW = { atMs: (NBF + 3_600) * 1_000, trusted: true };
const ISSUER = 'did:web:clinic.example';
const KID = `${ISSUER}#key-1`;
const signer = jwsSigner();
const trust = trustOf([signer.trusted(ISSUER, ['vc-jwt'], { kid: KID })]);

const PAYLOAD = {
  iss: ISSUER,
  sub: 'did:key:holder',
  jti: 'urn:uuid:1',
  nbf: NBF,
  exp: NBF + 86_400,
  vc: {
    '@context': ['https://www.w3.org/2018/credentials/v1'],
    type: ['VerifiableCredential', 'TicketCredential'],
    credentialSubject: { id: 'did:key:holder', product: 'Hall A' },
  },
};
const { vc: VC } = PAYLOAD;

const signed = (payload: object | string, header: object = {}, by: JwsSigner = signer) =>
  by.sign({ alg: 'ES256', typ: 'JWT', kid: KID, ...header }, payload);
const verify = (line: string, trusted: Trust = trust, now = NOW) =>
  authenticate({ line: Buffer.from(line, 'utf8'), parts: 1 }, trusted, now);
const reasonOf = (line: string, trusted: Trust = trust, now = NOW) => {
  const result = verify(line, trusted, now);
  return result.ok ? 'ok' : result.error.reason;
};
const trustIn = (content: string, issuer: string | null = null): Trust => {
  const keys = readLooseDocument(document(content, issuer));
  if (!keys.ok) throw new Error(keys.error);
  return trustOf(keys.value);
};
const about = (subject: object, more: object = {}) => ({
  ...PAYLOAD,
  vc: { ...VC, ...more, credentialSubject: subject },
});
const claimsOf = (payload: object) => {
  const result = verify(signed(payload));
  return result.ok ? result.value.claims : result.error.reason;
};

describe('a verifiable credential as a JWT', () => {
  it('genuine: remembered by what its issuer calls it', () => {
    const result = verify(signed(PAYLOAD));
    expect(result).toMatchObject({
      ok: true,
      value: {
        format: 'vc-jwt',
        kind: 'ticket',
        issuer: ISSUER,
        kid: KID,
        validFromMs: NBF * 1_000,
        validUntilMs: (NBF + 86_400) * 1_000,
        claims: { ticket: { product: 'Hall A' } },
        single: false,
      },
    });
    expect(result.ok && result.value.passId.toString()).toBe(`${ISSUER}\0urn:uuid:1`);
  });

  it('is known by its members, also where their names are spelled with escapes', () => {
    const spelled = JSON.stringify(PAYLOAD).replace('"vc":', '"\\u0076c":');
    expect(spelled).not.toContain('"vc"');
    expect(reasonOf(signed(spelled))).toBe('ok');
  });

  it.each(['ES256', 'EdDSA', 'ES256K'] as const)('is signed with %s, and each key by that alone', (alg) => {
    const types = { ES256: 'P-256', EdDSA: 'Ed25519', ES256K: 'secp256k1' } as const;
    const by = jwsSigner(types[alg]);
    const trusted = trustOf([by.trusted(ISSUER, ['vc-jwt'], { kid: KID })]);
    expect(reasonOf(signed(PAYLOAD, { alg }, by), trusted)).toBe('ok');
    for (const other of ['ES256', 'EdDSA', 'ES256K', 'ES384', 'PS256', 'HS256', 'none'].filter(
      (name) => name !== alg,
    )) {
      expect(reasonOf(signed(PAYLOAD, { alg: other }, by), trusted)).toBe('algorithm-not-allowed');
    }
  });

  it.each([
    ['did:key', 'Ed25519', 'EdDSA', didKey],
    ['did:key', 'P-256', 'ES256', didKey],
    ['did:key', 'secp256k1', 'ES256K', didKey],
    ['did:jwk', 'P-256', 'ES256', didJwk],
    ['did:infra', 'secp256k1', 'ES256K', didInfra],
  ] as const)('a %s on %s proves its key, and is refused unless the list names it', (_, type, alg, didOf) => {
    const by = jwsSigner(type);
    const did = didOf(by.publicKey);
    const line = (header: object) => signed({ ...PAYLOAD, iss: did }, { alg, kid: undefined, ...header }, by);
    for (const trusted of [
      trustIn(JSON.stringify({ id: did })),
      trustIn(jwkSet([jwkOf(by.publicKey)], { iss: did })),
      trustIn(jwkSet([jwkOf(by.publicKey, { kid: 'mine' })]), did),
    ]) {
      expect(reasonOf(line({}), trusted)).toBe('ok');
      expect(reasonOf(line({ kid: `${did}#0` }), trusted)).toBe('ok');
      expect(reasonOf(line({ kid: '#0' }), trusted)).toBe('ok');
      expect(reasonOf(line({ kid: 'did:key:other#0' }), trusted)).toBe('unknown-key');
    }
    expect(reasonOf(line({}))).toBe('unknown-issuer');
  });

  it('a list that gives a DID another key than its own is not read', () => {
    const did = didKey(signer.publicKey);
    const set = document(jwkSet([jwkOf(jwsSigner().publicKey)], { iss: did }));
    expect(readLooseDocument(set)).toMatchObject({
      ok: false,
      error: expect.stringContaining('not the one in its name'),
    });
    const broken = readLooseDocument(document(JSON.stringify({ id: 'did:key:z6Mk' })));
    expect(broken).toMatchObject({ ok: false, error: expect.stringContaining('no key can be read') });
  });

  it('a did:web is verified with its document, by JWK or multikey', () => {
    const web = (method: object) =>
      trustIn(JSON.stringify({ id: ISSUER, verificationMethod: [{ id: KID, ...method }], assertionMethod: [KID] }));
    const multikey = didKey(signer.publicKey).slice('did:key:'.length);
    for (const trusted of [web({ publicKeyJwk: jwkOf(signer.publicKey) }), web({ publicKeyMultibase: multikey })]) {
      expect(reasonOf(signed(PAYLOAD), trusted)).toBe('ok');
      expect(reasonOf(signed(PAYLOAD, { kid: '#key-1' }), trusted)).toBe('ok');
      expect(reasonOf(signed(PAYLOAD, { kid: '#key-2' }), trusted)).toBe('unknown-key');
      expect(reasonOf(signed(PAYLOAD, { kid: 'did:web:other.example#key-1' }), trusted)).toBe('unknown-key');
    }
  });

  it('without a key id only the one key of its issuer will do', () => {
    const bare = signed(PAYLOAD, { kid: undefined });
    expect(reasonOf(bare)).toBe('ok');
    const other = jwsSigner();
    const two = trustOf([
      signer.trusted(ISSUER, ['vc-jwt'], { kid: 'a' }),
      other.trusted(ISSUER, ['vc-jwt'], { kid: 'b' }),
    ]);
    expect(reasonOf(bare, two)).toBe('unknown-key');
    const same = trustOf([
      signer.trusted(ISSUER, ['vc-jwt'], { kid: 'a' }),
      signer.trusted(ISSUER, ['vc-jwt'], { kid: 'b' }),
    ]);
    expect(reasonOf(bare, same)).toBe('ok');
  });

  it('COOV: a dose is an entry v, in the words of the EU certificate', () => {
    const dose = (more: object) =>
      about({
        vaccine: 'Comirnaty',
        brand: { ko: '코미나티주', en: 'Comirnaty' },
        doseNum: 2,
        date: '2021-07-10',
        ...more,
      });
    expect(claimsOf(dose({ country: 'KR' }))).toMatchObject({
      kind: 'vaccination',
      v: [{ tg: '840539006', mp: 'EU/1/20/1528', dn: 2, sd: 2, dt: '2021-07-10', co: 'KR', is: ISSUER }],
      t: [],
      r: [],
      x: [],
      ticket: null,
    });
    expect(claimsOf(dose({ doseNum: '3', date: '20211110' }))).toMatchObject({
      v: [{ dn: 3, sd: 3, dt: '2021-11-10' }],
    });
    expect(claimsOf(dose({ vaccine: '얀센', brand: {}, doseNum: 1 }))).toMatchObject({ v: [{ dn: 1, sd: 1 }] });
    expect(claimsOf(dose({ vaccine: '스카이코비원', brand: {}, doseNum: 1 }))).toMatchObject({
      v: [{ tg: null, vp: '스카이코비원', mp: null, dn: 1, sd: 2 }],
    });
    expect(claimsOf(dose({ date: '2021-02-30' }))).toBe('bad-claims');
    expect(claimsOf(dose({ date: undefined }))).toBe('bad-claims');
  });

  it('COOV: a name by itself is genuine and proves no dose', () => {
    expect(claimsOf(about({ name: '김쿠브' }, { type: ['VerifiableCredential', 'Personal'] }))).toMatchObject({
      kind: 'other',
      nam: { fn: '김쿠브' },
      v: [],
    });
  });

  it('a vaccination event of the W3C vocabulary is an entry v', () => {
    const event = {
      dateOfVaccination: '2021-06-23T13:40:12Z',
      order: '3/3',
      countryOfVaccination: 'GE',
      vaccine: { atcCode: 'J07BX03', medicinalProductName: 'COVID-19 Vaccine Moderna' },
      recipient: { givenName: 'Marion', familyName: 'Mustermann', birthDate: '1961-08-17' },
    };
    expect(claimsOf(about(event))).toMatchObject({
      kind: 'vaccination',
      v: [{ mp: 'EU/1/20/1507', dn: 3, sd: 3, dt: '2021-06-23', co: 'GE' }],
      nam: { fn: 'Mustermann', gn: 'Marion' },
      dob: '1961-08-17',
    });
  });

  it.each([
    ['v', 'vaccination', { dn: 2, sd: 2, dt: '2021-07-10' }],
    ['t', 'test', { sc: '2021-12-12T10:00:00Z', tr: '260415000' }],
    ['r', 'recovery', { fr: '2021-10-01', df: '2021-10-12', du: '2022-03-30' }],
    ['x', 'exemption', { why: 'allergy' }],
  ])('an entry %s of the EU certificate is taken as it is', (name, kind, entry) => {
    expect(claimsOf(about({ [name]: [entry] }))).toMatchObject({ kind, [name]: [entry], ticket: null });
    expect(claimsOf(about({ [name]: {} }))).toBe('bad-claims');
  });

  it.each([
    ['no issuer', { iss: undefined }, 'malformed'],
    ['an issuer that is no text', { iss: 7 }, 'malformed'],
    ['an issuer that disturbs the terminal', { iss: 'a\u202eb' }, 'malformed'],
    ['two issuers', { vc: { ...VC, issuer: 'did:web:other.example' } }, 'malformed'],
    ['the same issuer twice', { vc: { ...VC, issuer: { id: ISSUER } } }, 'ok'],
    ['a vc that is no object', { vc: 'x' }, 'malformed'],
    ['two holders', { sub: 'did:key:other' }, 'bad-claims'],
    ['a sub that is no text', { sub: 7, vc: { ...VC, credentialSubject: {} } }, 'bad-claims'],
    ['two subjects', { vc: { ...VC, credentialSubject: [{}, {}] } }, 'bad-claims'],
    ['a list of one subject', { vc: { ...VC, credentialSubject: [{}] } }, 'ok'],
    ['exp in the past', { exp: NBF + 3_600 }, 'expired'],
    ['exp a second later', { exp: NBF + 3_601 }, 'ok'],
    ['nbf in the future', { nbf: NBF + 3_601 }, 'not-yet-valid'],
    ['exp that is no number', { exp: '1700000000' }, 'bad-claims'],
    ['an expirationDate in the past', { vc: { ...VC, expirationDate: '2021-11-27T08:00:00Z' } }, 'expired'],
    ['a validUntil in the past', { vc: { ...VC, validUntil: '2021-11-27T08:00:00Z' } }, 'expired'],
    ['an issuanceDate in the future', { vc: { ...VC, issuanceDate: '2021-11-28T08:00:00Z' } }, 'not-yet-valid'],
    ['an expirationDate that is none', { vc: { ...VC, expirationDate: 'soon' } }, 'bad-claims'],
  ])('with %s', (_, change, reason) => {
    expect(reasonOf(signed({ ...PAYLOAD, ...change }))).toBe(reason);
  });

  it('as the token itself (vc+jwt) names its issuer inside', () => {
    const credential = {
      type: 'VerifiableCredential',
      issuer: { id: ISSUER },
      credentialSubject: {},
      validFrom: '2021-01-01T00:00:00Z',
    };
    expect(reasonOf(signed(credential, { typ: 'vc+jwt' }))).toBe('ok');
    expect(reasonOf(signed({ ...credential, issuer: undefined }, { typ: 'vc+jwt' }))).toBe('malformed');
  });

  it('that its issuer did not name is remembered by its content, not by its spelling', () => {
    const idOf = (payload: object) => {
      const result = verify(signed(payload));
      return result.ok ? result.value.passId.toString('hex') : result.error.reason;
    };
    const bare = { ...PAYLOAD, jti: undefined };
    expect(idOf(bare)).toBe(idOf(bare));
    expect(idOf({ ...bare, nbf: NBF - 1 })).not.toBe(idOf(bare));
    expect(idOf({ ...bare, vc: { ...VC, id: 'urn:uuid:1' } })).toBe(idOf(PAYLOAD));
  });

  it('of a key for other kinds or formats is refused', () => {
    const kinds = trustOf([signer.trusted(ISSUER, ['vc-jwt'], { kid: KID, kinds: new Set(['membership']) })]);
    expect(reasonOf(signed(PAYLOAD), kinds)).toBe('key-not-allowed');
    const formats = trustOf([signer.trusted(ISSUER, ['vp-jwt'], { kid: KID })]);
    expect(reasonOf(signed(PAYLOAD), formats)).toBe('key-not-allowed');
  });

  it('of another key or changed after signing is a forgery', () => {
    expect(reasonOf(signed(PAYLOAD, {}, jwsSigner()))).toBe('bad-signature');
    const [header, payload, signature] = signed(PAYLOAD).split('.');
    const changed = signed({ ...PAYLOAD, exp: NBF + 999_999 }).split('.')[1];
    expect(reasonOf([header, changed, signature].join('.'))).toBe('bad-signature');
    expect(reasonOf([header, payload, `${signature} `].join('.'))).toBe('malformed');
  });
});
