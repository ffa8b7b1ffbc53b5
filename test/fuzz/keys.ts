import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { Kind, VerifiableFormat } from '../../src/pass/pass.ts';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { ALL_KINDS } from '../../src/trust/loose-key.ts';
import { CURVES, type Curve, signEcdsa, toBytes, toNumber } from './ecdsa.ts';
import type { Random } from './random.ts';
import { rsaPrivateKey, signPs256 } from './rsa.ts';

/** A key that the seed decides, and that signs the same bytes for the same message each time. */
export interface FuzzKey {
  readonly curve: Curve | 'Ed25519' | 'RSA';
  /** The JOSE name of its algorithm. */
  readonly alg: 'ES256' | 'EdDSA' | 'ES256K' | 'PS256';
  /** The COSE number of its algorithm. */
  readonly cose: number;
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  sign(message: Buffer): Buffer;
}

const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

function completed(key: Pick<FuzzKey, 'curve' | 'alg' | 'cose' | 'privateKey' | 'sign'>): FuzzKey {
  const publicKey = createPublicKey(key.privateKey);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return { ...key, publicKey, kid: createHash('sha256').update(spki).digest('base64url') };
}

export function ecKey(random: Random, curve: Curve = 'P-256'): FuzzKey {
  const { name, bytes, order } = CURVES[curve];
  const secret = toBytes((toNumber(random.bytes(bytes)) % (order - 1n)) + 1n, bytes);
  const ecdh = createECDH(name);
  ecdh.setPrivateKey(secret);
  const point = ecdh.getPublicKey();
  const text = (part: Buffer): string => part.toString('base64url');
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: curve,
      d: text(secret),
      x: text(point.subarray(1, 1 + bytes)),
      y: text(point.subarray(1 + bytes)),
    },
  });
  const alg = curve === 'secp256k1' ? 'ES256K' : 'ES256';
  return completed({ curve, alg, cose: -7, privateKey, sign: (message) => signEcdsa(curve, secret, message) });
}

export function edKey(random: Random): FuzzKey {
  const privateKey = createPrivateKey({
    key: Buffer.concat([ED25519_PKCS8, random.bytes(32)]),
    format: 'der',
    type: 'pkcs8',
  });
  return completed({
    curve: 'Ed25519',
    alg: 'EdDSA',
    cose: -8,
    privateKey,
    sign: (message) => sign(null, message, privateKey),
  });
}

export function rsaKey(random: Random): FuzzKey {
  const privateKey = rsaPrivateKey(random);
  return completed({
    curve: 'RSA',
    alg: 'PS256',
    cose: -37,
    privateKey,
    sign: (message) => signPs256(privateKey, message),
  });
}

/** As it stands on the trust list. */
export function trusted(
  key: FuzzKey,
  issuer: string | null,
  formats: readonly VerifiableFormat[],
  limits: { readonly kid?: string; readonly kinds?: readonly Kind[] } = {},
): TrustedKey {
  return {
    key: key.publicKey,
    alg: null,
    issuer,
    kid: limits.kid ?? key.kid,
    formats: new Set(formats),
    kinds: limits.kinds === undefined ? ALL_KINDS : new Set(limits.kinds),
  };
}
