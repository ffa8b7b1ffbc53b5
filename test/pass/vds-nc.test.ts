import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { vdsNc } from '../../src/pass/vds-nc.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { readLooseDocuments } from '../../src/trust/loose-document.ts';
import { makeCertificate } from '../support/certificate.ts';
import { document, kidOf } from '../support/trust-files.ts';
import { makeSeal, type SealParts, TESTED, VACCINATED } from '../support/vds-nc.ts';

const pair = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve });
const authority = { keys: pair(), subject: 'National CSCA of Utopia' };
const country = makeCertificate(authority.keys, { subject: authority.subject, ca: true, until: '20300101000000Z' });
const keys = pair();
const SIGNER = { subject: 'Health signer', authority, usages: ['2.23.136.1.1.14.2'], from: '20210201000000Z' };
const certificate = makeCertificate(keys, SIGNER);
const NOW = { atMs: Date.parse('2021-08-01T12:00:00Z'), trusted: true };

function trust(issuer: string | null = null, ...pems: readonly string[]) {
  const files = pems.length === 0 ? [country.toString()] : pems;
  const read = readLooseDocuments(files.map((pem, at) => document(pem, issuer, `csca-${at}.pem`)));
  if (!read.ok) throw new Error(read.error);
  return trustOf(read.value);
}
const TRUST = trust();

const seal = (parts: SealParts = {}): string => makeSeal(certificate, keys.privateKey, parts);
const verify = (line: string, now = NOW, by = TRUST) => vdsNc.verify(line, by, now);
function reasonOf(line: string, now = NOW, by = TRUST): string {
  const result = verify(line, now, by);
  return result.ok ? 'ok' : result.error.reason;
}
function passOf(parts: SealParts) {
  const result = verify(seal(parts));
  if (!result.ok) throw new Error(`${result.error.reason}: ${result.error.detail}`);
  return result.value;
}
const message = (more: object) => ({ ...VACCINATED, msg: { ...VACCINATED.msg, ...more } });
const event = (more: object) => message({ ve: [{ ...VACCINATED.msg.ve[0], ...more }] });

