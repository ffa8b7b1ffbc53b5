import { describe, expect, it } from 'vitest';
import { MAX_STICKER_LENGTH, sticker } from '../../src/pass/sticker.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { jwsSigner, segment } from '../support/jws-signer.ts';

const ISSUER = 'Jongno/1';
const IAT = 1_638_000_000;
const NOW = { atMs: (IAT + 3_600) * 1_000, trusted: true };
const signer = jwsSigner();
const KID = signer.kid.slice(0, 8);
const trust = trustOf([signer.trusted(ISSUER, ['sticker'], { kid: KID })]);
const CLAIMS = {
  iss: ISSUER,
  jti: 'A1K7M2QX',
  iat: IAT,
  exp: IAT + 86_400,
  kind: 'vaccination',
  via: 'eu-dcc',
  mark: segment(Buffer.alloc(8, 7)),
};
/** Without what is optional, so that one claim at a time can take the room. */
const BARE = { ...CLAIMS, kind: 'test', via: 'sms', mark: undefined };

const signed = (claims: object, header: object = {}) =>
  signer.sign({ alg: 'ES256', typ: 'sticker+jwt', kid: KID, ...header }, claims);
const reasonOf = (line: string) => {
  const verified = sticker.verify(line, trust, NOW);
  return verified.ok ? 'ok' : verified.error.reason;
};

describe('sticker', () => {
  it('is judged as a sticker: its kind is known, and no health entry is claimed', () => {
    expect(signed(CLAIMS).length).toBeLessThanOrEqual(MAX_STICKER_LENGTH);
    expect(sticker.verify(signed(CLAIMS), trust, NOW)).toMatchObject({
      ok: true,
      value: {
        format: 'sticker',
        kind: 'vaccination',
        issuer: ISSUER,
        kid: KID,
        validFromMs: IAT * 1_000,
        validUntilMs: (IAT + 86_400) * 1_000,
        passId: Buffer.from(`${ISSUER}\0A1K7M2QX`),
        single: false,
        claims: { v: [], t: [], r: [], x: [], ticket: { via: 'eu-dcc', mark: CLAIMS.mark } },
      },
    });
  });

  it.each([
    ['iss', 'a'.repeat(24), 'unknown-issuer'],
    ['iss', 'a'.repeat(25), 'malformed'],
    ['iss', '극장', 'malformed'],
    ['iss', '', 'malformed'],
    ['jti', 'A1K7M2Q', 'bad-claims'],
    ['jti', 'A1K7M2QXX', 'bad-claims'],
    ['jti', 'A1I7M2QX', 'bad-claims'],
    ['jti', 'a1k7m2qx', 'bad-claims'],
    ['kind', 'vip', 'bad-claims'],
    ['kind', 'other', 'ok'],
    ['via', undefined, 'bad-claims'],
    ['via', 'Paper', 'bad-claims'],
    ['via', 'paper', 'ok'],
    ['via', 'a'.repeat(32), 'ok'],
    ['via', 'a'.repeat(33), 'bad-claims'],
    ['mark', undefined, 'ok'],
    ['mark', segment(Buffer.alloc(7)), 'bad-claims'],
    ['mark', segment(Buffer.alloc(9)), 'bad-claims'],
    ['mark', 8, 'bad-claims'],
    ['exp', undefined, 'bad-claims'],
    ['exp', IAT + 1, 'expired'],
  ])('the claim %s as %j', (name, value, reason) => {
    expect(reasonOf(signed({ ...BARE, [name]: value }))).toBe(reason);
  });

  it.each([
    ['nine characters of the thumbprint as kid', { kid: signer.kid.slice(0, 9) }, 'malformed'],
    ['another kid', { kid: 'AAAAAAAA' }, 'unknown-key'],
    ['EdDSA', { alg: 'EdDSA' }, 'algorithm-not-allowed'],
    ['an unknown member', { cty: 'x' }, 'malformed'],
  ])('a header with %s', (_, header, reason) => {
    expect(reasonOf(signed(BARE, header))).toBe(reason);
  });

  it('the longest token that fits a label is read, and the next longer one is not', () => {
    const tokens = Array.from({ length: 120 }, (_, pad) => signed({ ...BARE, pad: 'x'.repeat(pad) }));
    const longest = tokens.findLast((token) => token.length <= MAX_STICKER_LENGTH) ?? '';
    const next = tokens.find((token) => token.length > MAX_STICKER_LENGTH) ?? '';
    // Base64url has no text of 4n + 1 characters, and so no token has exactly 331 with this header.
    expect([longest.length, next.length]).toEqual([330, 332]);
    expect(reasonOf(longest)).toBe('ok');
    expect(reasonOf(next)).toBe('too-long');
  });
});
