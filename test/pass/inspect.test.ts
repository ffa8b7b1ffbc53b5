import { describe, expect, it } from 'vitest';
import { inspect } from '../../src/pass/inspect.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { makeDcc } from '../support/dcc.ts';
import { jwsSigner } from '../support/jws-signer.ts';

const IAT = 1_638_000_000;
const NOW = { atMs: (IAT + 3_600) * 1_000, trusted: true };
const signer = jwsSigner();
const ISSUER = 'clinic';
const trust = trustOf([signer.trusted(ISSUER, ['entry-pass'])]);
const CLAIMS = {
  iss: ISSUER,
  jti: 'a1b2c3d4',
  iat: IAT,
  exp: IAT + 86_400,
  kind: 'vaccination',
  v: { dn: 2, sd: 2, dt: '2021-07-10', mp: 'EU/1/20/1528' },
  nam: { fn: 'Hong', gn: 'Gildong' },
  dob: '1980-05-17',
};
const signed = (change: object = {}) =>
  signer.sign({ alg: 'ES256', typ: 'entry-pass+jwt', kid: signer.kid }, { ...CLAIMS, ...change });
const explained = (line: string, reveal = false) =>
  inspect({ line: Buffer.from(line, 'utf8'), parts: 1 }, trust, NOW, reveal);

const twice = (member: string) =>
  signer.sign({ alg: 'ES256', typ: 'entry-pass+jwt', kid: signer.kid }, `{${member}:1,${member}:2}`);

const vc = (kid: string, iss: string) => signer.sign({ alg: 'ES256', typ: 'vc+jwt', kid }, { iss, vc: {} });

describe('any scan explained in words', () => {
  it('a genuine pass names issuer, key and dates, and no person', () => {
    const text = explained(signed({ nbf: IAT }));
    expect(text).toMatch(/This is an entry pass, genuine and within its dates, about a vaccination\./);
    expect(text).toContain(`signed by clinic with the key ${signer.kid}`);
    expect(text).toContain('from 2021-11-27 08:00 UTC until 2021-11-28 08:00 UTC');
    expect(text).not.toMatch(/Hong|Gildong|1980|2021-07-10|a1b2c3d4/);
  });

  it('the person is named only when that is asked for', () => {
    expect(explained(signed(), true)).toMatch(/The person is Gildong Hong, born 1980-05-17\. .*dn 2.*dt 2021-07-10/);
    expect(explained(signed({ nam: undefined, dob: undefined }), true)).toContain('not named, with no birth date');
  });

  it.each([
    ['an altered pass', `${signed().slice(0, -6)}AAAAAA`, /bad-signature.*altered or forged.*none of that is proven/],
    ['an expired pass', signed({ exp: IAT + 60 }), /expired.*no longer valid.*until 2021-11-27 08:01 UTC/],
    ['a pass of a stranger', signed({ iss: 'stranger' }), /unknown-issuer.*not in the trust list/],
    ['a payload that says a name twice', twice('"Hong Gildong"'), /malformed.*cannot be read: a name is given twice/],
    ['a COOV code', 'did:infra:abc', /looks like a COOV session code.*needs-server.*asks no server/],
    ['a barcode of a book', '9788937460449', /^This code is not accepted \(unsupported-format\)/],
    ['one code of three', 'shc:/2/3/0101', /SMART Health Card.*incomplete.*code 2 of a card of 3 codes/],
    ['nothing', '', /malformed.*empty/],
  ])('%s', (_, line, text) => {
    for (const reveal of [false, true]) {
      expect(explained(line, reveal)).toMatch(text);
      expect(explained(line, reveal)).not.toMatch(/Hong|Gildong|1980/);
    }
  });

  it.each([
    ['an entry pass', signed({ iss: 'Hong.Gildong.1980-05-17' })],
    ['a credential', vc('did:web:x#Hong-Gildong', 'did:web:hong-gildong-1980-05-17.example')],
    ['a changing code', 'RT1:Hong-Gildong-1980:A-17:59:94287082'],
  ])('a person who signed %s in the name of their own stays unnamed, until that is asked for', (_, line) => {
    expect(explained(line)).toContain('the issuer that --reveal shows');
    expect(explained(line)).not.toMatch(/Hong|Gildong|1980/i);
    expect(explained(line, true)).toMatch(/the issuer \S*Hong/i);
  });

  it('a country and a key id of a stranger are told, because the owner needs them to ask for the key', () => {
    const text = inspect({ line: Buffer.from(makeDcc()), parts: 1 }, trust, NOW);
    expect(text).toMatch(/unknown-key.*the issuer [A-Z]{2}, the key [A-Za-z0-9+/]{11}=.*none of that is proven/);
  });

  it('what a scan says cannot write on the reader’s terminal', () => {
    const text = explained(signed({ nam: { fn: 'Hong\u001b[2J\r\n\u202e' }, dob: undefined }), true);
    expect(text).toContain('Hong');
    expect(text).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });

  it('a refused scan is never quoted', () => {
    expect(explained('my name is Gildong Hong')).not.toContain('Gildong');
  });
});
