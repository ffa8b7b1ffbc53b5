import { randomBytes } from 'node:crypto';
import { deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MAX_INFLATED_BYTES } from '../../src/pass/inflate.ts';
import { smartHealthCard } from '../../src/pass/smart-health-card.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { jwsSigner, shcDigits, signShc } from '../support/jws-signer.ts';

const ISSUER = 'https://health.example/issuer';
const NBF = 1_638_000_000;
const NOW = { atMs: (NBF + 3_600) * 1_000, trusted: true };
const signer = jwsSigner();
const trust = trustOf([signer.trusted(ISSUER, ['smart-health-card'])]);

const PATIENT = { resource: { resourceType: 'Patient', name: [{ family: 'Anyperson', given: ['John', 'B.'] }] } };
const DOSE = {
  resource: {
    resourceType: 'Immunization',
    status: 'completed',
    vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '208' }] },
    occurrenceDateTime: '2021-07-10',
  },
};
const TYPES = ['https://smarthealth.cards#health-card', 'https://smarthealth.cards#immunization'];
const credential = (type: readonly string[] = TYPES, entry: readonly object[] = [PATIENT, DOSE]) => ({
  type,
  credentialSubject: { fhirVersion: '4.0.1', fhirBundle: { resourceType: 'Bundle', entry } },
});
const PAYLOAD = { iss: ISSUER, nbf: NBF, vc: credential() };

const verify = (line: string, trusted = trust, now = NOW) => smartHealthCard.verify(line, trusted, now);
const reasonOf = (line: string, trusted = trust, now = NOW) => {
  const verified = verify(line, trusted, now);
  return verified.ok ? 'ok' : verified.error.reason;
};

