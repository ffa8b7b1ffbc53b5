import { isJsonObject, type JsonObject, parseJsonBytes, textOr } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import { readCredential } from './credential.ts';
import { type CredentialToken, verifyCredential } from './credential-pass.ts';
import { type PassFormat, refusal } from './format.ts';
import { credentialKid } from './issuer-key.ts';
import { headerOf, parseCompactJws, payloadOf } from './jws.ts';
import { NO_FINDING, type PassFields, type Refusal } from './pass.ts';
import type { Trust } from './trust.ts';

const FORMAT = 'vc-jwt';
/** How a token says that it is the credential itself (VC-JOSE-COSE section 3.1.1), with or without the draft's `ld+json`. */
const CREDENTIAL_TYP = /^(application\/)?vc(\+ld|\+ld\+json)?\+jwt$/;

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
 * signed with ES256, ES256K or EdDSA.
 */
function verify(line: string, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const opened = openCredential(line);
  if (!opened.ok) return refusal('malformed', opened.error, { ...NO_FINDING, format: FORMAT });
  return verifyCredential(FORMAT, opened.value, trust, now);
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
