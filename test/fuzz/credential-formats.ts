import { createHash } from 'node:crypto';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { didKey } from '../support/did.ts';
import { DAY_S, NOW_S, SECRET_NAME } from './case.ts';
import type { Shape } from './json-shapes.ts';
import { DOSE, type Issued } from './jws-formats.ts';
import { compactJws, segment, type Unsigned } from './jws-terms.ts';
import { ecKey, edKey, type FuzzKey, trusted } from './keys.ts';
import type { Random } from './random.ts';

const ISSUER = 'https://fuzz.example/credentials';
const LINE = 8_192;
const FORMATS = ['vc-jwt', 'vp-jwt', 'sd-jwt-vc'] as const;
const named = (name: string): Buffer => Buffer.from(`${ISSUER}\0${name}`, 'utf8');
const idOf = (random: Random): string => `urn:uuid:${random.bytes(16).toString('hex')}`;

/** The keys of one issuer of credentials, of a holder, and of whoever must not sign. */
export interface CredentialKeys {
  readonly signers: readonly FuzzKey[];
  readonly holder: FuzzKey;
  readonly thief: FuzzKey;
  readonly notAllowed: readonly FuzzKey[];
  readonly recoveryOnly: FuzzKey;
  readonly foreign: readonly FuzzKey[];
  readonly trusted: readonly TrustedKey[];
}

export function credentialKeys(random: Random): CredentialKeys {
  const signers = [ecKey(random), edKey(random), ecKey(random, 'secp256k1')];
  const [holder, thief, entryOnly, recoveryOnly, foreign] = [
    ecKey(random),
    ecKey(random),
    ecKey(random),
    ecKey(random),
    ecKey(random),
  ];
  return {
    signers,
    holder,
    thief,
    recoveryOnly,
    notAllowed: [entryOnly, recoveryOnly],
    foreign: [foreign],
    trusted: [
      ...signers.map((key) => trusted(key, ISSUER, FORMATS)),
      trusted(entryOnly, ISSUER, ['entry-pass']),
      trusted(recoveryOnly, ISSUER, FORMATS, { kinds: ['recovery'] }),
      trusted(foreign, 'https://other.example/credentials', FORMATS),
    ],
  };
}

const SUBJECTS: readonly Shape[] = [
  { v: DOSE },
  { doseNum: 2, date: '2021-06-01', vaccine: 'Comirnaty', country: 'KR' },
  { dateOfVaccination: '2021-06-01T10:00:00Z', order: '2/2', vaccine: { atcCode: 'J07BX03' } },
  { kind: 'membership', product: 'Gold' },
];
const times = { nbf: NOW_S - DAY_S, exp: NOW_S + DAY_S };
const dates = [
  { name: 'nbf', edge: 'from' },
  { name: 'exp', edge: 'until' },
] as const;

function credentialOf(of: Random, key: FuzzKey, subject: Shape = {}): Unsigned {
  const jti = idOf(of);
  const about = { ...subject, ...of.pick(SUBJECTS), name: SECRET_NAME };
  return {
    key,
    header: { alg: key.alg, typ: 'JWT', kid: key.kid },
    payload: { iss: ISSUER, jti, ...times, vc: { type: ['VerifiableCredential'], credentialSubject: about } },
    passId: () => named(jti),
    spell: (jws) => jws,
  };
}

const shared = { encode: (text: Buffer): Buffer => text, maxLength: LINE, isHeaderClosed: false, dates };

export function credentials(keys: CredentialKeys): Issued {
  const { notAllowed, foreign } = keys;
  const fresh = (of: Random): Unsigned => credentialOf(of, of.pick(keys.signers));
  return { trusted: [], terms: { ...shared, format: 'vc-jwt', notAllowed, foreign, fresh } };
}

/** A good credential of the holder as a token. */
export function credentialToken(
  of: Random,
  key: FuzzKey,
  holder: string,
): { readonly text: string; readonly passId: Buffer } {
  const credential = credentialOf(of, key, { id: holder });
  const payload = Buffer.from(JSON.stringify(credential.payload));
  return { text: compactJws(JSON.stringify(credential.header), payload, key), passId: credential.passId(payload) };
}

export function presentations(keys: CredentialKeys): Issued {
  const holder = didKey(keys.holder.publicKey);
  return {
    trusted: [],
    terms: {
      ...shared,
      format: 'vp-jwt',
      // Whoever else signs for the holder has the wrong key, whatever the trust list says of it.
      notAllowed: [keys.thief, ...keys.notAllowed],
      foreign: keys.signers,
      fresh(of) {
        const { text, passId } = credentialToken(of, of.pick(keys.signers), holder);
        const vp = { type: ['VerifiablePresentation'], verifiableCredential: [text] };
        return {
          key: keys.holder,
          header: { alg: 'ES256', typ: 'JWT', kid: `${holder}#${holder.slice('did:key:'.length)}` },
          payload: { iss: holder, ...times, nonce: 'n', vp },
          passId: () => passId,
          spell: (jws) => jws,
        };
      },
    },
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** What a holder appends to show that the key of the credential is at hand. */
export function keyBinding(key: FuzzKey, presented: string, more: Shape = {}): string {
  const payload = { iat: NOW_S, aud: 'door', nonce: 'n', sd_hash: sha256(presented), ...more };
  return compactJws(JSON.stringify({ alg: key.alg, typ: 'kb+jwt' }), Buffer.from(JSON.stringify(payload)), key);
}

export const disclosure = (of: Random, ...parts: readonly unknown[]): string =>
  segment(JSON.stringify([of.bytes(9).toString('base64url'), ...parts]));

export function selectiveDisclosures(keys: CredentialKeys): Issued {
  const { notAllowed, foreign } = keys;
  return {
    trusted: [],
    terms: {
      ...shared,
      format: 'sd-jwt-vc',
      notAllowed,
      foreign,
      fresh(of) {
        const key = of.pick(keys.signers);
        const jti = idOf(of);
        const disclosed = [disclosure(of, 'name', SECRET_NAME), disclosure(of, 'birthdate', '1980-02-29')];
        const _sd = [...disclosed.map(sha256), sha256('decoy')].sort();
        const cnf = { jwk: keys.holder.publicKey.export({ format: 'jwk' }) };
        const bound = of.chance(0.5);
        const shown = disclosed.slice(0, of.below(3));
        return {
          key,
          header: { alg: key.alg, typ: 'dc+sd-jwt', kid: key.kid },
          payload: {
            iss: ISSUER,
            jti,
            ...times,
            vct: 'urn:fuzz',
            ...of.pick(SUBJECTS),
            _sd,
            ...(bound ? { cnf } : {}),
          },
          passId: () => named(jti),
          spell(jws) {
            const presented = [jws, ...shown, ''].join('~');
            return bound ? presented + keyBinding(keys.holder, presented) : presented;
          },
        };
      },
    },
  };
}
