import { constants, generateKeyPairSync, type KeyObject, randomBytes, verify } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { cbor } from '../support/cbor-writer.ts';
import { dccKey, es256, makeDcc, person, ps256, VACCINATION } from '../support/dcc.ts';
import { type JwsSigner, jwsSigner, shcDigits } from '../support/jws-signer.ts';
import { jwkOf, jwkSet } from '../support/trust-files.ts';

const DAY_S = 86_400;
const CARD_ISSUER = 'https://bench.invalid/card';
const ENTRY_ISSUER = 'bench';
const STICKER_ISSUER = 'bench/door-1';
const STICKER_KID_LENGTH = 8;
const PS256 = -37;
const DCC_KID = { es256: Buffer.from('bench-es'), ps256: Buffer.from('bench-ps') };

/** One signed pass as a scanner gives it, with the bare signature check that it cannot do without. */
export interface Sample {
  readonly line: Buffer;
  /** `crypto.verify` of the very signature in `line`, key and bytes at hand. */
  raw(): boolean;
}

/** The sizes of real passes: names, two doses, an issuer's key id. Each call gives another pass. */
export interface Issuers {
  readonly trusted: readonly TrustedKey[];
  /** The same keys as files of loose keys, one JWK Set each. */
  readonly keySets: readonly string[];
  euDcc(): Sample;
  euDccPs256(): Sample;
  healthCard(): Sample;
  entryPass(): Sample;
  entryPassEdDsa(): Sample;
  sticker(): Sample;
}

/** Makes keys that live as long as this process. @param nowS seconds since the epoch, inside the dates of each pass */
export function makeIssuers(nowS: number): Issuers {
  const times = { iat: nowS - 30 * DAY_S, exp: nowS + 365 * DAY_S };
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const [card, entry, entryEdDsa, desk] = [jwsSigner(), jwsSigner(), jwsSigner('Ed25519'), jwsSigner()];
  const sticker = { ...desk, kid: desk.kid.slice(0, STICKER_KID_LENGTH) };
  const passOf = (signer: JwsSigner, alg: string): Sample =>
    signed(signer, { alg, typ: 'entry-pass+jwt', kid: signer.kid }, entryClaims(times));
  const set = (issuer: string | null, format: string, keys: readonly (readonly [KeyObject, string])[]): string =>
    jwkSet(
      keys.map(([key, kid]) => jwkOf(key, { kid })),
      { ...(issuer === null ? {} : { iss: issuer }), formats: [format] },
    );
  return {
    trusted: [
      dccKey({ key: ec.publicKey, kid: DCC_KID.es256.toString('base64') }),
      dccKey({ key: rsa.publicKey, kid: DCC_KID.ps256.toString('base64') }),
      card.trusted(CARD_ISSUER, ['smart-health-card']),
      entry.trusted(ENTRY_ISSUER, ['entry-pass']),
      entryEdDsa.trusted(ENTRY_ISSUER, ['entry-pass']),
      desk.trusted(STICKER_ISSUER, ['sticker'], { kid: sticker.kid }),
    ],
    keySets: [
      set('XX', 'eu-dcc', [
        [ec.publicKey, DCC_KID.es256.toString('base64')],
        [rsa.publicKey, DCC_KID.ps256.toString('base64')],
      ]),
      set(CARD_ISSUER, 'smart-health-card', [[card.publicKey, card.kid]]),
      set(ENTRY_ISSUER, 'entry-pass', [
        [entry.publicKey, entry.kid],
        [entryEdDsa.publicKey, entryEdDsa.kid],
      ]),
    ],
    euDcc: () => certificate(times, 'es256', ec),
    euDccPs256: () => certificate(times, 'ps256', rsa),
    healthCard() {
      const header = { zip: 'DEF', alg: 'ES256', kid: card.kid };
      return signed(card, header, deflateRawSync(JSON.stringify(cardOf(times.iat))), (jws) => `shc:/${shcDigits(jws)}`);
    },
    entryPass: () => passOf(entry, 'ES256'),
    entryPassEdDsa: () => passOf(entryEdDsa, 'EdDSA'),
    sticker: () => signed(sticker, { alg: 'ES256', typ: 'sticker+jwt', kid: sticker.kid }, stickerClaims(nowS)),
  };
}

