import { isJsonObject, type Json, type JsonObject, parseJsonBytes } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import { checkDates } from './dates.ts';
import { type PassFormat, refusal } from './format.ts';
import { type CompactJws, headerOf, parseCompactJws, type Signer, verifyJws } from './jws.ts';
import { instantOf, isNumericDate } from './numeric-date.ts';
import { type Claims, type Finding, KINDS, type Kind, NO_FINDING, type PassFields, type Refusal } from './pass.ts';
import { namedPassId } from './pass-id.ts';
import type { Trust } from './trust.ts';

/** What is particular to one of our own formats; the header is exactly `{alg, typ, kid}` in each. */
export interface OwnFormat {
  readonly name: 'entry-pass' | 'sticker';
  readonly typ: string;
  readonly algorithms: Signer['algorithms'];
  readonly kid: RegExp;
  readonly issuer: RegExp;
  /** A longer token is refused as too long; null where the length of a line is the only limit. */
  readonly maxLength: number | null;
  /**
   * Whether it begins with `iat`. An entry pass does not: RFC 7519 gives `nbf` for that, and an issuer whose clock is
   * seconds ahead of the door's must not shut out whoever comes straight from its desk.
   */
  readonly beginsAtIssue: boolean;
  /** Unknown claims are ignored. The error is the detail of `bad-claims`. */
  readClaims(payload: JsonObject, kind: Kind): Result<OwnClaims, string>;
}

export interface OwnClaims {
  readonly jti: string;
  readonly claims: Claims;
  readonly single: boolean;
}

/** Claims of a pass that names nobody and carries no health entry. */
export const NO_CLAIMS: Omit<Claims, 'kind'> = { v: [], t: [], r: [], x: [], nam: {}, dob: null, ticket: null };

/** The format file of a pass that this house signs itself. */
export function ownPassFormat(own: OwnFormat): PassFormat {
  const unread: Finding = { ...NO_FINDING, format: own.name };
  return {
    name: own.name,
    claims: (line) => line.startsWith('e') && headerOf(line)?.['typ'] === own.typ,
    verify: (line, trust, now) => verifyOwn(own, unread, line, trust, now),
  };
}

/** All of a token that can be read without trusting it. */
interface Token {
  readonly jws: CompactJws;
  readonly issuer: string;
  readonly kid: string;
  readonly payload: JsonObject;
}

const HEADER_MEMBERS = 3;

function openToken(own: OwnFormat, line: string): Result<Token, string> {
  const jws = parseCompactJws(line);
  if (!jws.ok) return jws;
  const { alg, typ, kid } = jws.value.header;
  const members = Object.keys(jws.value.header).length;
  if (members !== HEADER_MEMBERS || typeof alg !== 'string' || typ !== own.typ || typeof kid !== 'string') {
    return err('the header is not exactly alg, typ and kid');
  }
  if (!own.kid.test(kid)) return err('the kid has not the form of this format');
  const payload = parseJsonBytes(jws.value.payload);
  if (!payload.ok) return err(`the payload cannot be read: ${payload.error}`);
  if (!isJsonObject(payload.value)) return err('the payload is no JSON object');
  const issuer = payload.value['iss'];
  if (typeof issuer !== 'string' || !own.issuer.test(issuer)) return err('iss has not the form of this format');
  return ok({ jws: jws.value, issuer, kid, payload: payload.value });
}

const kindOf = (value: Json | undefined): Kind | null => KINDS.find((kind) => kind === value) ?? null;

function claimsOf(own: OwnFormat, payload: JsonObject): Result<OwnClaims, string> {
  const kind = kindOf(payload['kind']);
  if (kind === null) return err('kind is none of the known kinds');
  for (const name of ['iat', 'exp']) {
    if (!isNumericDate(payload[name])) return err(`${name} is not a date in seconds`);
  }
  if (payload['nbf'] !== undefined && !isNumericDate(payload['nbf'])) return err('nbf is not a date in seconds');
  return own.readClaims(payload, kind);
}

function verifyOwn(
  own: OwnFormat,
  unread: Finding,
  line: string,
  trust: Trust,
  now: WallTime,
): Result<PassFields, Refusal> {
  if (own.maxLength !== null && line.length > own.maxLength) {
    return refusal('too-long', `${line.length} bytes; this format has at most ${own.maxLength}`, unread);
  }
  const opened = openToken(own, line);
  if (!opened.ok) return refusal('malformed', opened.error, unread);
  const { jws, issuer, kid, payload } = opened.value;
  const finding: Finding = {
    format: own.name,
    kind: kindOf(payload['kind']),
    issuer,
    kid,
    validFromMs: instantOf(payload['nbf']) ?? (own.beginsAtIssue ? instantOf(payload['iat']) : null),
    validUntilMs: instantOf(payload['exp']),
    issuedAtMs: instantOf(payload['iat']),
  };
  const trusted = verifyJws(jws, { format: own.name, issuer, kid, algorithms: own.algorithms }, trust);
  if (!trusted.ok) return refusal(trusted.error.reason, trusted.error.detail, finding);
  if (finding.kind !== null && !trusted.value.kinds.has(finding.kind)) {
    return refusal('key-not-allowed', `the key may not sign passes of the kind ${finding.kind}`, finding);
  }
  const outside = checkDates(finding, now);
  if (outside !== null) return refusal(outside, 'the clock is outside the dates of the pass', finding);
  const claims = claimsOf(own, payload);
  if (!claims.ok) return refusal('bad-claims', claims.error, finding);
  return ok({
    format: own.name,
    kind: claims.value.claims.kind,
    issuer,
    kid,
    validFromMs: finding.validFromMs,
    validUntilMs: finding.validUntilMs,
    issuedAtMs: finding.issuedAtMs ?? null,
    passId: namedPassId(issuer, claims.value.jti),
    claims: claims.value.claims,
    single: claims.value.single,
    revocable: { by: 'jti', jti: claims.value.jti },
  });
}