describe('an ICAO seal', () => {
  it('about a vaccination gives its newest dose in the words of the contract', () => {
    const pass = passOf({});
    expect(pass).toMatchObject({
      format: 'vds-nc',
      kind: 'vaccination',
      issuer: 'UTO',
      kid: kidOf(certificate),
      validFromMs: Date.parse('2021-02-01T00:00:00Z'),
      validUntilMs: Date.parse('2030-01-01T00:00:00Z'),
      single: false,
      claims: { nam: { fn: 'SMITH', gn: 'BILL' }, dob: '1990-01-02', kind: 'vaccination', t: [] },
    });
    expect(pass.passId.toString('utf8')).toBe('UTO\0U32870');
    expect(pass.claims.v).toEqual([
      {
        tg: '840539006',
        vp: '1119349007',
        mp: 'EU/1/20/1528',
        ma: 'ORG-100030215',
        dn: 2,
        sd: 2,
        dt: '2021-03-24',
        co: 'AUS',
        is: 'UTO',
        ci: 'U32870',
      },
    ]);
  });

  it('about a test gives its result', () => {
    const pass = passOf({ data: TESTED });
    expect(pass).toMatchObject({ kind: 'test', claims: { v: [], kind: 'test' } });
    expect(pass.claims.t[0]).toMatchObject({ tt: 'LP6464-4', sc: TESTED.msg.dat.sc, tr: '260415000', ci: 'U32871' });
    const positive = { ...TESTED, msg: { ...TESTED.msg, tr: { tc: 'antigen', r: 'abnormal' } } };
    expect(passOf({ data: positive }).claims.t[0]).toMatchObject({ tt: 'LP217198-3', tr: '260373001' });
    const antibody = { ...TESTED, msg: { ...TESTED.msg, tr: { tc: 'antibody', r: 'positive' } } };
    expect(passOf({ data: antibody }).claims.t[0]).toMatchObject({ tg: null, tt: 'antibody' });
  });

  it('of a one-dose vaccine, of another disease or with the second dose alone is counted as it says', () => {
    const one = [{ dvc: '2021-03-03', seq: 1, ctr: 'AUS' }];
    expect(passOf({ data: event({ nam: 'Janssen', vd: one }) }).claims.v[0]).toMatchObject({ dn: 1, sd: 1 });
    expect(passOf({ data: event({ dis: '1D47', nam: 'Stamaril', vd: one }) }).claims.v[0]).toMatchObject({
      tg: '1D47',
      vp: 'Stamaril',
    });
    const second = [{ dvc: '2021-04-03', seq: '2', ctr: 'AUS' }];
    expect(passOf({ data: event({ vd: second }) }).claims.v[0]).toMatchObject({ dn: 2, sd: 2 });
  });

  it('is the same pass in every spelling of its JSON', () => {
    const passId = passOf({}).passId;
    for (const write of [
      ({ data, sig }: { data: object | unknown; sig: object }) => JSON.stringify({ sig, data }, null, 2),
      (whole: object) => JSON.stringify(whole).replace('"Comirnaty"', '"Co\\u006dirnaty"'),
      (whole: object) => JSON.stringify({ ...whole, more: 1 }),
    ]) {
      expect(passOf({ write }).passId).toEqual(passId);
    }
  });

  it('with base64url padding or without is genuine, with any other spelling malformed', () => {
    const padded = (text: string) => text + '='.repeat((4 - (text.length % 4)) % 4);
    expect(reasonOf(seal({ spell: padded }))).toBe('ok');
    expect(reasonOf(seal({ spell: (text) => `${padded(text)}=` }))).toBe('malformed');
    expect(reasonOf(seal({ spell: (text) => ` ${text}` }))).toBe('malformed');
    expect(reasonOf(seal({ spell: (text) => `${text.slice(0, 4)}+${text.slice(5)}` }))).toBe('malformed');
  });

  it('with a name in another script is verified over its UTF-8', () => {
    const data = message({ pid: { n: '\u91d1  \u6c38\u5409', dob: '1990-01-02' } });
    expect(passOf({ data }).claims.nam).toEqual({ fn: '\u91d1', gn: '\u6c38\u5409' });
  });

  it.each([
    ['ES384', 'P-384', 'sha384'],
    ['ES512', 'P-521', 'sha512'],
  ])('with %s is verified by its own curve and hash alone', (alg, curve, hash) => {
    const wide = pair(curve);
    const line = (parts: SealParts) => makeSeal(makeCertificate(wide, SIGNER), wide.privateKey, parts);
    expect(reasonOf(line({ alg, hash }))).toBe('ok');
    expect(reasonOf(line({ alg, hash: 'sha1' }))).toBe('bad-signature');
    expect(reasonOf(line({ alg: 'ES256' }))).toBe('algorithm-not-allowed');
    expect(reasonOf(seal({ alg, hash }))).toBe('algorithm-not-allowed');
  });
});

