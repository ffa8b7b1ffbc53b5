import { isJsonArray, isJsonObject, type Json, type JsonObject, parseJsonBytes, textOr } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import { earliest, latest } from './credential.ts';
import { type CredentialClaims, claimsOfCredentials } from './credential-claims.ts';
import type { CredentialToken } from './credential-pass.ts';
import { checkDates } from './dates.ts';
import { isDid, keyOfDid } from './did.ts';
import { type PassFormat, refusal } from './format.ts';
import { CREDENTIAL_ALGORITHMS, credentialKid, verifyIssued } from './issuer-key.ts';
import { type CompactJws, headerOf, parseCompactJws, payloadOf, type SignatureFault, signatureFault } from './jws.ts';
import { instantOf, isNumericDate } from './numeric-date.ts';
import { type Finding, type Kind, NO_FINDING, type PassFields, type Refusal } from './pass.ts';
import type { Trust, TrustedKey } from './trust.ts';
import { openCredential } from './vc-jwt.ts';

const FORMAT = 'vp-jwt';
const PRESENTATION_TYP = /^(application\/)?vp(\+ld|\+ld\+json)?\+jwt$/;
/** One for each dose and each attribute of a person; more would not fit a code. */
export const MAX_CREDENTIALS = 16;

/** A presentation with what can be read of it without trusting it. */
interface Presentation {
  readonly jws: CompactJws;
  readonly holder: string;
  readonly payload: JsonObject;
  readonly tokens: readonly [CredentialToken, ...CredentialToken[]];
}

function openPresentation(line: string): Result<Presentation, string> {
  const jws = parseCompactJws(line);
  if (!jws.ok) return jws;
  const payload = parseJsonBytes(jws.value.payload);
  if (!payload.ok) return err(`the payload cannot be read: ${payload.error}`);
  if (!isJsonObject(payload.value)) return err('the payload is no JSON object');
  const vp = payload.value['vp'] ?? payload.value;
  if (!isJsonObject(vp)) return err('vp is no presentation');
  const holder = payload.value['iss'] ?? vp['holder'];
  if (typeof holder !== 'string' || !isDid(holder)) return err('the holder is no DID');
  const tokens = openCredentials(vp['verifiableCredential']);
  if (!tokens.ok) return tokens;
  return ok({ jws: jws.value, holder, payload: payload.value, tokens: tokens.value });
}

function openCredentials(value: Json | undefined): Result<Presentation['tokens'], string> {
  const listed = isJsonArray(value) ? value : [value];
  if (listed.length > MAX_CREDENTIALS) return err(`more than ${MAX_CREDENTIALS} credentials`);
  const tokens: CredentialToken[] = [];
  for (const text of listed) {
    if (typeof text !== 'string') return err('a credential is no token');
    const token = openCredential(text);
    if (!token.ok) return err(`a credential: ${token.error}`);
    tokens.push(token.value);
  }
  const [first, ...rest] = tokens;
  return first === undefined ? err('a presentation of nothing') : ok([first, ...rest]);
}

/**
 * All signatures, and that the credentials were given to whoever signed the presentation: what is copied from somebody
 * else's phone is then worth nothing without its key.
 */
function verifySignatures(
  { jws, holder, tokens }: Presentation,
  trust: Trust,
): Result<readonly TrustedKey[], SignatureFault> {
  const keys: TrustedKey[] = [];
  for (const token of tokens) {
    const signer = { format: FORMAT, issuer: token.credential.issuer, kid: token.kid } as const;
    const trusted = verifyIssued(token.jws, signer, trust);
    if (!trusted.ok) return trusted;
    keys.push(trusted.value);
  }
  const kid = credentialKid(jws.header['kid']);
  const isOwnKid = kid === null || kid?.startsWith('#') || kid === holder || kid?.startsWith(`${holder}#`);
  const key = isOwnKid ? keyOfDid(holder) : null;
  if (key === null) return err({ reason: 'unknown-key', detail: 'the key of the holder does not stand in its DID' });
  const fault = signatureFault(jws, key, CREDENTIAL_ALGORITHMS);
  if (fault !== null) return err({ reason: fault.reason, detail: `the presentation: ${fault.detail}` });
  if (tokens.some(({ credential }) => credential.subject !== holder)) {
    return err({ reason: 'key-not-allowed', detail: 'a credential was given to somebody else than its presenter' });
  }
  return ok(keys);
}

/**
 * The kind of a credential whose key may not sign it, or null: the doses of one are counted with those of the others, so
 * that each key is asked. What only describes a person is not asked for, unless nothing else is there.
 */
