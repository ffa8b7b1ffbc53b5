import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { DAY_S, NOW_S, SECRET_NAME } from './case.ts';
import type { DateClaim } from './dates.ts';
import type { JwsTerms } from './jws-terms.ts';
import { ecKey, edKey, type FuzzKey, trusted } from './keys.ts';
import type { Random } from './random.ts';

/** A format with what makes a kiosk trust its issuer. */
export interface Issued {
  readonly terms: JwsTerms;
  readonly trusted: readonly TrustedKey[];
}

const LINE = 8_192;
const plain = (text: Buffer): Buffer => text;
const named = (issuer: string, name: string): Buffer => Buffer.from(`${issuer}\0${name}`, 'utf8');
const digest = (format: string, issuer: string, signed: Buffer): Buffer =>
  createHash('sha256').update(`${format}\0${issuer}\0`).update(signed).digest();
const token = (random: Random, bytes: number): string => random.bytes(bytes).toString('base64url');

const NBF: DateClaim = { name: 'nbf', edge: 'from' };
const EXP: DateClaim = { name: 'exp', edge: 'until' };

export const DOSE = {
  dn: 2,
  sd: 2,
  dt: '2021-06-01',
  tg: '840539006',
  vp: '1119349007',
  mp: 'EU/1/20/1528',
  ma: 'ORG',
};
const times = { iat: NOW_S - DAY_S, nbf: NOW_S - DAY_S, exp: NOW_S + DAY_S };

/** Entry passes of one venue: ES256 and EdDSA, beside keys of the venue for other things and another venue. */
export function entryPasses(random: Random): Issued {
  const [es256, edDsa, stickersOnly, recoveryOnly, foreign] = [
    ecKey(random),
    edKey(random),
    ecKey(random),
    ecKey(random),
    ecKey(random),
  ];
  const issuer = 'fuzz-venue';
  return {
    trusted: [
      trusted(es256, issuer, ['entry-pass']),
      trusted(edDsa, issuer, ['entry-pass']),
      trusted(stickersOnly, issuer, ['sticker']),
      trusted(recoveryOnly, issuer, ['entry-pass'], { kinds: ['recovery'] }),
      trusted(foreign, 'other-venue', ['entry-pass']),
    ],
    terms: {
      format: 'entry-pass',
      dates: [NBF, EXP],
      encode: plain,
      maxLength: LINE,
      notAllowed: [stickersOnly, recoveryOnly],
      foreign: [foreign],
      isHeaderClosed: true,
      fresh(of) {
        const key = of.pick([es256, edDsa]);
        const jti = token(of, 9);
        const content = of.pick([
          { kind: 'membership', product: 'Gold' },
          { kind: 'ticket', single: of.chance(0.5) },
          { kind: 'vaccination', v: DOSE },
          { kind: 'test', t: [{ sc: '2021-12-12T10:00:00Z', tr: '260415000' }] },
          { kind: 'exemption', x: { why: 'doctor', until: '2022-06-01' } },
        ]);
        return {
          key,
          header: { alg: key.alg, typ: 'entry-pass+jwt', kid: key.kid },
          payload: { iss: issuer, jti, ...times, ...content, nam: { fn: SECRET_NAME, gn: 'A' }, dob: '1980-02-29' },
          passId: () => named(issuer, jti),
          spell: (jws) => jws,
        };
      },
    },
  };
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const KID_LENGTH = 8;

export function stickers(random: Random): Issued {
  const short = (key: FuzzKey): FuzzKey => ({ ...key, kid: key.kid.slice(0, KID_LENGTH) });
  const [desk, entryOnly, recoveryOnly, foreign] = [
    short(ecKey(random)),
    short(ecKey(random)),
    short(ecKey(random)),
    short(ecKey(random)),
  ];
  const issuer = 'venue/door-1';
  return {
    trusted: [
      trusted(desk, issuer, ['sticker']),
      trusted(entryOnly, issuer, ['entry-pass']),
      trusted(recoveryOnly, issuer, ['sticker'], { kinds: ['recovery'] }),
      trusted(foreign, 'venue/door-2', ['sticker']),
    ],
    terms: {
      format: 'sticker',
      dates: [{ name: 'iat', edge: 'from', maxAgeS: DAY_S }, EXP],
      encode: plain,
      maxLength: 331,
      notAllowed: [entryOnly, recoveryOnly],
      foreign: [foreign],
      isHeaderClosed: true,
      fresh(of) {
        const jti = `D1${Array.from({ length: 6 }, () => of.pick([...CROCKFORD])).join('')}`;
        const mark = of.chance(0.3) ? { mark: token(of, 8) } : {};
        return {
          key: desk,
          header: { alg: 'ES256', typ: 'sticker+jwt', kid: desk.kid },
          // Less than the day that a policy gives a sticker, so that the dates alone decide.
          payload: { iss: issuer, jti, iat: NOW_S - 3_600, exp: NOW_S + 3_600, kind: 'test', via: 'pass', ...mark },
          passId: () => named(issuer, jti),
          spell: (jws) => jws,
        };
      },
    },
  };
}

const shcDigits = (jws: string): string =>
  [...jws].map((letter) => String(letter.charCodeAt(0) - 45).padStart(2, '0')).join('');

const CARD_TYPES = ['https://smarthealth.cards#health-card', 'https://smarthealth.cards#immunization'];

export function healthCards(random: Random): Issued {
  const [good, credentialsOnly, recoveryOnly, foreign] = [ecKey(random), ecKey(random), ecKey(random), ecKey(random)];
  const issuer = 'https://fuzz.example/shc';
  return {
    trusted: [
      trusted(good, issuer, ['smart-health-card']),
      trusted(credentialsOnly, issuer, ['vc-jwt']),
      trusted(recoveryOnly, issuer, ['smart-health-card'], { kinds: ['recovery'] }),
      trusted(foreign, 'https://other.example/shc', ['smart-health-card']),
    ],
    terms: {
      format: 'smart-health-card',
      dates: [NBF, EXP],
      encode: (text) => deflateRawSync(text),
      // Two digits a character.
      maxLength: LINE,
      notAllowed: [credentialsOnly, recoveryOnly],
      foreign: [foreign],
      isHeaderClosed: false,
      fresh(of) {
        const given = (occurrenceDateTime: string): object => ({
          resource: {
            resourceType: 'Immunization',
            status: 'completed',
            vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '208' }] },
            occurrenceDateTime,
            lotNumber: token(of, 6),
          },
        });
        const patient = { resource: { resourceType: 'Patient', name: [{ family: SECRET_NAME, given: ['A'] }] } };
        const fhirBundle = { resourceType: 'Bundle', entry: [patient, given('2021-05-01'), given('2021-06-01')] };
        const credentialSubject = { fhirVersion: '4.0.1', fhirBundle };
        const expires = of.chance(0.5) ? { exp: times.exp } : {};
        return {
          key: good,
          header: { alg: 'ES256', zip: 'DEF', kid: good.kid },
          payload: { iss: issuer, nbf: times.nbf, ...expires, vc: { type: CARD_TYPES, credentialSubject } },
          passId: (signed) => digest('smart-health-card', issuer, signed),
          spell: (jws) => `shc:/${shcDigits(jws)}`,
        };
      },
    },
  };
}