describe('a certificate that travels in the code', () => {
  const sealBy = (parts: object, of = keys) => makeSeal(makeCertificate(of, { ...SIGNER, ...parts }), of.privateKey);

  it('counts for nothing without a country authority on the list', () => {
    expect(reasonOf(seal(), NOW, trustOf([]))).toBe('unknown-issuer');
    expect(reasonOf(sealBy({ authority: undefined, ca: true }))).toBe('unknown-issuer');
    expect(reasonOf(sealBy({ authority: undefined }))).toBe('unknown-issuer');
  });

  it('counts for nothing because it is itself on the list, where it is no authority', () => {
    expect(reasonOf(seal(), NOW, trust(null, certificate.toString()))).toBe('unknown-issuer');
  });

  it('signed by a stranger in the name of the country is forged', () => {
    const stranger = { keys: pair(), subject: authority.subject };
    expect(reasonOf(sealBy({ authority: stranger }))).toBe('bad-signature');
    const known = makeCertificate(authority.keys, { subject: authority.subject, ca: true, keyIds: true });
    const by = trust(null, known.toString());
    const line = sealBy({ authority: stranger, keyIds: true });
    expect(reasonOf(line, NOW, by)).toBe('unknown-key');
    expect(reasonOf(sealBy({ keyIds: true }), NOW, by)).toBe('ok');
  });

  it('is found under the right one of two authority keys of one name', () => {
    const next = { keys: pair(), subject: authority.subject };
    const renewed = makeCertificate(next.keys, { subject: next.subject, ca: true });
    const by = trust(null, country.toString(), renewed.toString());
    expect(reasonOf(seal(), NOW, by)).toBe('ok');
    expect(reasonOf(sealBy({ authority: next }), NOW, by)).toBe('ok');
    expect(reasonOf(sealBy({ authority: next }))).toBe('bad-signature');
  });

  it('for another purpose, of an authority, or without the right to sign documents may sign no seal', () => {
    expect(reasonOf(sealBy({ usages: ['1.3.6.1.5.5.7.3.1'] }))).toBe('key-not-allowed');
    expect(reasonOf(sealBy({ usages: ['2.23.136.1.1.14.2', '1.3.6.1.5.5.7.3.1'] }))).toBe('ok');
    expect(reasonOf(sealBy({ usages: [] }))).toBe('ok');
    expect(reasonOf(sealBy({ ca: true }))).toBe('key-not-allowed');
    expect(reasonOf(sealBy({ keyUsage: 0x04 }))).toBe('key-not-allowed');
    expect(reasonOf(sealBy({ keyUsage: 0x80 }))).toBe('ok');
  });

  it('of an authority that may not sign certificates is not issued by it', () => {
    const weak = makeCertificate(authority.keys, { subject: authority.subject, ca: true, keyUsage: 0x80 });
    expect(reasonOf(seal(), NOW, trust(null, weak.toString()))).not.toBe('ok');
    const strong = makeCertificate(authority.keys, { subject: authority.subject, ca: true, keyUsage: 0x04 });
    expect(reasonOf(seal(), NOW, trust(null, strong.toString()))).toBe('ok');
  });

  it('is good while both it and its authority are', () => {
    const at = (text: string) => reasonOf(seal(), { atMs: Date.parse(text), trusted: true });
    expect(at('2021-01-31T23:59:59Z')).toBe('not-yet-valid');
    expect(at('2021-02-01T00:00:00Z')).toBe('ok');
    expect(at('2029-12-31T23:59:59Z')).toBe('ok');
    expect(at('2030-01-01T00:00:00Z')).toBe('expired');
    expect(reasonOf(sealBy({ until: '20210701000000Z' }))).toBe('expired');
  });

  it('of one country does not sign for another where the owner bound the authority', () => {
    expect(reasonOf(seal(), NOW, trust('UTO'))).toBe('ok');
    expect(reasonOf(seal(), NOW, trust('AUS'))).toBe('key-not-allowed');
  });

  it('is checked once: the same signer’s next seal costs no chain', () => {
    const by = trust();
    const first = by.certified('vds-nc', certificate.raw);
    expect(by.certified('vds-nc', certificate.raw)).toBe(first);
    expect(by.certified('eu-dcc', certificate.raw)).not.toBe(first);
  });

  it('that is cut, followed by bytes or no certificate at all is malformed', () => {
    for (const raw of [
      certificate.raw.subarray(0, -1),
      Buffer.concat([certificate.raw, Buffer.alloc(1)]),
      Buffer.from('certificate'),
    ]) {
      const write: SealParts['write'] = ({ data, sig }) =>
        JSON.stringify({ data, sig: { ...sig, cer: raw.toString('base64url') } });
      expect(reasonOf(seal({ write }))).toBe('malformed');
    }
  });
});

