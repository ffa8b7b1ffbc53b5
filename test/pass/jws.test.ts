import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBase64url } from '../../src/base/base64url.ts';
import {
  headerOf,
  kidOf,
  MAX_HEADER_LENGTH,
  MAX_REMEMBERED_HEADERS,
  parseCompactJws,
  type Signer,
  verifyJws,
} from '../../src/pass/jws.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { type JwsSigner, jwsSigner, segment } from '../support/jws-signer.ts';

const ISSUER = 'venue';
const signer = jwsSigner();
const token = signer.sign({ alg: 'ES256', kid: signer.kid }, { iss: ISSUER });
const trust = trustOf([signer.trusted(ISSUER, ['entry-pass'])]);
const asked: Signer = {
  format: 'entry-pass',
  issuer: ISSUER,
  kid: signer.kid,
  algorithms: new Set(['ES256', 'EdDSA']),
};

function reasonOf(text: string, signerAsked: Signer = asked, trusted = trust): string {
  const jws = parseCompactJws(text);
  if (!jws.ok) return 'malformed';
  const verified = verifyJws(jws.value, signerAsked, trusted);
  return verified.ok ? 'ok' : verified.error.reason;
}

describe('compact JWS gate', () => {
  it('a token has one spelling: 1,000 others of it are refused before the signature', () => {
    expect(reasonOf(token)).toBe('ok');
    fc.assert(
      fc.property(
        fc.nat(token.length),
        fc.constantFrom(' ', '\n', '\r', '\t', '=', '\u0000', '\ufeff', '+', '/', '~'),
        (at, odd) => {
          expect(parseCompactJws(token.slice(0, at) + odd + token.slice(at)).ok).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('the sixteen spellings of the last character of a signature are one', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const spellings = [...alphabet].map((last) => token.slice(0, -1) + last);
    const decodeAlike = spellings.filter((text) =>
      Buffer.from(text.split('.')[2] ?? '', 'base64url').equals(Buffer.from(token.split('.')[2] ?? '', 'base64url')),
    );
    expect(decodeAlike).toHaveLength(16);
    expect(decodeAlike.filter((text) => parseCompactJws(text).ok)).toEqual([token]);
  });

  it.each([
    ['no dot', token.replaceAll('.', '')],
    ['one dot', token.slice(0, token.lastIndexOf('.'))],
    ['three dots', `${token}.`],
    ['four parts', `${token}.AA`],
    ['no signature', `${token.slice(0, token.lastIndexOf('.'))}.`],
    ['no payload', `${token.split('.')[0]}..${token.split('.')[2]}`],
    ['no header', `.${token.split('.')[1]}.${token.split('.')[2]}`],
    ['an empty text', ''],
    ['a header that is a list', `${segment('[]')}.e30.AA`],
    ['a header that tells alg twice', `${segment('{"alg":"none","alg":"ES256"}')}.e30.AA`],
    ['a header that is not UTF-8', `${segment(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))}.e30.AA`],
  ])('%s is malformed', (_, text) => {
    expect(parseCompactJws(text).ok).toBe(false);
  });

  it.each(['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c'])('a scan that brings its own %s is malformed', (name) => {
    expect(reasonOf(signer.sign({ alg: 'ES256', kid: signer.kid, [name]: 'x' }, '{}'))).toBe('malformed');
  });

  it('a header is read up to its limit and not one character further', () => {
    const ofLength = (length: number) => {
      const bytes = Math.floor((length * 3) / 4);
      return `${segment(JSON.stringify({ alg: 'x'.repeat(bytes - 10) }))}.e30.AA`;
    };
    expect(ofLength(MAX_HEADER_LENGTH).indexOf('.')).toBe(MAX_HEADER_LENGTH);
    expect(headerOf(ofLength(MAX_HEADER_LENGTH))).not.toBeNull();
    expect(headerOf(ofLength(MAX_HEADER_LENGTH + 2))).toBeNull();
  });

  it.each([
    ['a'.repeat(128), true],
    ['a'.repeat(129), false],
    ['', false],
    ['../../etc/passwd', true],
    ["'; DROP TABLE keys", false],
    ['a\u0000', false],
    ['열쇠', false],
    [7, false],
  ])('a key id of %j is usable: %s', (kid, usable) => {
    expect(kidOf({ kid }) !== null).toBe(usable);
  });
});

describe('JWS verification', () => {
  const signed = (by: JwsSigner, alg: string) => by.sign({ alg, kid: by.kid }, { iss: ISSUER });

  it.each(['none', 'HS256', 'ES256K', 'ES384', 'PS256', 'RS256', 'es256', '', 'toString'])(
    'a header that names %j is refused whatever the key is',
    (alg) => {
      expect(reasonOf(signed(signer, alg))).toBe('algorithm-not-allowed');
    },
  );

  it('ES256 on P-384 is refused, although COSE would sign so', () => {
    const wide = jwsSigner('P-384');
    const trusted = trustOf([wide.trusted(ISSUER, ['entry-pass'])]);
    expect(reasonOf(signed(wide, 'ES256'), { ...asked, kid: wide.kid }, trusted)).toBe('algorithm-not-allowed');
  });

  it('an Ed25519 signature verifies under EdDSA and under no other name', () => {
    const edwards = jwsSigner('Ed25519');
    const trusted = trustOf([edwards.trusted(ISSUER, ['entry-pass'])]);
    expect(reasonOf(signed(edwards, 'EdDSA'), { ...asked, kid: edwards.kid }, trusted)).toBe('ok');
    expect(reasonOf(signed(edwards, 'ES256'), { ...asked, kid: edwards.kid }, trusted)).toBe('algorithm-not-allowed');
    const narrow: Signer = { ...asked, kid: edwards.kid, algorithms: new Set(['ES256']) };
    expect(reasonOf(signed(edwards, 'EdDSA'), narrow, trusted)).toBe('algorithm-not-allowed');
  });

  it('a key published for another algorithm does not verify', () => {
    const trusted = trustOf([signer.trusted(ISSUER, ['entry-pass'], { alg: 'ES384' })]);
    expect(reasonOf(token, asked, trusted)).toBe('algorithm-not-allowed');
  });

  it('the key is found by issuer and kid, and no other is tried', () => {
    expect(reasonOf(token, { ...asked, issuer: 'other' })).toBe('unknown-issuer');
    expect(reasonOf(token, { ...asked, kid: 'other' })).toBe('unknown-key');
  });

  it('a key for another format may not sign this one', () => {
    const trusted = trustOf([signer.trusted(ISSUER, ['sticker'])]);
    expect(reasonOf(token, asked, trusted)).toBe('key-not-allowed');
  });

  it('a signature with any bit changed is bad, and so is any other length', () => {
    const [header, payload, signature] = token.split('.');
    const bytes = Buffer.from(signature ?? '', 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 5) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(reasonOf(`${header}.${payload}.${encodeBase64url(changed)}`)).toBe('bad-signature');
    }
    for (const other of [bytes.subarray(1), Buffer.concat([bytes, Buffer.of(0)]), Buffer.alloc(64)]) {
      expect(reasonOf(`${header}.${payload}.${encodeBase64url(other)}`)).toBe('bad-signature');
    }
  });
});

describe('headers that are kept as parsed', () => {
  const numbered = (number: number): string =>
    signer.sign({ alg: 'ES256', kid: signer.kid, number }, { iss: ISSUER, number });
  const isKept = (text: string): boolean => {
    const [first, second] = [headerOf(text), headerOf(text)];
    return first !== null && first === second;
  };

  it('only a genuine pass leaves its header behind, so that scans of strangers cannot fill memory', () => {
    const genuine = numbered(-1);
    const [header, , signature] = genuine.split('.');
    expect(reasonOf(`${header}.${segment('{"iss":"venue"}')}.${signature}`)).toBe('bad-signature');
    expect(reasonOf(genuine, { ...asked, kid: 'other' })).toBe('unknown-key');
    expect(isKept(genuine)).toBe(false);
    expect(reasonOf(genuine)).toBe('ok');
    expect(isKept(genuine)).toBe(true);
    expect(headerOf(genuine)).toEqual({ alg: 'ES256', kid: signer.kid, number: -1 });
  });

  it('a second spelling of a kept header is refused like any other', () => {
    expect(reasonOf(token)).toBe('ok');
    const [header = ''] = token.split('.');
    for (const spelling of [`${header}=`, `${header} `, `${header}A`]) expect(headerOf(`${spelling}.x.y`)).toBeNull();
  });

  it('32 headers are kept, and the 33rd puts out the oldest', () => {
    const texts = Array.from({ length: MAX_REMEMBERED_HEADERS }, (_, number) => numbered(number));
    for (const text of texts) expect(reasonOf(text)).toBe('ok');
    expect(texts.every(isKept)).toBe(true);
    expect(reasonOf(numbered(MAX_REMEMBERED_HEADERS))).toBe('ok');
    expect(texts.map(isKept)).toEqual(texts.map((_, index) => index > 0));
  });
});
