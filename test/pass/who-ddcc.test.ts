import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { healthCertificate } from '../../src/pass/health-certificate.ts';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { cbor } from '../support/cbor-writer.ts';
import { coseSign1 } from '../support/cose-signer.ts';
import { dccKey, encodeBase45, signer } from '../support/dcc.ts';

const KID = Buffer.from('11');
const NOW = { atMs: Date.parse('2021-08-01T12:00:00Z'), trusted: true };

/** The core data set as the WHO's own sample writes it. */
const DDCC = {
  name: 'Eddie Example',
  birthDate: '1986-09-19',
  vaccine: { code: '1119349007', system: 'http://snomed.info/sct' },
  brand: { code: 'TEST', system: 'x' },
  ma_holder: { code: 'HOLDER', system: 'x' },
  date: '2021-07-08',
  dose: 1,
  total_doses: 2,
  country: { code: 'USA', system: 'urn:iso:std:iso:3166' },
  disease: { code: '840539006', system: 'http://snomed.info/sct' },
  pha: 'wA69g8VD512TfTTdkTNSsG',
  hcid: 'US111222333444555666',
  valid_from: '2021-07-08',
  valid_until: '2022-07-08',
};
const DOSE = { dn: 'Primary', tg: '1D47', vp: 'XM0N24', ma: 'M', mp: 'P', dt: '2021-07-01', is: 'Centre' };
const ICVP = { n: 'Aulo Agerio', dob: '1905-08-23', s: 'M', v: DOSE };

const icvp = (certificate: object, ...claims: [number, number][]): Buffer =>
  cbor.map([cbor.int(1), cbor.text('XCL')], ...claims.map(([label, at]) => [cbor.int(label), cbor.int(at)] as const), [
    cbor.int(-260),
    cbor.map([cbor.int(-6), cbor.of(certificate)]),
  ]);

/** The kid unprotected and of two bytes, as the samples of the WHO have it. */
function makeLine(payload: Buffer, kid = KID): string {
  const headers = {
    inside: [[cbor.int(1), cbor.int(-7)] as const],
    outside: [[cbor.int(4), cbor.bytes(kid)] as const],
  };
  return `HC1:${encodeBase45(deflateSync(coseSign1(payload, signer.p256.privateKey, headers)))}`;
}

const key = (more: Partial<TrustedKey> = {}): TrustedKey =>
  dccKey({ kid: KID.toString('base64'), formats: new Set(['who-ddcc']), ...more });
const verify = (payload: Buffer, keys: readonly TrustedKey[] = [key()], now = NOW) =>
  healthCertificate.verify(makeLine(payload), trustOf(keys), now);
function reasonOf(payload: Buffer, keys?: readonly TrustedKey[], now = NOW): string {
  const result = verify(payload, keys, now);
  return result.ok ? 'ok' : result.error.reason;
}
function passOf(payload: Buffer) {
  const result = verify(payload);
  if (!result.ok) throw new Error(`${result.error.reason}: ${result.error.detail}`);
  return result.value;
}