describe('an ICAO seal that must not pass', () => {
  it('altered, signed as DER, of a wrong length or by another key is a bad signature', () => {
    const altered = (from: string, to: string): SealParts => ({
      write: (whole) => JSON.stringify(whole).replace(from, to),
    });
    expect(reasonOf(seal(altered('SMITH', 'JONES')))).toBe('bad-signature');
    expect(reasonOf(seal(altered('"v":1', '"v":1,"x":1')))).toBe('bad-signature');
    expect(reasonOf(seal({ dsaEncoding: 'der' }))).toBe('bad-signature');
    expect(reasonOf(makeSeal(certificate, pair().privateKey))).toBe('bad-signature');
    const emptied: SealParts['write'] = ({ data, sig }) => JSON.stringify({ data, sig: { ...sig, sigvl: 'AA' } });
    expect(reasonOf(seal({ write: emptied }))).toBe('bad-signature');
  });

  it.each(['ES256K', 'RS256', 'none', 'HS256', 'constructor', '__proto__', ''])(
    'under the algorithm %j is not verified',
    (alg) => {
      expect(reasonOf(seal({ alg }))).toBe('algorithm-not-allowed');
    },
  );

  it.each<[string, string]>([
    ['no JSON', '{"data":{"hdr":{"t":"icao.vacc"'],
    ['a name twice', seal({ write: (whole) => JSON.stringify(whole).replace('"hdr":', '"hdr":{},"hdr":') })],
    ['no signature', JSON.stringify({ data: VACCINATED })],
    ['no header', JSON.stringify({ data: { msg: VACCINATED.msg }, sig: {} })],
    ['an issuer that is no country', seal({ data: { ...VACCINATED, hdr: { ...VACCINATED.hdr, is: 'utopia' } } })],
    ['half a surrogate pair', seal({ write: (whole) => JSON.stringify(whole).replace('BILL', '\\ud800') })],
    ['deep nesting', `{"data":{"t":"icao.vacc","x":${'['.repeat(40)}${']'.repeat(40)}}}`],
  ])('with %s is malformed', (_name, line) => {
    expect(reasonOf(line)).toBe('malformed');
  });

  it('of another type or version is not read as a vaccination', () => {
    const headed = (hdr: object) => seal({ data: { ...VACCINATED, hdr: { ...VACCINATED.hdr, ...hdr } } });
    expect(reasonOf(headed({ t: 'icao.visa' }))).toBe('unsupported-format');
    expect(reasonOf(headed({ v: 2 }))).toBe('unsupported-format');
  });

  it('altered in any one bit is never admitted, and nothing throws', () => {
    const line = Buffer.from(seal(), 'latin1');
    for (let at = 0; at < line.length; at += 1) {
      const altered = Buffer.from(line);
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 7));
      expect(reasonOf(altered.toString('latin1')), `byte ${at}`).not.toBe('ok');
    }
  });

  it.each<[string, SealParts]>([
    ['no person', { data: message({ pid: null }) }],
    ['no name', { data: message({ pid: { dob: '1990-01-02' } }) }],
    ['no dose', { data: message({ ve: [] }) }],
    ['a dose without day', { data: event({ vd: [{ seq: '1' }] }) }],
    ['a test without result', { data: { ...TESTED, msg: { ...TESTED.msg, tr: { tc: 'antigen' } } } }],
    ['a test without day', { data: { ...TESTED, msg: { ...TESTED.msg, dat: {} } } }],
  ])('with %s is genuine and unusable', (_name, parts) => {
    expect(reasonOf(seal(parts))).toBe('bad-claims');
  });

  it('without an id goes by what was signed', () => {
    const pass = passOf({ data: message({ uvci: null }) });
    expect(pass.passId).toHaveLength(32);
    expect(passOf({ data: message({ uvci: null, ve: [VACCINATED.msg.ve[0], {}] }) }).passId).not.toEqual(pass.passId);
  });
});
