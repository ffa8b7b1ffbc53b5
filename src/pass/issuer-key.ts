import type { Json } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import { isSelfCertifying } from './did.ts';
import { type CompactJws, type SignatureFault, type Signer, verifyFound } from './jws.ts';
import type { Trust, TrustedKey } from './trust.ts';

/** A key id of a credential: a name, or the DID URL of a key, which may hold a whole key. */
const CREDENTIAL_KID = /^[A-Za-z0-9_+/=.:#%-]{1,768}$/;

export const CREDENTIAL_ALGORITHMS: Signer['algorithms'] = new Set(['ES256', 'EdDSA', 'ES256K']);

/** The key id of a credential's header: null for none, undefined for one that no trust list would carry. */
export function credentialKid(kid: Json | undefined): string | null | undefined {
  if (kid === undefined) return null;
  return typeof kid === 'string' && CREDENTIAL_KID.test(kid) ? kid : undefined;
}

/** Credentials may leave the key id out, and a DID that is its key may spell it in several ways. */
function findKey(
  format: Signer['format'],
  issuer: string,
  kid: string | null,
  trust: Trust,
): ReturnType<Trust['find']> {
  if (kid === null) return trust.findOnly(format, issuer);
  const isOwnFragment = kid.startsWith('#') || kid.startsWith(`${issuer}#`);
  if (isOwnFragment && isSelfCertifying(issuer)) return trust.findOnly(format, issuer);
  return trust.find(format, issuer, Buffer.from(kid.startsWith('#') ? `${issuer}${kid}` : kid, 'utf8'));
}

/**
 * Verifies what an issuer of credentials signed, with its key on the trust list.
 * @param kid of the header, or null where it names none and the issuer has one key
 */
export function verifyIssued(
  jws: CompactJws,
  signer: { readonly format: Signer['format']; readonly issuer: string; readonly kid: string | null },
  trust: Trust,
): Result<TrustedKey, SignatureFault> {
  const { format, issuer, kid } = signer;
  return verifyFound(jws, findKey(format, issuer, kid, trust), { format, algorithms: CREDENTIAL_ALGORITHMS });
}