interface Times {
  readonly iat: number;
  readonly exp: number;
}

const unique = (): string => randomBytes(12).toString('base64url');

/** A compact JWS, spelled as its format spells it. */
function signed(
  signer: JwsSigner,
  header: { readonly alg: string; readonly [name: string]: string },
  payload: object | Buffer,
  spell: (jws: string) => string = (jws) => jws,
): Sample {
  const jws = signer.sign(header, payload);
  const end = jws.lastIndexOf('.');
  const bytes = Buffer.from(jws.slice(0, end));
  const signature = Buffer.from(jws.slice(end + 1), 'base64url');
  const { publicKey } = signer;
  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  const raw =
    header.alg === 'EdDSA'
      ? () => verify(null, bytes, publicKey, signature)
      : () => verify('sha256', bytes, key, signature);
  return { line: Buffer.from(spell(jws)), raw };
}

function certificate(
  times: Times,
  alg: 'es256' | 'ps256',
  pair: { publicKey: KeyObject; privateKey: KeyObject },
): Sample {
  let bytes: Buffer = Buffer.alloc(0);
  let signature: Buffer = Buffer.alloc(0);
  const line = makeDcc({
    dcc: person({ nam: NAME, v: [{ ...VACCINATION, ci: `URN:UVCI:01:XX:${unique()}#B` }] }),
    iat: cbor.int(times.iat),
    exp: cbor.int(times.exp),
    kid: DCC_KID[alg],
    ...(alg === 'ps256' ? { alg: cbor.int(PS256) } : {}),
    key: pair.privateKey,
    signature(toSign, key) {
      bytes = toSign;
      signature = (alg === 'ps256' ? ps256 : es256)(toSign, key);
      return signature;
    },
  });
  const { publicKey: key } = pair;
  const how =
    alg === 'ps256'
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
      : ({ key, dsaEncoding: 'ieee-p1363' } as const);
  return { line: Buffer.from(line), raw: () => verify('sha256', bytes, how, signature) };
}

const NAME = { fn: 'Musterfrau-Gößinger', fnt: 'MUSTERFRAU<GOESSINGER', gn: 'Gabriele', gnt: 'GABRIELE' };

const entryClaims = ({ iat, exp }: Times): object => ({
  iss: ENTRY_ISSUER,
  jti: unique(),
  iat,
  exp,
  kind: 'membership',
  nam: { fn: NAME.fn, gn: NAME.gn },
});

const stickerClaims = (nowS: number): object => ({
  iss: STICKER_ISSUER,
  jti: `D1${Array.from(randomBytes(6), (byte) => CROCKFORD.charAt(byte % CROCKFORD.length)).join('')}`,
  iat: nowS,
  exp: nowS + DAY_S,
  kind: 'vaccination',
  via: 'pass',
  mark: randomBytes(8).toString('base64url'),
});

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Patient and two doses, the content of example 00 of the SMART Health Cards specification. */
const cardOf = (issuedS: number): object => ({
  iss: CARD_ISSUER,
  nbf: issuedS,
  vc: {
    type: [
      'https://smarthealth.cards#health-card',
      'https://smarthealth.cards#immunization',
      'https://smarthealth.cards#covid19',
    ],
    credentialSubject: {
      fhirVersion: '4.0.1',
      fhirBundle: {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          {
            fullUrl: 'resource:0',
            resource: {
              resourceType: 'Patient',
              name: [{ family: `Anyperson-${unique()}`, given: ['John', 'B.'] }],
              birthDate: '1951-01-20',
            },
          },
          ...['2021-01-01', '2021-01-29'].map((day, dose) => ({
            fullUrl: `resource:${dose + 1}`,
            resource: {
              resourceType: 'Immunization',
              status: 'completed',
              vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '207' }] },
              patient: { reference: 'resource:0' },
              occurrenceDateTime: day,
              performer: [{ actor: { display: 'ABC General Hospital' } }],
              lotNumber: `000000${dose + 1}`,
            },
          })),
        ],
      },
    },
  },
});
