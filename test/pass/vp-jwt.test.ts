import { describe, expect, it } from 'vitest';
import { authenticate } from '../../src/pass/authenticate.ts';
import type { PassFields } from '../../src/pass/pass.ts';
import type { Trust } from '../../src/pass/trust.ts';
import { MAX_CREDENTIALS } from '../../src/pass/vp-jwt.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { didInfra, didKey } from '../support/did.ts';
import { type JwsSigner, jwsSigner } from '../support/jws-signer.ts';

const NBF = 1_638_000_000;
const NOW = { atMs: (NBF + 30) * 1_000, trusted: true };
const issuer = jwsSigner('secp256k1');
const holder = jwsSigner('secp256k1');
const thief = jwsSigner('secp256k1');
const ISSUER = didInfra(issuer.publicKey);
const HOLDER = didInfra(holder.publicKey);
const trust = trustOf([issuer.trusted(ISSUER, ['vc-jwt', 'vp-jwt'])]);

const vc = (subject: object, more: object = {}, by: JwsSigner = issuer) =>
  by.sign(
    { alg: 'ES256K', typ: 'JWT' },
    { iss: ISSUER, sub: HOLDER, nbf: NBF, vc: { type: ['VerifiableCredential'], credentialSubject: subject }, ...more },
  );
const DOSE_1 = vc({ vaccine: 'Comirnaty', doseNum: 1, date: '2021-06-19' }, { jti: 'dose-1' });
const DOSE_2 = vc({ vaccine: 'Comirnaty', doseNum: 2, date: '2021-07-10' }, { jti: 'dose-2' });
const NAME = vc({ name: '김쿠브' }, { jti: 'name' });

const vp = (credentials: unknown, more: object = {}, by: JwsSigner = holder, header: object = {}) =>
  by.sign(
    { alg: 'ES256K', typ: 'JWT', ...header },
    {
      iss: HOLDER,
      nbf: NBF,
      exp: NBF + 60,
      nonce: 'did:infra:challenge',
      aud: ['did:infra:door'],
      vp: { type: ['VerifiablePresentation'], verifiableCredential: credentials },
      ...more,
    },
  );
const verify = (line: string, trusted: Trust = trust, now = NOW) =>
  authenticate({ line: Buffer.from(line, 'utf8'), parts: 1 }, trusted, now);
const reasonOf = (line: string, trusted: Trust = trust, now = NOW) => {
  const result = verify(line, trusted, now);
  return result.ok ? 'ok' : result.error.reason;
};

