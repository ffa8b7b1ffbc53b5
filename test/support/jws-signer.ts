import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { encodeBase64url } from '../../src/base/base64url.ts';
import type { VerifiableFormat } from '../../src/pass/pass.ts';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { ALL_KINDS } from '../../src/trust/loose-key.ts';

type KeyType = 'P-256' | 'P-384' | 'secp256k1' | 'Ed25519';

/** A key made when the test runs, with what it signs. */
export interface JwsSigner {
  readonly kid: string;
  readonly publicKey: KeyObject;
  /** Header and payload are written as they are given; text and bytes are taken as the payload itself. */
  sign(header: object, payload: object | string | Buffer): string;
  trusted(issuer: string, formats: readonly VerifiableFormat[], limits?: Partial<TrustedKey>): TrustedKey;
}

export function jwsSigner(type: KeyType = 'P-256'): JwsSigner {
  const { publicKey, privateKey } =
    type === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: type });
  const kid = thumbprint(publicKey);
  return {
    kid,
    publicKey,
    sign(header, payload) {
      const body = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
      const signed = `${segment(JSON.stringify(header))}.${segment(body)}`;
      const digest = type === 'Ed25519' ? null : 'sha256';
      return `${signed}.${segment(sign(digest, Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }))}`;
    },
    trusted: (issuer, formats, limits = {}) => ({
      key: publicKey,
      alg: null,
      issuer,
      kid,
      formats: new Set(formats),
      kinds: ALL_KINDS,
      ...limits,
    }),
  };
}

export const segment = (bytes: string | Buffer): string => encodeBase64url(Buffer.from(bytes));

/** RFC 7638 thumbprint. */
function thumbprint(key: KeyObject): string {
  const { crv, kty, x, y } = key.export({ format: 'jwk' });
  return createHash('sha256')
    .update(JSON.stringify(y === undefined ? { crv, kty, x } : { crv, kty, x, y }))
    .digest('base64url');
}

/** A compact JWS as the digits of a SMART Health Card: each character is its code less 45, in two digits. */
export function shcDigits(jws: string): string {
  return [...jws].map((character) => String(character.charCodeAt(0) - 45).padStart(2, '0')).join('');
}

/** A whole card of one code, signed with the header of the framework unless told otherwise. */
export function signShc(signer: JwsSigner, payload: object | string | Buffer, header: object = {}): string {
  const body = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
  const jws = signer.sign({ alg: 'ES256', zip: 'DEF', kid: signer.kid, ...header }, deflateRawSync(body));
  return `shc:/${shcDigits(jws)}`;
}
