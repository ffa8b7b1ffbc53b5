import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { encodeBase45 } from '../support/dcc.ts';
import { DAY_S, NOW_S, SECRET_NAME } from './case.ts';
import { type CborMap, shapeOf } from './cbor-shapes.ts';
import type { CoseTerms } from './cose-terms.ts';
import { ecKey, type FuzzKey, rsaKey, trusted } from './keys.ts';
import type { Random } from './random.ts';

/** A format with what makes a kiosk trust its issuers. */
export interface IssuedCose {
  readonly terms: CoseTerms;
  readonly trusted: readonly TrustedKey[];
}

interface NamedKey {
  readonly key: FuzzKey;
  readonly kid: Buffer;
}

const KID_BYTES = 8;
const named = (random: Random, key: FuzzKey): NamedKey => ({ key, kid: random.bytes(KID_BYTES) });
const kidText = ({ kid }: NamedKey): string => kid.toString('base64');
const hc1 = (cose: Buffer): string => `HC1:${encodeBase45(deflateSync(cose))}`;
const EUROPE = -260;

const ENTRY = { tg: '840539006', co: 'AT', is: 'Fuzz' };
const GROUPS = [
  { v: { vp: '1119349007', mp: 'EU/1/20/1528', ma: 'ORG-100030215', dn: 2, sd: 2, dt: '2021-06-01' } },
  { t: { tt: 'LP6464-4', sc: '2021-12-12T12:34:56Z', tr: '260415000' } },
  { r: { fr: '2021-08-01', df: '2021-08-12', du: '2022-02-01' } },
] as const;

export function europeanCertificates(random: Random): IssuedCose {
  const keys = [ecKey(random), ecKey(random, 'P-384'), rsaKey(random)].map((key) => named(random, key));
  const whoOnly = named(random, ecKey(random));
  // No certificate of these cases is an exemption: EU certificates know none.
  const exemptionOnly = named(random, ecKey(random));
  return {
    trusted: [
      ...keys.map((each) => trusted(each.key, null, ['eu-dcc'], { kid: kidText(each) })),
      trusted(whoOnly.key, null, ['who-ddcc'], { kid: kidText(whoOnly) }),
      trusted(exemptionOnly.key, null, ['eu-dcc'], { kid: kidText(exemptionOnly), kinds: ['exemption'] }),
    ],
    terms: {
      format: 'eu-dcc',
      dates: [
        { label: 6, name: 'iat', edge: 'from', mayBeNull: true },
        { label: 5, name: 'nbf', edge: 'from', mayBeNull: true },
        { label: 4, name: 'exp', edge: 'until', isInclusive: true },
      ],
      spell: hc1,
      isTagOptional: true,
      notAllowed: [whoOnly, exemptionOnly],
      fresh(of) {
        const { key, kid } = of.chance(0.85) ? (keys[0] ?? of.pick(keys)) : of.pick(keys);
        const [group, entry] = of.pick(Object.entries(of.pick(GROUPS)));
        const ci = `URN:UVCI:01:AT:${of.bytes(8).toString('hex').toUpperCase()}#F`;
        const person = { ver: '1.3.0', nam: { fn: SECRET_NAME, fnt: SECRET_NAME.toUpperCase() }, dob: '1980-02-29' };
        const certificate = shapeOf({ ...person, [group]: [{ ...ENTRY, ...entry, ci }] });
        const content: CborMap = new Map();
        content
          .set(1, 'AT')
          .set(4, NOW_S + DAY_S)
          .set(6, NOW_S - DAY_S)
          .set(EUROPE, new Map([[1, certificate]]));
        return { content, key, kid, passId: () => Buffer.from(ci, 'utf8') };
      },
    },
  };
}