describe('a verifiable presentation as a JWT', () => {
  it('COOV’s own, had it been in the code: name and doses of one person, verified without its server', () => {
    expect(verify(vp([DOSE_2, NAME, DOSE_1]))).toMatchObject({
      ok: true,
      value: {
        format: 'vp-jwt',
        kind: 'vaccination',
        issuer: ISSUER,
        validFromMs: NBF * 1_000,
        validUntilMs: (NBF + 60) * 1_000,
        claims: { v: [{ dn: 2, sd: 2, dt: '2021-07-10' }], nam: { fn: '김쿠브' } },
      },
    });
  });

  it('two first doses told apart by their days are two doses', () => {
    const result = verify(vp([vc({ vaccine: 'A', date: '2021-06-19' }), vc({ vaccine: 'A', date: '2021-07-10' })]));
    expect(result).toMatchObject({ ok: true, value: { claims: { v: [{ dn: 2, dt: '2021-07-10' }] } } });
  });

  it('made anew is the same pass, and the same as its credential alone', () => {
    const idOf = (line: string) => {
      const result = verify(line);
      return result.ok ? result.value.passId.toString('hex') : result.error.reason;
    };
    expect(idOf(vp([DOSE_2]))).toBe(idOf(DOSE_2));
    expect(idOf(vp([DOSE_2], { nonce: 'another', exp: NBF + 90 }))).toBe(idOf(DOSE_2));
    expect(idOf(vp([NAME, DOSE_1, DOSE_2]))).toBe(idOf(DOSE_2));
    const unnamed = vc({ product: 'Hall A' });
    expect(idOf(vp([unnamed]))).toBe(idOf(unnamed));
  });

  it('of somebody else’s credential is refused: the thief has no key of the holder', () => {
    const asThief = { iss: didInfra(thief.publicKey) };
    expect(reasonOf(vp([DOSE_2], asThief, thief))).toBe('key-not-allowed');
    expect(reasonOf(vp([DOSE_2], {}, thief))).toBe('bad-signature');
    expect(reasonOf(vp([NAME, vc({}, { sub: didInfra(thief.publicKey) })]))).toBe('key-not-allowed');
    expect(reasonOf(vp([vc({}, { sub: undefined })]))).toBe('key-not-allowed');
  });

  it('the holder’s key is the one in its name, whatever the header says', () => {
    const did = didKey(holder.publicKey);
    const bound = vc({}, { sub: did });
    expect(reasonOf(vp([bound], { iss: did }))).toBe('ok');
    expect(reasonOf(vp([bound], { iss: did }, holder, { kid: `${did}#${did.slice(8)}` }))).toBe('ok');
    expect(reasonOf(vp([bound], { iss: did }, holder, { kid: `${didKey(thief.publicKey)}#x` }))).toBe('unknown-key');
    expect(reasonOf(vp([vc({}, { sub: 'did:web:a.example' })], { iss: 'did:web:a.example' }))).toBe('unknown-key');
    expect(reasonOf(vp([bound], { iss: did }, holder, { alg: 'ES256' }))).toBe('algorithm-not-allowed');
    expect(reasonOf(vp([bound], { iss: did }, holder, { alg: 'none' }))).toBe('algorithm-not-allowed');
  });

  it('every credential in it must be genuine and of one issuer', () => {
    expect(reasonOf(vp([DOSE_2, vc({ name: 'x' }, {}, thief)]))).toBe('bad-signature');
    expect(reasonOf(vp([DOSE_2, vc({}, { iss: 'did:web:unknown.example' })]))).toBe('unknown-issuer');
    expect(reasonOf(vp([DOSE_2]), trustOf([]))).toBe('unknown-issuer');
    const other = jwsSigner();
    const both = trustOf([issuer.trusted(ISSUER, ['vp-jwt']), other.trusted('did:web:b.example', ['vp-jwt'])]);
    const foreign = other.sign(
      { alg: 'ES256' },
      { iss: 'did:web:b.example', sub: HOLDER, vc: { credentialSubject: {} } },
    );
    expect(reasonOf(vp([foreign]), both)).toBe('ok');
    expect(reasonOf(vp([DOSE_2, foreign]), both)).toBe('bad-claims');
  });

  it('a list can ask for presentations alone, so that a copied credential is not enough', () => {
    const strict = trustOf([issuer.trusted(ISSUER, ['vp-jwt'])]);
    expect(reasonOf(vp([DOSE_2]), strict)).toBe('ok');
    expect(reasonOf(DOSE_2, strict)).toBe('key-not-allowed');
    const kinds = trustOf([issuer.trusted(ISSUER, ['vp-jwt'], { kinds: new Set(['ticket']) })]);
    expect(reasonOf(vp([DOSE_2]), kinds)).toBe('key-not-allowed');
  });

  it.each([
    ['a picture of it after its minute', {}, 60, 'expired'],
    ['in its last second', {}, 59, 'ok'],
    ['before its time', {}, -1, 'not-yet-valid'],
    ['without end', { exp: undefined }, 86_400, 'ok'],
    ['exp that is no number', { exp: 'soon' }, 0, 'bad-claims'],
    ['a nonce that is no text', { nonce: 7 }, 0, 'bad-claims'],
    ['one verifier', { aud: 'did:infra:door' }, 0, 'ok'],
    ['no verifier', { aud: undefined, nonce: undefined }, 0, 'ok'],
    ['a verifier that is no text', { aud: [7] }, 0, 'bad-claims'],
    ['a holder that is no DID', { iss: 'holder' }, 0, 'malformed'],
    ['no holder', { iss: undefined }, 0, 'malformed'],
    ['no presentation', { vp: 'x' }, 0, 'malformed'],
    ['nothing presented', { vp: {} }, 0, 'malformed'],
  ])('with %s', (_, change, seconds, reason) => {
    expect(reasonOf(vp([DOSE_2], change), trust, { atMs: (NBF + seconds) * 1_000, trusted: true })).toBe(reason);
  });

  it('ends with the first of its credentials', () => {
    expect(reasonOf(vp([DOSE_2, vc({}, { exp: NBF + 30 })]))).toBe('expired');
    expect(reasonOf(vp([DOSE_2, vc({}, { exp: NBF + 31 })]))).toBe('ok');
  });

  it('one revoked credential revokes it', () => {
    const revoking = (id: string) =>
      trustOf([issuer.trusted(ISSUER, ['vp-jwt'])], ({ passId }: PassFields) => passId.toString().endsWith(`\0${id}`));
    for (const id of ['dose-1', 'dose-2', 'name'])
      expect(reasonOf(vp([NAME, DOSE_1, DOSE_2]), revoking(id))).toBe('revoked');
    expect(reasonOf(vp([NAME, DOSE_2]), revoking('dose-1'))).toBe('ok');
  });

  it('holds credentials up to its limit', () => {
    const short = vc({});
    const many = (count: number) => vp(Array.from({ length: count }, () => short));
    const result = authenticate({ line: Buffer.from(many(MAX_CREDENTIALS)), parts: 2 }, trust, NOW);
    expect(result.ok).toBe(true);
    const over = authenticate({ line: Buffer.from(many(MAX_CREDENTIALS + 1)), parts: 2 }, trust, NOW);
    expect(over).toMatchObject({ ok: false, error: { reason: 'malformed' } });
  });

  it.each([['x'], [''], [{}], [null], ['a.b.c']])('a credential that is %j is malformed', (credential) => {
    expect(reasonOf(vp([credential]))).toBe('malformed');
    expect(reasonOf(vp([DOSE_2, credential]))).toBe('malformed');
  });
});

