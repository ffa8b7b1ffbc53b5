import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import type { LooseDocument } from '../../src/trust/loose-key.ts';

export const document = (
  content: string | Buffer,
  issuer: string | null = null,
  name = 'keys.json',
): LooseDocument => ({
  name,
  issuer,
  bytes: Buffer.from(content),
});

/** The members of a JWK, as its owner would publish them. */
export const jwkOf = (key: KeyObject, more: object = {}): object => ({ ...key.export({ format: 'jwk' }), ...more });

export const jwkSet = (keys: readonly object[], more: object = {}): string => JSON.stringify({ ...more, keys });

/** First 8 bytes of SHA-256 over the DER, base64: the key id of a document signer. */
export const kidOf = (certificate: X509Certificate): string =>
  createHash('sha256').update(certificate.raw).digest().subarray(0, 8).toString('base64');
