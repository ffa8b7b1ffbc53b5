import { type JwsSigner, jwsSigner } from './jws-signer.ts';
import { jwkOf } from './trust-files.ts';

/** When the lists of these tests are issued, unless said otherwise. */
export const ISSUED_S = Date.parse('2021-12-13T00:00:00Z') / 1_000;
export const STALE_S = ISSUED_S + 7 * 86_400;
export const EXPIRES_S = ISSUED_S + 30 * 86_400;

/** Whoever signs trust lists, with a key made when the test runs. */
export interface Publisher {
  readonly signer: JwsSigner;
  readonly alg: 'ES256' | 'EdDSA';
  readonly rootJwk: object;
  readonly rootFile: Buffer;
  header(more?: object): object;
  /** A list of one issuer and one key, with other members if given, signed. */
  list(version: number, more?: object): string;
  /** Any payload under any header. */
  sign(payload: object | string | Buffer, header?: object): string;
}

const boxOffice = jwsSigner();

/** A key entry for entry passes. */
export const keyEntry = (signer: JwsSigner = boxOffice, more: object = {}): object => ({
  jwk: jwkOf(signer.publicKey, { kid: signer.kid }),
  formats: ['entry-pass'],
  kinds: ['ticket', 'membership'],
  ...more,
});

/** The payload of a list that every kiosk in production would take at noon of its day. */
export const listPayload = (version: number, more: object = {}): object => ({
  version,
  iat: ISSUED_S,
  staleAfter: STALE_S,
  exp: EXPIRES_S,
  environment: 'production',
  issuers: [{ id: 'box-office', title: 'Box office', keys: [keyEntry()] }],
  ...more,
});

export function publisher(type: 'P-256' | 'Ed25519' = 'P-256'): Publisher {
  const signer = jwsSigner(type);
  const alg = type === 'Ed25519' ? 'EdDSA' : 'ES256';
  const rootJwk = jwkOf(signer.publicKey, { kid: signer.kid });
  const header = (more: object = {}): object => ({ alg, typ: 'trust-list+jwt', kid: signer.kid, ...more });
  return {
    signer,
    alg,
    rootJwk,
    rootFile: Buffer.from(JSON.stringify(rootJwk)),
    header,
    list: (version, more = {}) => signer.sign(header(), listPayload(version, more)),
    sign: (payload, changed = header()) => signer.sign(changed, payload),
  };
}
