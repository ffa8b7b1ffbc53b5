import { isJsonArray, isJsonObject, type JsonObject, parseJsonBytes } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import { readNumericLine } from './chunks.ts';
import { checkDates } from './dates.ts';
import { claimsOfBundle } from './fhir.ts';
import { type PassFormat, refusal } from './format.ts';
import { inflate } from './inflate.ts';
import { type CompactJws, kidOf, parseCompactJws, type Signer, verifyJws } from './jws.ts';
import { instantOf, isNumericDate } from './numeric-date.ts';
import { type Claims, type Finding, NO_FINDING, type PassFields, type Refusal } from './pass.ts';
import { digestPassId } from './pass-id.ts';
import type { Trust } from './trust.ts';

const FORMAT = 'smart-health-card';
const SCHEME = /^shc:/i;
const ALGORITHMS: Signer['algorithms'] = new Set(['ES256']);
const HEALTH_CARD_TYPE = 'https://smarthealth.cards#health-card';

/** The pairs of digits are character codes less 45, so that `-` is 00 and `z`, the last of a JWS, is 77. */
const PAIR_OFFSET = 45;
const LARGEST_PAIR = 77;
const DIGIT_ZERO = 0x30;

/** `rid`: at most 24 characters of the base64url alphabet. */
export const CARD_RID = /^[A-Za-z0-9_-]{1,24}$/;

export const MAX_ISSUER_LENGTH = 256;
const ISSUER = /^(?=[\x21-\x7e]*$)https:\/\/[^/?#]+(?:\/[^/?#]+)*$/;

const UNREAD: Finding = { ...NO_FINDING, format: FORMAT };

/** All of a card that can be read without trusting it. */
interface Card {
  readonly jws: CompactJws;
  readonly kid: string;
  readonly issuer: string;
  readonly payload: JsonObject;
}

function openCard(digits: string): Result<Card, string> {
  const text = textOfDigits(digits);
  if (text === null) return err('not pairs of digits from 00 to 77');
  const jws = parseCompactJws(text);
  if (!jws.ok) return jws;
  if (typeof jws.value.header['alg'] !== 'string') return err('the header names no alg');
  if (jws.value.header['zip'] !== 'DEF') return err('the header does not say zip: DEF');
  const kid = kidOf(jws.value.header);
  if (kid === null) return err('the header names no usable kid');
  const inflated = inflate(jws.value.payload, 'raw');
  if (inflated === null) return err('the payload is not one whole raw DEFLATE stream of at most 64 KiB');
  const payload = parseJsonBytes(inflated);
  if (!payload.ok) return err(`the payload cannot be read: ${payload.error}`);
  if (!isJsonObject(payload.value)) return err('the payload is no JSON object');
  const issuer = payload.value['iss'];
  if (typeof issuer !== 'string' || issuer.length > MAX_ISSUER_LENGTH || !ISSUER.test(issuer)) {
    return err('the issuer is not an https address without a slash at its end');
  }
  return ok({ jws: jws.value, kid, issuer, payload: payload.value });
}

/** Undoes the pairs in place: the text is never longer than its digits. */
function textOfDigits(digits: string): string | null {
  const bytes = Buffer.from(digits, 'latin1');
  const length = bytes.length / 2;
  if (length === 0 || !Number.isInteger(length)) return null;
  for (let at = 0; at < length; at++) {
    const tens = (bytes[2 * at] ?? 0) - DIGIT_ZERO;
    const units = (bytes[2 * at + 1] ?? 0) - DIGIT_ZERO;
    const pair = tens * 10 + units;
    if (tens < 0 || units < 0 || units > 9 || pair > LARGEST_PAIR) return null;
    bytes[at] = pair + PAIR_OFFSET;
  }
  return bytes.toString('latin1', 0, length);
}

function claimsOfCard({ payload, issuer }: Card): Result<Claims, string> {
  if (!isNumericDate(payload['nbf'])) return err('nbf is not a date in seconds');
  if (payload['exp'] !== undefined && !isNumericDate(payload['exp'])) return err('exp is not a date in seconds');
  const credential = payload['vc'];
  if (!isJsonObject(credential)) return err('no credential');
  const types = credential['type'];
  if (!isJsonArray(types) || !types.includes(HEALTH_CARD_TYPE)) return err('not of the type #health-card');
  const subject = credential['credentialSubject'];
  return claimsOfBundle(isJsonObject(subject) ? subject['fhirBundle'] : undefined, issuer);
}

/** The framework's own revocation id; one that is not of its form is in no list. */
function revocableOf({ vc }: JsonObject): Pick<PassFields, 'revocable'> {
  const rid = isJsonObject(vc) ? vc['rid'] : undefined;
  return typeof rid === 'string' && CARD_RID.test(rid) ? { revocable: { by: 'rid', rid } } : {};
}

/**
 * SMART Health Card, framework 1.4: `shc:/` over pairs of digits over a compact ES256 JWS over raw DEFLATE over a
 * credential with a FHIR bundle. A key counts only in the set of the very issuer that the card names.
 */
function verify(line: string, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const numeric = readNumericLine(line);
  if (numeric.kind === 'unreadable') return refusal(numeric.reason, numeric.detail, UNREAD);
  if (numeric.kind === 'chunk') {
    return refusal('incomplete', `code ${numeric.index} of a card of ${numeric.total} codes`, UNREAD);
  }
  const opened = openCard(numeric.digits);
  if (!opened.ok) return refusal('malformed', opened.error, UNREAD);
  const { jws, kid, issuer, payload } = opened.value;
  const claims = claimsOfCard(opened.value);
  const finding: Finding = {
    format: FORMAT,
    kind: claims.ok ? claims.value.kind : null,
    issuer,
    kid,
    validFromMs: instantOf(payload['nbf']),
    validUntilMs: instantOf(payload['exp']),
  };
  const trusted = verifyJws(jws, { format: FORMAT, issuer, kid, algorithms: ALGORITHMS }, trust);
  if (!trusted.ok) return refusal(trusted.error.reason, trusted.error.detail, finding);
  if (claims.ok && !trusted.value.kinds.has(claims.value.kind)) {
    return refusal('key-not-allowed', `the key may not sign passes of the kind ${claims.value.kind}`, finding);
  }
  const outside = checkDates(finding, now);
  if (outside !== null) return refusal(outside, 'the clock is outside the dates of the card', finding);
  if (!claims.ok) return refusal('bad-claims', claims.error, finding);
  return ok({
    format: FORMAT,
    kind: claims.value.kind,
    issuer,
    kid,
    validFromMs: finding.validFromMs,
    validUntilMs: finding.validUntilMs,
    passId: digestPassId(FORMAT, issuer, jws.payload),
    claims: claims.value,
    single: false,
    ...revocableOf(payload),
  });
}

export const smartHealthCard: PassFormat = { name: FORMAT, claims: (line) => SCHEME.test(line), verify };