describe('a certificate of the WHO', () => {
  it('as a core data set is read by its own words', () => {
    const pass = passOf(cbor.of(DDCC));
    expect(pass).toMatchObject({
      format: 'who-ddcc',
      kind: 'vaccination',
      issuer: DDCC.pha,
      kid: KID.toString('base64'),
      validFromMs: Date.parse('2021-07-08T00:00:00Z'),
      validUntilMs: Date.parse('2022-07-09T00:00:00Z'),
    });
    expect(pass.passId.toString('utf8')).toBe(`${DDCC.pha}\0${DDCC.hcid}`);
    expect(pass.claims).toMatchObject({ nam: { fn: 'Eddie Example' }, dob: '1986-09-19', kind: 'vaccination' });
    expect(pass.claims.v).toEqual([
      {
        tg: '840539006',
        vp: '1119349007',
        mp: 'TEST',
        ma: 'HOLDER',
        dn: 1,
        sd: 2,
        dt: '2021-07-08',
        co: 'USA',
        is: DDCC.pha,
        ci: DDCC.hcid,
      },
    ]);
  });

  it('as an ICVP is about its own disease, and goes by what was signed', () => {
    const pass = passOf(icvp(ICVP, [6, 1_625_100_000]));
    expect(pass).toMatchObject({
      format: 'who-ddcc',
      issuer: 'XCL',
      validFromMs: 1_625_100_000_000,
      validUntilMs: null,
    });
    expect(pass.claims.v[0]).toMatchObject({ tg: '1D47', dn: 'Primary', sd: null, dt: '2021-07-01' });
    expect(pass.passId).toHaveLength(32);
    expect(passOf(icvp({ ...ICVP, n: 'Other' }, [6, 1_625_100_000])).passId).not.toEqual(pass.passId);
  });

  it('whose end cannot be read does not count as one without an end', () => {
    for (const day of ['2021-06-30T00:00:00Z', '2021-06', '20210630', 1_625_000_000]) {
      expect(reasonOf(cbor.of({ ...DDCC, valid_until: day }))).toBe('bad-claims');
      expect(reasonOf(icvp({ ...ICVP, v: { ...DOSE, vle: day } }, [6, 1_625_100_000]))).toBe('bad-claims');
    }
  });

  it('is not signed by a key of the EU, nor one of the EU by a key of the WHO', () => {
    expect(reasonOf(cbor.of(DDCC), [key({ formats: new Set(['eu-dcc']) })])).toBe('key-not-allowed');
    const european = cbor.map(
      [cbor.int(4), cbor.int(1_700_000_000)],
      [cbor.int(-260), cbor.map([cbor.int(1), cbor.of({ v: [DOSE] })])],
    );
    expect(reasonOf(european)).toBe('key-not-allowed');
  });

  it('cannot be made one of the EU by carrying both: what lies under the EU’s key is judged as the EU’s', () => {
    const both = cbor.map([cbor.int(1), cbor.of({ v: [DOSE] })], [cbor.int(-6), cbor.of(ICVP)]);
    expect(reasonOf(cbor.map([cbor.int(-260), both]))).toBe('key-not-allowed');
  });

  it('another key, another kid and a kind that the key may not sign are refused', () => {
    expect(reasonOf(cbor.of(DDCC), [])).toBe('unknown-key');
    expect(reasonOf(cbor.of(DDCC), [key({ kid: 'MTI=' })])).toBe('unknown-key');
    expect(reasonOf(cbor.of(DDCC), [key({ key: signer.p384.publicKey })])).toBe('bad-signature');
    expect(reasonOf(cbor.of(DDCC), [key({ key: signer.rsa.publicKey })])).toBe('algorithm-not-allowed');
    expect(reasonOf(cbor.of(DDCC), [key({ kinds: new Set(['test']) })])).toBe('key-not-allowed');
  });

  it('is good on its first and on its last day', () => {
    const at = (text: string) => reasonOf(cbor.of(DDCC), undefined, { atMs: Date.parse(text), trusted: true });
    expect(at('2021-07-07T23:59:59.999Z')).toBe('not-yet-valid');
    expect(at('2021-07-08T00:00:00Z')).toBe('ok');
    expect(at('2022-07-08T23:59:59.999Z')).toBe('ok');
    expect(at('2022-07-09T00:00:00Z')).toBe('expired');
  });

  it('ends with the first of the dates it names', () => {
    const dated = { ...ICVP, v: { ...DOSE, vls: '2021-07-11', vle: '2021-07-20' } };
    expect(reasonOf(icvp(dated, [6, 1_600_000_000]))).toBe('expired');
    expect(reasonOf(icvp({ ...ICVP, v: { ...DOSE, vls: '2021-09-01' } }))).toBe('not-yet-valid');
    expect(reasonOf(icvp(ICVP, [4, 1_625_200_000]))).toBe('expired');
    expect(reasonOf(icvp(ICVP, [5, 1_700_000_000]))).toBe('not-yet-valid');
    expect(reasonOf(icvp({ ...ICVP, v: { ...DOSE, vls: '2021-07-11', vle: '2031-07-20' } }))).toBe('ok');
  });

  it.each<[string, Buffer]>([
    ['no name', cbor.of({ ...DDCC, name: '' })],
    ['no day', cbor.of({ ...DDCC, date: null })],
    ['a day that is none', cbor.of({ ...DDCC, date: '2021-02-30' })],
    ['neither disease nor vaccine', cbor.of({ ...DDCC, vaccine: {}, disease: null })],
    ['no dose', icvp({ n: 'Someone' })],
    ['a dose that is no map', icvp({ ...ICVP, v: 'x' })],
    ['a certificate that is no map', cbor.map([cbor.int(-260), cbor.map([cbor.int(-6), cbor.text('x')])])],
  ])('with %s is genuine and unusable', (_name, payload) => {
    expect(reasonOf(payload)).toBe('bad-claims');
  });
});