describe('a key that may not vouch for doses', () => {
  const named = jwsSigner('secp256k1');
  const kid = (name: string): string => `${ISSUER}/${name}`;
  const trusted = trustOf([
    issuer.trusted(ISSUER, ['vc-jwt', 'vp-jwt'], { kid: kid('doses') }),
    named.trusted(ISSUER, ['vc-jwt', 'vp-jwt'], { kid: kid('other'), kinds: new Set(['recovery', 'other']) }),
  ]);
  const by = (key: JwsSigner, name: string, subject: object) =>
    key.sign(
      { alg: 'ES256K', typ: 'JWT', kid: kid(name) },
      { iss: ISSUER, sub: HOLDER, vc: { type: ['VerifiableCredential'], credentialSubject: subject } },
    );
  const newest = by(issuer, 'doses', { vaccine: 'Comirnaty', doseNum: 1, date: '2021-07-10' });

  it('adds none to those of another key', () => {
    const older = { vaccine: 'Comirnaty', doseNum: 1, date: '2021-06-19' };
    expect(reasonOf(vp([newest, by(issuer, 'doses', older)]), trusted)).toBe('ok');
    expect(reasonOf(vp([newest, by(named, 'other', older)]), trusted)).toBe('key-not-allowed');
  });

  it('still describes the person', () => {
    expect(reasonOf(vp([newest, by(named, 'other', { name: '김쿠브' })]), trusted)).toBe('ok');
  });
});