export function worldCertificates(random: Random): IssuedCose {
  const good = named(random, ecKey(random));
  const europeOnly = named(random, ecKey(random));
  const recoveryOnly = named(random, ecKey(random));
  const issuer = 'XCL';
  return {
    trusted: [
      trusted(good.key, null, ['who-ddcc'], { kid: kidText(good) }),
      trusted(europeOnly.key, null, ['eu-dcc'], { kid: kidText(europeOnly) }),
      trusted(recoveryOnly.key, null, ['who-ddcc'], { kid: kidText(recoveryOnly), kinds: ['recovery'] }),
    ],
    terms: {
      format: 'who-ddcc',
      dates: [
        { label: 6, name: 'iat', edge: 'from', mayBeNull: true },
        { label: 5, name: 'nbf', edge: 'from', mayBeNull: true },
        { label: 4, name: 'exp', edge: 'until', mayBeNull: true },
      ],
      spell: hc1,
      isTagOptional: true,
      notAllowed: [europeOnly, recoveryOnly],
      fresh(of) {
        const v = {
          dn: 'Primary',
          tg: '1D47',
          vp: 'XM0N24',
          ma: 'M',
          mp: 'P',
          dt: '2021-06-01',
          is: 'Centre',
          vls: '2021-06-11',
        };
        const certificate = shapeOf({ n: SECRET_NAME, dob: '1980-02-29', s: 'M', v, nid: of.bytes(6).toString('hex') });
        const content: CborMap = new Map();
        content
          .set(1, issuer)
          .set(4, NOW_S + DAY_S)
          .set(6, NOW_S - DAY_S)
          .set(EUROPE, new Map([[-6, certificate]]));
        const passId = (signed: Buffer): Buffer =>
          createHash('sha256').update(`who-ddcc\0${issuer}\0`).update(signed).digest();
        return { content, ...good, passId };
      },
    },
  };
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
function base32(bytes: Buffer): string {
  let [text, held, bits] = ['', 0, 0];
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32.charAt((held >> (bits - 5)) & 31);
  }
  return bits > 0 ? text + BASE32.charAt((held << (5 - bits)) & 31) : text;
}

export function newZealandPasses(random: Random): IssuedCose {
  const issuer = 'did:web:fuzz.example';
  const keyOf = (kid: string): NamedKey => ({ key: ecKey(random), kid: Buffer.from(kid) });
  const [good, entryOnly, recoveryOnly, foreign] = [keyOf('key-1'), keyOf('key-2'), keyOf('key-3'), keyOf('key-4')];
  return {
    trusted: [
      trusted(good.key, issuer, ['nzcp'], { kid: 'key-1' }),
      trusted(entryOnly.key, issuer, ['entry-pass'], { kid: 'key-2' }),
      trusted(recoveryOnly.key, issuer, ['nzcp'], { kid: 'key-3', kinds: ['recovery'] }),
      trusted(foreign.key, 'did:web:other.example', ['nzcp'], { kid: 'key-4' }),
    ],
    terms: {
      format: 'nzcp',
      dates: [
        { label: 5, name: 'nbf', edge: 'from' },
        { label: 4, name: 'exp', edge: 'until' },
      ],
      spell: (cose) => `NZCP:/1/${base32(cose)}`,
      isTagOptional: false,
      notAllowed: [entryOnly, recoveryOnly, foreign],
      fresh(of) {
        const cti = of.bytes(16);
        const vc = {
          '@context': ['https://www.w3.org/2018/credentials/v1', 'https://nzcp.covid19.health.nz/contexts/v1'],
          version: '1.0.0',
          type: ['VerifiableCredential', 'PublicCovidPass'],
          credentialSubject: { givenName: SECRET_NAME, familyName: 'A', dob: '1980-02-29' },
        };
        const content: CborMap = new Map();
        content
          .set(1, issuer)
          .set(4, NOW_S + DAY_S)
          .set(5, NOW_S - DAY_S)
          .set(7, cti)
          .set('vc', shapeOf(vc));
        return { content, ...good, passId: () => cti };
      },
    },
  };
}
