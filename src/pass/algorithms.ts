import { constants, type KeyObject, verify } from 'node:crypto';

/** A signature algorithm under both of its names, with the keys it fits. */
export interface Algorithm {
  readonly jose: 'ES256' | 'PS256' | 'EdDSA' | 'ES256K';
  /** RFC 9053 number; null where no pass in COSE is signed so. */
  readonly cose: number | null;
  fits(key: KeyObject): boolean;
  verify(key: KeyObject, signed: Buffer, signature: Buffer): boolean;
}

const P1363_LENGTH: Readonly<Record<string, number>> = { prime256v1: 64, secp384r1: 96 };
const MIN_RSA_BITS = 2_048;
const PS256_SALT_BYTES = 32;

/** RFC 4055 section 1.2: an RSA-PSS key may be for another hash or a longer salt alone, and OpenSSL throws if asked. */
function mayDoPs256({ asymmetricKeyType, asymmetricKeyDetails: details }: KeyObject): boolean {
  if (asymmetricKeyType === 'rsa') return true;
  const { hashAlgorithm = 'sha256', mgf1HashAlgorithm = 'sha256', saltLength = 0 } = details ?? {};
  const isOfHash = hashAlgorithm === 'sha256' && mgf1HashAlgorithm === 'sha256';
  return asymmetricKeyType === 'rsa-pss' && isOfHash && saltLength <= PS256_SALT_BYTES;
}

/**
 * The closed list. COSE names no curve, and EU issuers sign ES256 with P-384 too (RFC 9053 section 2.1), so the curve
 * is settled per format by the caller where the format fixes one.
 */
export const ALGORITHMS: readonly Algorithm[] = [
  {
    jose: 'ES256',
    cose: -7,
    fits: (key) =>
      key.asymmetricKeyType === 'ec' && P1363_LENGTH[key.asymmetricKeyDetails?.namedCurve ?? ''] !== undefined,
    verify: (key, signed, signature) =>
      signature.length === P1363_LENGTH[key.asymmetricKeyDetails?.namedCurve ?? ''] &&
      verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature),
  },
  {
    jose: 'PS256',
    cose: -37,
    fits: (key) => mayDoPs256(key) && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS,
    verify: (key, signed, signature) =>
      verify(
        'sha256',
        signed,
        { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: PS256_SALT_BYTES },
        signature,
      ),
  },
  {
    jose: 'EdDSA',
    cose: -8,
    fits: (key) => key.asymmetricKeyType === 'ed25519',
    verify: (key, signed, signature) => signature.length === 64 && verify(null, signed, key, signature),
  },
  {
    // RFC 8812, for credentials of DIDs that live on a blockchain's curve.
    jose: 'ES256K',
    cose: null,
    fits: (key) => key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'secp256k1',
    verify: (key, signed, signature) =>
      signature.length === 64 && verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature),
  },
];

/** The algorithm of a COSE header value or a JOSE header name, or null for one that is not on the list. */
export function algorithmNamed(name: unknown): Algorithm | null {
  if (typeof name !== 'string' && typeof name !== 'number') return null;
  return ALGORITHMS.find((algorithm) => algorithm.cose === name || algorithm.jose === name) ?? null;
}
