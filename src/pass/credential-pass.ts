import { ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import type { Credential } from './credential.ts';
import { claimsOfCredentials } from './credential-claims.ts';
import { checkDates } from './dates.ts';
import { refusal } from './format.ts';
import { verifyIssued } from './issuer-key.ts';
import type { CompactJws, SignatureFault } from './jws.ts';
import type { Finding, PassFields, Refusal } from './pass.ts';
import type { Trust } from './trust.ts';

/** A signed credential with what can be read of it without trusting it. */
export interface CredentialToken {
  readonly jws: CompactJws;
  readonly kid: string | null;
  readonly credential: Credential;
}

/**
 * The pass in one credential, or why there is none. The key is the one that the trust list has for the issuer, DID or
 * not: that a name proves its key says nothing about whether it is to be trusted.
 * @param presentationFault what the packaging asks of signatures beside the issuer's; called once that was found good
 */
export function verifyCredential(
  format: 'vc-jwt' | 'sd-jwt-vc',
  { jws, kid, credential }: CredentialToken,
  trust: Trust,
  now: WallTime,
  presentationFault: () => SignatureFault | null = () => null,
): Result<PassFields, Refusal> {
  const claims = claimsOfCredentials([credential]);
  const finding: Finding = {
    format,
    kind: claims.ok ? claims.value.claims.kind : null,
    issuer: credential.issuer,
    kid,
    validFromMs: credential.validFromMs,
    validUntilMs: credential.validUntilMs,
  };
  const trusted = verifyIssued(jws, { format, issuer: credential.issuer, kid }, trust);
  if (!trusted.ok) return refusal(trusted.error.reason, trusted.error.detail, finding);
  const presented = presentationFault();
  if (presented !== null) return refusal(presented.reason, presented.detail, finding);
  if (finding.kind !== null && !trusted.value.kinds.has(finding.kind)) {
    return refusal('key-not-allowed', `the key may not sign passes of the kind ${finding.kind}`, finding);
  }
  const outside = checkDates(finding, now);
  if (outside !== null) return refusal(outside, 'the clock is outside the dates of the credential', finding);
  if (!claims.ok) return refusal('bad-claims', claims.error, finding);
  if (credential.fault !== null) return refusal('bad-claims', credential.fault, finding);
  return ok({
    ...finding,
    format,
    kind: claims.value.claims.kind,
    kid: kid ?? trusted.value.kid,
    passId: credential.passId,
    claims: claims.value.claims,
    single: false,
  });
}