describe('SMART Health Card', () => {
  it('a genuine card is read, with its claims in the words of the EU DCC', () => {
    const verified = verify(signShc(signer, { ...PAYLOAD, exp: NBF + 86_400.5 }));
    expect(verified).toMatchObject({
      ok: true,
      value: {
        format: 'smart-health-card',
        kind: 'vaccination',
        issuer: ISSUER,
        kid: signer.kid,
        validFromMs: NBF * 1_000,
        validUntilMs: NBF * 1_000 + 86_400_500,
        single: false,
        claims: { v: [{ tg: '840539006', mp: 'EU/1/20/1528', dn: 1, sd: 2, dt: '2021-07-10' }] },
      },
    });
  });

  it.each([
    ['zip missing', { zip: undefined }, 'malformed'],
    ['zip of another kind', { zip: 'GZIP' }, 'malformed'],
    ['alg missing', { alg: undefined }, 'malformed'],
    ['alg none', { alg: 'none' }, 'algorithm-not-allowed'],
    ['alg EdDSA', { alg: 'EdDSA' }, 'algorithm-not-allowed'],
    ['kid missing', { kid: undefined }, 'malformed'],
    ['kid of another key', { kid: 'another' }, 'unknown-key'],
    ['an embedded key', { jwk: signer.publicKey.export({ format: 'jwk' }) }, 'malformed'],
    ['an unknown member, which RFC 7515 lets pass', { typ: 'JWT', note: 1 }, 'ok'],
  ])('header with %s', (_, header, reason) => {
    expect(reasonOf(signShc(signer, PAYLOAD, header))).toBe(reason);
  });

  it('a payload that was never deflated, or deflated with a zlib head, is malformed though its signature is good', () => {
    const header = { alg: 'ES256', zip: 'DEF', kid: signer.kid };
    const plain = JSON.stringify(PAYLOAD);
    for (const payload of [plain, deflateSync(plain), Buffer.concat([deflateRawSync(plain), Buffer.of(0)])]) {
      expect(reasonOf(`shc:/${shcDigits(signer.sign(header, payload))}`)).toBe('malformed');
    }
    expect(reasonOf(`shc:/${shcDigits(signer.sign(header, deflateRawSync(plain).subarray(0, -1)))}`)).toBe('malformed');
  });

  it('a byte order mark, and what follows the JSON, are malformed though the signature is good', () => {
    const plain = JSON.stringify(PAYLOAD);
    expect(reasonOf(signShc(signer, plain))).toBe('ok');
    expect(reasonOf(signShc(signer, `\ufeff${plain}`))).toBe('malformed');
    expect(reasonOf(signShc(signer, `${plain}{}`))).toBe('malformed');
    expect(reasonOf(signShc(signer, plain.replace('{', `{"iss":"https://evil.example",`)))).toBe('malformed');
  });

  it('64 KiB are inflated and not one byte more', () => {
    const plain = JSON.stringify(PAYLOAD);
    const noise = randomBytes(2_000).toString('hex');
    const padded = (length: number) => `${plain.slice(0, -1)},"noise":"${noise}"}`.padEnd(length, ' ');
    expect(reasonOf(signShc(signer, padded(MAX_INFLATED_BYTES)))).toBe('ok');
    expect(reasonOf(signShc(signer, padded(MAX_INFLATED_BYTES + 1)))).toBe('malformed');
    expect(reasonOf(signShc(signer, Buffer.alloc(3_000_000, ' ')))).toBe('malformed');
  });

  it('pairs up to 77 are characters, 78 and odd counts are not', () => {
    const line = signShc(signer, PAYLOAD);
    for (const broken of [`${line}78`, `${line}7`, line.slice(0, -1), 'shc:/', `${line} `, `shc:/99${line.slice(7)}`]) {
      expect(reasonOf(broken)).toBe('malformed');
    }
    expect(verify(`${line}78`)).toMatchObject({ error: { detail: 'not pairs of digits from 00 to 77' } });
    // 77 stands for `z`: readable, but not what was signed.
    expect(reasonOf(`${line.slice(0, -2)}77`)).not.toBe('ok');
  });

  it.each([
    ['http', 'http://health.example/issuer'],
    ['a trailing slash', 'https://health.example/issuer/'],
    ['a query', 'https://health.example/issuer?x'],
    ['no host', 'https://'],
    ['a number', 7],
    ['257 characters', `https://health.example/${'a'.repeat(234)}`],
  ])('an issuer with %s is malformed even where somebody trusts it', (_, iss) => {
    const trusted = trustOf([signer.trusted(String(iss), ['smart-health-card'])]);
    expect(reasonOf(signShc(signer, { ...PAYLOAD, iss }), trusted)).toBe('malformed');
  });

  it('an issuer of 256 characters is taken', () => {
    const iss = `https://health.example/${'a'.repeat(233)}`;
    const trusted = trustOf([signer.trusted(iss, ['smart-health-card'])]);
    expect(reasonOf(signShc(signer, { ...PAYLOAD, iss }), trusted)).toBe('ok');
  });

  it('a good key of one issuer does not vouch for another', () => {
    const other = jwsSigner();
    const both = trustOf([
      signer.trusted(ISSUER, ['smart-health-card']),
      other.trusted('https://other.example', ['smart-health-card']),
    ]);
    expect(reasonOf(signShc(other, PAYLOAD), both)).toBe('unknown-key');
    expect(reasonOf(signShc(signer, { ...PAYLOAD, iss: 'https://third.example' }), both)).toBe('unknown-issuer');
  });

  it('a key limited to tests does not sign a vaccination', () => {
    const trusted = trustOf([signer.trusted(ISSUER, ['smart-health-card'], { kinds: new Set(['test']) })]);
    expect(reasonOf(signShc(signer, PAYLOAD), trusted)).toBe('key-not-allowed');
    const wrongFormat = trustOf([signer.trusted(ISSUER, ['vc-jwt'])]);
    expect(reasonOf(signShc(signer, PAYLOAD), wrongFormat)).toBe('key-not-allowed');
  });

  it('dates bind from the first to the last millisecond', () => {
    const line = signShc(signer, { ...PAYLOAD, exp: NBF + 60 });
    const at = (atMs: number, trusted = true) => reasonOf(line, trust, { atMs, trusted });
    expect(at(NBF * 1_000 - 1)).toBe('not-yet-valid');
    expect(at(NBF * 1_000)).toBe('ok');
    expect(at((NBF + 60) * 1_000 - 1)).toBe('ok');
    expect(at((NBF + 60) * 1_000)).toBe('expired');
    expect(at((NBF + 60) * 1_000, false)).toBe('ok');
  });

  it.each([
    ['nbf in milliseconds', { nbf: NBF * 1_000 }, 'not-yet-valid'],
    ['exp in milliseconds', { exp: (NBF + 60) * 1_000 }, 'bad-claims'],
    ['exp before nbf', { exp: NBF - 60 }, 'expired'],
    ['nbf missing', { nbf: undefined }, 'bad-claims'],
    ['nbf as text', { nbf: String(NBF) }, 'bad-claims'],
    ['exp null', { exp: null }, 'bad-claims'],
    ['a negative nbf', { nbf: -1 }, 'bad-claims'],
  ])('%s', (_, dates, reason) => {
    expect(reasonOf(signShc(signer, { ...PAYLOAD, ...dates }))).toBe(reason);
  });

  it('a date that no four-digit year can write is shown as the last one that can', () => {
    expect(verify(signShc(signer, { ...PAYLOAD, nbf: NBF * 1_000 }))).toMatchObject({
      error: { reason: 'not-yet-valid', finding: { validFromMs: Date.UTC(9999, 11, 31, 23, 59, 59, 999) } },
    });
  });

  it.each([
    ['no credential', { vc: undefined }],
    ['another type', { vc: credential(['VerifiableCredential']) }],
    ['no bundle', { vc: { type: TYPES, credentialSubject: {} } }],
    ['nobody', { vc: credential(TYPES, [DOSE]) }],
    ['two people', { vc: credential(TYPES, [PATIENT, PATIENT, DOSE]) }],
  ])('a genuine card with %s cannot be used', (_, change) => {
    expect(reasonOf(signShc(signer, { ...PAYLOAD, ...change }))).toBe('bad-claims');
  });

  it('one card signed twice is one pass; two cards are two', () => {
    const idOf = (payload: object, header: object = {}) => {
      const verified = verify(signShc(signer, payload, header));
      return verified.ok ? verified.value.passId.toString('hex') : verified.error.reason;
    };
    expect(idOf(PAYLOAD)).toBe(idOf(PAYLOAD, { typ: 'JWT' }));
    expect(idOf(PAYLOAD)).toHaveLength(64);
    expect(idOf(PAYLOAD)).not.toBe(idOf({ ...PAYLOAD, nbf: NBF + 1 }));
  });

  it('one code of several is incomplete', () => {
    expect(verify('shc:/2/3/0101')).toMatchObject({
      error: { reason: 'incomplete', detail: 'code 2 of a card of 3 codes', finding: { format: 'smart-health-card' } },
    });
  });
});
