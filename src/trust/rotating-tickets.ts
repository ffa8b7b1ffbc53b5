import { createSecretKey, type KeyObject } from 'node:crypto';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { instantOf, isNumericDate } from '../pass/numeric-date.ts';
import type { VerifiableFormat } from '../pass/pass.ts';
import { ROTATING_ISSUER, ROTATING_TICKET_ID } from '../pass/rotating-ticket.ts';
import { TOTP_HASHES, type TotpAlgorithm } from '../pass/totp.ts';
import type { RotatingTerms } from '../pass/trust.ts';
import { agreedIssuer, type LooseDocument, type LooseKey, namesNoIssuer } from './loose-key.ts';

const FORMATS: ReadonlySet<VerifiableFormat> = new Set(['rotating-ticket']);
const KINDS = ['ticket', 'membership', 'other'] as const;
/** RFC 4226 section 4, R6: 128 bits; the longest that is not hashed before use is one block. */
const MIN_SECRET_BYTES = 16;
const MAX_SECRET_BYTES = 64;
const BASE16 = /^([0-9a-f]{2})+$/i;
export const MIN_PERIOD_MS = 3_000;
export const MAX_PERIOD_MS = 300_000;
const DEFAULT_PERIOD_MS = 30_000;
const MIN_DIGITS = 6;
const MAX_DIGITS = 10;
const DEFAULT_DIGITS = 8;
const MAX_PRODUCT_LENGTH = 64;

/** What all tickets of a file share; wallets write numbers as text too. */
type SharedTerms = Pick<RotatingTerms, 'algorithm' | 'periodMs' | 'digits' | 'kind'>;

function numberIn(value: Json | undefined, fallback: number, min: number, max: number): number | null {
  const number = value === undefined ? fallback : typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max ? number : null;
}

function readShared(set: JsonObject): Result<SharedTerms, string> {
  const names: readonly TotpAlgorithm[] = ['TOTP_SHA1', 'TOTP_SHA256'];
  const algorithm = names.find((name) => name === (set['algorithm'] ?? 'TOTP_SHA1'));
  if (algorithm === undefined) return err(`names an algorithm other than ${Object.keys(TOTP_HASHES).join(', ')}`);
  const kind = KINDS.find((known) => known === (set['kind'] ?? 'ticket'));
  if (kind === undefined) return err(`names a kind other than ${KINDS.join(', ')}`);
  const periodMs = numberIn(set['periodMillis'], DEFAULT_PERIOD_MS, MIN_PERIOD_MS, MAX_PERIOD_MS);
  if (periodMs === null) return err(`has a periodMillis that is not ${MIN_PERIOD_MS} to ${MAX_PERIOD_MS}`);
  const digits = numberIn(set['valueLength'], DEFAULT_DIGITS, MIN_DIGITS, MAX_DIGITS);
  if (digits === null) return err(`has a valueLength that is not ${MIN_DIGITS} to ${MAX_DIGITS}`);
  return ok({ algorithm, kind, periodMs, digits });
}

function readSecret(encoded: Json | undefined): KeyObject | null {
  if (typeof encoded !== 'string' || !BASE16.test(encoded)) return null;
  const bytes = Buffer.from(encoded, 'hex');
  return bytes.length >= MIN_SECRET_BYTES && bytes.length <= MAX_SECRET_BYTES ? createSecretKey(bytes) : null;
}

function readTicket(
  ticket: Json,
  shared: SharedTerms,
): Result<{ id: string; key: KeyObject; terms: RotatingTerms }, string> {
  const { id, key: encoded, product, nbf, exp, single } = isJsonObject(ticket) ? ticket : {};
  if (typeof id !== 'string' || !ROTATING_TICKET_ID.test(id))
    return err('an id that is not 1 to 64 of A-Z a-z 0-9 _ -');
  const key = readSecret(encoded);
  if (key === null) return err(`${id} whose key is not ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} bytes in base16`);
  const isProduct = typeof product === 'string' && product !== '' && product.length <= MAX_PRODUCT_LENGTH;
  if (product !== undefined && !isProduct) return err(`${id} whose product is no short text`);
  if ([nbf, exp].some((date) => date !== undefined && !isNumericDate(date))) {
    return err(`${id} whose nbf or exp is not a date in seconds`);
  }
  if (single !== undefined && typeof single !== 'boolean') return err(`${id} whose single is neither true nor false`);
  const dates = { validFromMs: instantOf(nbf), validUntilMs: instantOf(exp) };
  return ok({ id, key, terms: { ...shared, ...dates, product: product ?? null, single: single ?? false } });
}

/**
 * The secrets of tickets whose codes change: `{iss, rotating_tickets: {algorithm, periodMillis, valueLength, kind,
 * tickets: [{id, key, product, nbf, exp, single}]}}`, the key in base16 as wallets take it. Whoever can read such a
 * file can make tickets.
 */
export function readRotatingTickets(json: JsonObject, document: LooseDocument): Result<readonly LooseKey[], string> {
  const { name } = document;
  const { iss, rotating_tickets: set } = json;
  if (iss !== undefined && typeof iss !== 'string') return err(`${name} has "iss" that is no text`);
  const agreed = agreedIssuer(document, iss ?? null);
  if (typeof agreed === 'string') return err(agreed);
  const { issuer } = agreed;
  if (issuer === null) return err(namesNoIssuer(name));
  if (!ROTATING_ISSUER.test(issuer)) return err(`${name} is of an issuer that is not 1 to 64 of A-Z a-z 0-9 . _ -`);
  if (!isJsonObject(set)) return err(`${name} has rotating_tickets that are no object`);
  const shared = readShared(set);
  if (!shared.ok) return err(`${name} ${shared.error}`);
  const { tickets } = set;
  if (!isJsonArray(tickets) || tickets.length === 0) return err(`${name} has rotating_tickets without tickets`);
  const keys: LooseKey[] = [];
  for (const json of tickets) {
    const ticket = readTicket(json, shared.value);
    if (!ticket.ok) return err(`${name} holds a ticket with ${ticket.error}`);
    const { id, key, terms } = ticket.value;
    const kinds = new Set([terms.kind]);
    keys.push({ key, alg: null, issuer, kid: id, formats: FORMATS, kinds, rotating: terms, source: name });
  }
  return ok(keys);
}
