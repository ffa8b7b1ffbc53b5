import { isJsonObject, type JsonObject, parseJsonBytes, textOr } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import { type Credential, readCredential } from './credential.ts';
import { claimsOfCredentials } from './credential-claims.ts';
import { checkDates } from './dates.ts';
import { type PassFormat, refusal } from './format.ts';
import { credentialKid, verifyIssued } from './issuer-key.ts';
import { type CompactJws, headerOf, parseCompactJws, payloadOf } from './jws.ts';
import { type Finding, NO_FINDING, type PassFields, type Refusal } from './pass.ts';
import type { Trust } from './trust.ts';

const FORMAT = 'vc-jwt';
/** How a token says that it is the credential itself (VC-JOSE-COSE section 3.1.1), with or without the draft's `ld+json`. */
const CREDENTIAL_TYP = /^(application\/)?vc(\+ld|\+ld\+json)?\+jwt$/;

/** A signed credential with what can be read of it without trusting it. */
export interface CredentialToken {
  readonly jws: CompactJws;
  readonly kid: string | null;
  readonly credential: Credential;
}

const isCredentialTyp = (header: JsonObject | null): boolean => CREDENTIAL_TYP.test(textOr(header?.['typ']));

/** The credential of a token: its `vc` claim, or the token itself where the header says so. */
function credentialIn(header: JsonObject, payload: JsonObject): JsonObject | null {
  const inside = payload['vc'];
  if (isJsonObject(inside)) return inside;
  return inside === undefined && isCredentialTyp(header) ? payload : null;
}

/** Takes a credential's token apart. */
export function openCredential(text: string): Result<CredentialToken, string> {
  const jws = parseCompactJws(text);
  if (!jws.ok) return jws;
  const kid = credentialKid(jws.value.header['kid']);
  if (kid === undefined) return err('the header names no usable kid');
  const payload = parseJsonBytes(jws.value.payload);
  if (!payload.ok) return err(`the payload cannot be read: ${payload.error}`);
  const vc = isJsonObject(payload.value) ? credentialIn(jws.value.header, payload.value) : null;
  if (vc === null || !isJsonObject(payload.value)) return err('the token holds no credential');
  const credential = readCredential(FORMAT, payload.value, vc, jws.value.payload);
  return credential.ok ? ok({ jws: jws.value, kid, credential: credential.value }) : credential;
}

/**
 * W3C verifiable credential as a compact JWS: data model 1.1 section 6.3.1 (`vc` claim) and VC-JOSE-COSE (`vc+jwt`),
 * signed with ES256, ES256K or EdDSA. The key is the one that the trust list has for the issuer, DID or not: that a
 * name proves its key says nothing about whether it is to be trusted.
 */
function verify(line: string, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const opened = openCredential(line);
  if (!opened.ok) return refusal('malformed', opened.error, { ...NO_FINDING, format: FORMAT });
  const { jws, kid, credential } = opened.value;
  const claims = claimsOfCredentials([credential]);
  const finding: Finding = {
    format: FORMAT,
    kind: claims.ok ? claims.value.claims.kind : null,
    issuer: credential.issuer,
    kid,
    validFromMs: credential.validFromMs,
    validUntilMs: credential.validUntilMs,
  };
  const trusted = verifyIssued(jws, { format: FORMAT, issuer: credential.issuer, kid }, trust);
  if (!trusted.ok) return refusal(trusted.error.reason, trusted.error.detail, finding);
  if (finding.kind !== null && !trusted.value.kinds.has(finding.kind)) {
    return refusal('key-not-allowed', `the key may not sign passes of the kind ${finding.kind}`, finding);
  }
  const outside = checkDates(finding, now);
  if (outside !== null) return refusal(outside, 'the clock is outside the dates of the credential', finding);
  if (!claims.ok) return refusal('bad-claims', claims.error, finding);
  if (credential.fault !== null) return refusal('bad-claims', credential.fault, finding);
  return ok({
    ...finding,
    format: FORMAT,
    kind: claims.value.claims.kind,
    kid: kid ?? trusted.value.kid,
    passId: credential.passId,
    claims: claims.value.claims,
    single: false,
  });
}

/** True for a token that holds a credential; one with a presentation is another format's. */
function isCredential(line: string): boolean {
  if (!line.startsWith('e') || line.includes('~')) return false;
  const header = headerOf(line);
  if (header === null) return false;
  if (isCredentialTyp(header)) return true;
  const payload = payloadOf(line, 'vc');
  return payload?.['vc'] !== undefined && payload['vp'] === undefined;
}

export const vcJwt: PassFormat = { name: FORMAT, claims: isCredential, verify };