function kindBeyondKey(tokens: Presentation['tokens'], keys: readonly TrustedKey[], decisiveAt: number): Kind | null {
  for (const [at, { credential }] of tokens.entries()) {
    const claims = claimsOfCredentials([credential]);
    if (!claims.ok || (claims.value.claims.kind === 'other' && at !== decisiveAt)) continue;
    if (keys[at]?.kinds.has(claims.value.claims.kind) !== true) return claims.value.claims.kind;
  }
  return null;
}

const isAudience = (value: Json | undefined): boolean =>
  value === undefined || [value].flat().every((name) => typeof name === 'string');

/**
 * The presentation's own claims. A wallet writes `nonce` and `aud` for a verifier that asked it; this door can ask
 * nothing and has no name, so that both are checked for their form, and a copy is stopped by `exp` and the use key.
 */
function faultOf({ payload, tokens }: Presentation): string | null {
  for (const name of ['nbf', 'exp']) {
    if (payload[name] !== undefined && !isNumericDate(payload[name])) return `${name} is not a date in seconds`;
  }
  if (payload['nonce'] !== undefined && typeof payload['nonce'] !== 'string') return 'nonce is no text';
  if (!isAudience(payload['aud'])) return 'aud names no verifier';
  const issuers = new Set(tokens.map(({ credential }) => credential.issuer));
  if (issuers.size > 1) return 'credentials of several issuers: none of them vouches for the others';
  return tokens.find(({ credential }) => credential.fault !== null)?.credential.fault ?? null;
}

function findingOf({ payload, tokens }: Presentation, claims: Result<CredentialClaims, string>): Finding {
  const credentials = tokens.map(({ credential }) => credential);
  const [{ kid, credential }] = tokens;
  return {
    format: FORMAT,
    kind: claims.ok ? claims.value.claims.kind : null,
    issuer: credential.issuer,
    kid,
    validFromMs: latest([instantOf(payload['nbf']), ...credentials.map(({ validFromMs }) => validFromMs)]),
    validUntilMs: earliest([instantOf(payload['exp']), ...credentials.map(({ validUntilMs }) => validUntilMs)]),
  };
}

/**
 * W3C verifiable presentation as a compact JWS (data model 1.1 section 6.3.1): credentials of one issuer on the trust
 * list, signed again by the holder whose key is its DID. Remembered by the credential, so that a fresh presentation of
 * a used one is used.
 */
function verify(line: string, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const opened = openPresentation(line);
  if (!opened.ok) return refusal('malformed', opened.error, { ...NO_FINDING, format: FORMAT });
  const { tokens } = opened.value;
  const claims = claimsOfCredentials(tokens.map(({ credential }) => credential));
  const finding = findingOf(opened.value, claims);
  const keys = verifySignatures(opened.value, trust);
  if (!keys.ok) return refusal(keys.error.reason, keys.error.detail, finding);
  const decisiveAt = claims.ok ? claims.value.at : 0;
  const beyond = kindBeyondKey(tokens, keys.value, decisiveAt);
  if (beyond !== null) return refusal('key-not-allowed', `a key may not sign passes of the kind ${beyond}`, finding);
  const outside = checkDates(finding, now);
  if (outside !== null) return refusal(outside, 'the clock is outside the dates of the presentation', finding);
  const fault = faultOf(opened.value);
  if (fault !== null) return refusal('bad-claims', fault, finding);
  if (!claims.ok) return refusal('bad-claims', claims.error, finding);
  const fieldsOf = (passId: Buffer): PassFields => ({
    ...finding,
    format: FORMAT,
    kind: claims.value.claims.kind,
    kid: finding.kid ?? keys.value[0]?.kid ?? '',
    passId,
    claims: claims.value.claims,
    single: false,
  });
  // The pass is remembered by one of its credentials, so that the others are looked up here.
  if (tokens.some(({ credential }) => trust.isRevoked(fieldsOf(credential.passId)) === true)) {
    return refusal('revoked', 'the issuer has taken one of the credentials back', finding);
  }
  return ok(fieldsOf((tokens[decisiveAt] ?? tokens[0]).credential.passId));
}

function isPresentation(line: string): boolean {
  if (!line.startsWith('e') || line.includes('~')) return false;
  const header = headerOf(line);
  if (header === null) return false;
  return PRESENTATION_TYP.test(textOr(header['typ'])) || payloadOf(line, 'vp')?.['vp'] !== undefined;
}

export const vpJwt: PassFormat = { name: FORMAT, claims: isPresentation, verify };
