import { describe, expect, it } from 'vitest';
import { entryPass, MAX_PRODUCT_LENGTH } from '../../src/pass/entry-pass.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { type JwsSigner, jwsSigner, segment } from '../support/jws-signer.ts';

const ISSUER = '문지기 상영관';
const IAT = 1_638_000_000;
const NOW = { atMs: (IAT + 3_600) * 1_000, trusted: true };
const signer = jwsSigner();
const trust = trustOf([signer.trusted(ISSUER, ['entry-pass'])]);

const TICKET = { iss: ISSUER, jti: 'a1b2c3d4', iat: IAT, exp: IAT + 86_400, kind: 'ticket' };
const V = { tg: '840539006', vp: '1119349007', mp: 'EU/1/20/1528', dn: 2, sd: 2, dt: '2021-07-10' };
const T = { tg: '840539006', tt: 'LP6464-4', sc: '2021-12-12T09:00:00+09:00', tr: '260415000' };
const R = { tg: '840539006', fr: '2021-08-01', df: '2021-08-12', du: '2022-01-28' };
const X = { why: 'severe reaction', until: '2022-06-30' };

const signed = (payload: object | string, header: object = {}, by: JwsSigner = signer) =>
  by.sign({ alg: 'ES256', typ: 'entry-pass+jwt', kid: by.kid, ...header }, payload);
const verify = (line: string, trusted = trust, now = NOW) => entryPass.verify(line, trusted, now);
const reasonOf = (line: string, trusted = trust, now = NOW) => {
  const verified = verify(line, trusted, now);
  return verified.ok ? 'ok' : verified.error.reason;
};

