import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { parseInstant } from '../base/time.ts';
import { instantOf, isNumericDate } from './numeric-date.ts';
import type { VerifiableFormat } from './pass.ts';
import { digestPassId, namedPassId } from './pass-id.ts';

/** A did:jwk is the longest name of an issuer. Nothing in it may disturb the text it is shown in. */
const ISSUER = /^\P{C}{1,512}$/u;
const MAX_NAME_LENGTH = 256;

/** What a credential of any packaging says; dates in milliseconds since the epoch. */
export interface Credential {
  readonly issuer: string;
  /** Whom it was given to, or null for one that names no holder. */
  readonly subject: string | null;
  readonly types: readonly string[];
  /** The only `credentialSubject`; for a credential without one, the payload itself. */
  readonly about: JsonObject;
  readonly validFromMs: number | null;
  readonly validUntilMs: number | null;
  readonly passId: Buffer;
  /** Why nobody could judge by it although it is genuine, or null. */
  readonly fault: string | null;
}

const textOf = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);
const listOf = (value: Json | undefined): readonly Json[] =>
  isJsonArray(value) ? value : value === undefined ? [] : [value];

/** A text, or the `id` of an object, as the data model writes issuers and holders. */
function nameOf(value: Json | undefined): string | null {
  return isJsonObject(value) ? textOf(value['id']) : textOf(value);
}

function issuerOf(payload: JsonObject, vc: JsonObject): Result<string, string> {
  const named = [textOf(payload['iss']), nameOf(vc['issuer'])].filter((name) => name !== null);
  const [issuer, other = issuer] = named;
  if (issuer === undefined || !ISSUER.test(issuer)) return err('it names no usable issuer');
  return issuer === other ? ok(issuer) : err('iss and the issuer of the credential are two');
}

interface Moment {
  readonly atMs: number | null;
  readonly fault: string | null;
}

/** A claim of RFC 7519, in seconds. */
function numericMoment(payload: JsonObject, name: string): Moment {
  const value = payload[name];
  if (value === undefined) return { atMs: null, fault: null };
  return { atMs: instantOf(value), fault: isNumericDate(value) ? null : `${name} is not a date in seconds` };
}

/** A date-time of the data model, in text. */
function textMoment(vc: JsonObject, name: string): Moment {
  const value = vc[name];
  if (value === undefined) return { atMs: null, fault: null };
  const instant = parseInstant(textOf(value) ?? '');
  return instant.ok ? { atMs: instant.value, fault: null } : { atMs: null, fault: `${name} is not a date and time` };
}

function spanOf(payload: JsonObject, vc: JsonObject): Pick<Credential, 'validFromMs' | 'validUntilMs' | 'fault'> {
  const begins = [numericMoment(payload, 'nbf'), textMoment(vc, 'issuanceDate'), textMoment(vc, 'validFrom')];
  const ends = [numericMoment(payload, 'exp'), textMoment(vc, 'expirationDate'), textMoment(vc, 'validUntil')];
  return {
    validFromMs: latest(begins.map(({ atMs }) => atMs)),
    validUntilMs: earliest(ends.map(({ atMs }) => atMs)),
    fault: [...begins, ...ends].find(({ fault }) => fault !== null)?.fault ?? null,
  };
}

/** The last of some beginnings, or null where none is known. */
export function latest(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((atMs) => atMs !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** The first of some ends, or null where none is known. */
export function earliest(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((atMs) => atMs !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Whom it was given to: the token and the credential may both say it, and must then agree. */
function subjectOf(payload: JsonObject, vc: JsonObject): Pick<Credential, 'subject' | 'fault'> {
  const abouts = listOf(vc['credentialSubject']).map((about) => (isJsonObject(about) ? about['id'] : undefined));
  const [subject = null, other] = new Set([payload['sub'], ...abouts].filter((name) => name !== undefined));
  if (other !== undefined) return { subject: null, fault: 'it names two holders' };
  return { subject: textOf(subject), fault: typeof subject === 'string' || subject === null ? null : 'sub is no text' };
}

/**
 * What a credential is remembered by: the name that its issuer gave it, else a digest.
 * @param named the claims that may hold a name, as `jti` or `id`
 * @param signed what the issuer signed
 */
export function passIdOf(format: VerifiableFormat, issuer: string, named: JsonObject, signed: Buffer): Buffer {
  const name = textOf(named['jti']) ?? textOf(named['id']) ?? '';
  const isName = name.length > 0 && name.length <= MAX_NAME_LENGTH;
  return isName ? namedPassId(issuer, name) : digestPassId(format, issuer, signed);
}

/**
 * Reads a credential of the W3C data model 1.1 or 2.0 out of a token's claims.
 * @param payload the claims of the token
 * @param vc the credential: the `vc` claim, or the payload itself where the token is the credential
 * @param signed what the issuer signed: names a credential that its issuer gave no name
 * @returns the error says why it cannot even be told whose it is
 */
export function readCredential(
  format: VerifiableFormat,
  payload: JsonObject,
  vc: JsonObject,
  signed: Buffer,
): Result<Credential, string> {
  const issuer = issuerOf(payload, vc);
  if (!issuer.ok) return issuer;
  const named = payload['jti'] === undefined ? vc : payload;
  const span = spanOf(payload, vc);
  const { subject, fault } = subjectOf(payload, vc);
  const abouts = vc['credentialSubject'] === undefined ? [vc] : listOf(vc['credentialSubject']);
  const [about] = abouts;
  const isOne = abouts.length === 1 && isJsonObject(about);
  return ok({
    issuer: issuer.value,
    subject,
    types: listOf(vc['type']).flatMap((type) => textOf(type) ?? []),
    about: isOne ? about : {},
    validFromMs: span.validFromMs,
    validUntilMs: span.validUntilMs,
    passId: passIdOf(format, issuer.value, named, signed),
    fault: span.fault ?? fault ?? (isOne ? null : 'not exactly one credentialSubject'),
  });
}