describe('entry pass', () => {
  it('a ticket is read, with what its issuer calls it as its id', () => {
    expect(verify(signed({ ...TICKET, product: 'Matinee', single: true, nbf: IAT + 60 }))).toMatchObject({
      ok: true,
      value: {
        format: 'entry-pass',
        kind: 'ticket',
        issuer: ISSUER,
        kid: signer.kid,
        validFromMs: (IAT + 60) * 1_000,
        validUntilMs: (IAT + 86_400) * 1_000,
        passId: Buffer.from(`${ISSUER}\0a1b2c3d4`),
        single: true,
        claims: { v: [], t: [], r: [], x: [], nam: {}, dob: null, kind: 'ticket', ticket: { product: 'Matinee' } },
      },
    });
  });

  it('EdDSA signs as well as ES256', () => {
    const edwards = jwsSigner('Ed25519');
    const trusted = trustOf([edwards.trusted(ISSUER, ['entry-pass'])]);
    expect(reasonOf(signed(TICKET, { alg: 'EdDSA' }, edwards), trusted)).toBe('ok');
    expect(reasonOf(signed(TICKET, { alg: 'PS256' }))).toBe('algorithm-not-allowed');
  });

  it.each([
    ['vaccination', 'v', V],
    ['test', 't', T],
    ['recovery', 'r', R],
    ['exemption', 'x', X],
  ])('a pass of the kind %s carries exactly %s', (kind, name, entry) => {
    const verified = verify(
      signed({ ...TICKET, kind, [name]: entry, nam: { fn: 'Hong', gn: 'Gildong' }, dob: '1980' }),
    );
    expect(verified).toMatchObject({
      ok: true,
      value: { kind, claims: { [name]: [entry], nam: { fn: 'Hong' }, dob: '1980', ticket: null } },
    });
    expect(reasonOf(signed({ ...TICKET, kind, [name]: [entry] }))).toBe('ok');
    expect(reasonOf(signed({ ...TICKET, kind, [name]: [entry, entry] }))).toBe('bad-claims');
    expect(reasonOf(signed({ ...TICKET, kind }))).toBe('bad-claims');
    expect(reasonOf(signed({ ...TICKET, [name]: entry }))).toBe('bad-claims');
    const second = name === 'v' ? { t: T } : { v: V };
    expect(reasonOf(signed({ ...TICKET, kind, [name]: entry, ...second }))).toBe('bad-claims');
    expect(reasonOf(signed({ ...TICKET, kind: name === 'v' ? 'test' : 'vaccination', [name]: entry }))).toBe(
      'bad-claims',
    );
  });

  it.each([
    ['v', { ...V, dn: 0 }],
    ['v', { ...V, sd: 1.5 }],
    ['v', { ...V, dt: '2021-02-30' }],
    ['v', { ...V, dt: undefined }],
    ['v', 'x'],
    ['v', null],
    ['t', { ...T, sc: 'today' }],
    ['t', { ...T, tr: 7 }],
    ['r', { ...R, du: '' }],
    ['x', { until: '2022-06-30' }],
    ['x', { ...X, until: 'never' }],
  ])('an entry %s of %j cannot be judged', (name, entry) => {
    const kind = { v: 'vaccination', t: 'test', r: 'recovery', x: 'exemption' }[name];
    expect(reasonOf(signed({ ...TICKET, kind, [name]: entry }))).toBe('bad-claims');
  });

  it('an exemption without an end has none', () => {
    expect(reasonOf(signed({ ...TICKET, kind: 'exemption', x: { why: 'allergy' } }))).toBe('ok');
    expect(reasonOf(signed({ ...TICKET, kind: 'exemption', x: { why: 'allergy', until: null } }))).toBe('ok');
  });

  it('proof of health is never good for one entry only', () => {
    const verified = verify(signed({ ...TICKET, kind: 'vaccination', v: V, single: true }));
    expect(verified).toMatchObject({ ok: true, value: { single: false } });
  });

  it.each([
    ['jti', 'a'.repeat(8), 'ok'],
    ['jti', 'a'.repeat(7), 'bad-claims'],
    ['jti', 'a'.repeat(64), 'ok'],
    ['jti', 'a'.repeat(65), 'bad-claims'],
    ['jti', 'a1b2c3d.', 'bad-claims'],
    ['jti', 12_345_678, 'bad-claims'],
    ['jti', undefined, 'bad-claims'],
    ['kind', 'vip', 'bad-claims'],
    ['kind', undefined, 'bad-claims'],
    ['kind', '__proto__', 'bad-claims'],
    ['kind', 'membership', 'ok'],
    ['kind', 'other', 'ok'],
    ['iat', undefined, 'bad-claims'],
    ['iat', String(IAT), 'bad-claims'],
    ['exp', undefined, 'bad-claims'],
    ['exp', null, 'bad-claims'],
    ['exp', IAT, 'expired'],
    ['exp', (IAT + 86_400) * 1_000, 'bad-claims'],
    ['nbf', 'now', 'bad-claims'],
    ['nbf', IAT + 7_200, 'not-yet-valid'],
    ['single', 'yes', 'bad-claims'],
    ['product', '', 'bad-claims'],
    ['product', 'a'.repeat(MAX_PRODUCT_LENGTH), 'ok'],
    ['product', 'a'.repeat(MAX_PRODUCT_LENGTH + 1), 'bad-claims'],
    ['nam', 'Hong', 'bad-claims'],
    ['nam', { fn: 7 }, 'bad-claims'],
    ['dob', '1980-01-01', 'ok'],
    ['dob', '80', 'bad-claims'],
    ['iss', undefined, 'malformed'],
    ['iss', `${ISSUER}\u202e`, 'malformed'],
    ['iss', 'a\u0000b', 'malformed'],
    ['iss', 'a'.repeat(257), 'malformed'],
    ['iss', 'a'.repeat(256), 'unknown-issuer'],
    ['seat', 'G7', 'ok'],
  ])('the claim %s as %j', (name, value, reason) => {
    expect(reasonOf(signed({ ...TICKET, [name]: value }))).toBe(reason);
  });

  it.each([
    ['an unknown member', { cty: 'JWT' }, 'malformed'],
    ['no kid', { kid: undefined }, 'malformed'],
    ['a kid of 129 characters', { kid: 'a'.repeat(129) }, 'malformed'],
    ['a kid of 128 characters', { kid: 'a'.repeat(128) }, 'unknown-key'],
    ['no alg', { alg: undefined }, 'malformed'],
    ['another typ', { typ: 'sticker+jwt' }, 'malformed'],
    ['crit', { crit: ['exp'] }, 'malformed'],
    ['alg none', { alg: 'none' }, 'algorithm-not-allowed'],
    ['alg HS256', { alg: 'HS256' }, 'algorithm-not-allowed'],
  ])('a header with %s', (_, header, reason) => {
    expect(reasonOf(signed(TICKET, header))).toBe(reason);
  });

  it.each(['[]', '{', '{"iss":"a","iss":"b"}', '\ufeff{}', '7'])('a payload of %s is malformed', (payload) => {
    expect(reasonOf(signed(payload))).toBe('malformed');
  });

  it('a claim that names a prototype reaches nothing', () => {
    const text = JSON.stringify(TICKET).replace('"kind":"ticket"', '"__proto__":{"kind":"ticket"}');
    expect(reasonOf(signed(text))).toBe('bad-claims');
    expect(reasonOf(signed(text.replace('__proto__', 'constructor')))).toBe('bad-claims');
  });

  it('what is signed by a key of somebody else is not ours', () => {
    const stranger = jwsSigner();
    expect(reasonOf(signed(TICKET, { kid: signer.kid }, stranger))).toBe('bad-signature');
    const trusted = trustOf([signer.trusted(ISSUER, ['entry-pass'], { kinds: new Set(['membership']) })]);
    expect(reasonOf(signed(TICKET), trusted)).toBe('key-not-allowed');
  });

  it('the order of reasons: signature before dates, dates before claims', () => {
    const bad = { ...TICKET, jti: 'x' };
    const [header, , signature] = signed(bad).split('.');
    const changed = `${header}.${segment(JSON.stringify({ ...bad, exp: IAT }))}.${signature}`;
    expect(reasonOf(changed)).toBe('bad-signature');
    expect(reasonOf(signed({ ...bad, exp: IAT }))).toBe('expired');
    expect(reasonOf(signed(bad))).toBe('bad-claims');
  });

  it('tells what an expired pass said of itself, without its claims', () => {
    expect(verify(signed({ ...TICKET, exp: IAT + 1 }))).toEqual({
      ok: false,
      error: {
        reason: 'expired',
        detail: expect.any(String),
        finding: {
          format: 'entry-pass',
          kind: 'ticket',
          issuer: ISSUER,
          kid: signer.kid,
          validFromMs: null,
          validUntilMs: (IAT + 1) * 1_000,
          issuedAtMs: IAT * 1_000,
        },
      },
    });
  });
});
