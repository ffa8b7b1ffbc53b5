import * as z from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { PLAIN_TEXT } from '../base/plain-text.ts';
import { LAST_INSTANT_MS, SECOND_MS } from '../base/time.ts';
import { KINDS, VERIFIABLE_FORMATS } from '../pass/pass.ts';
import { wrongValue } from '../settings/complaint.ts';
import { group, oneOf, wholeNumber } from '../settings/members.ts';
import { ENVIRONMENTS } from '../settings/schema.ts';
import { MAX_TRUST_KEYS } from './loose-key.ts';
import { REVOCATION_KINDS } from './revocation-list.ts';

export const MAX_ISSUER_ID_LENGTH = 512;
const MAX_TITLE_LENGTH = 255;
/** Base64 of one certificate or key. */
const MAX_ENCODED_KEY_LENGTH = 16_384;
/** Files of revocations and policies that one list names. */
export const MAX_NAMED_FILES = 1_024;
const LAST_S = Math.floor(LAST_INSTANT_MS / SECOND_MS);

const wanting = (wanted: string) => (issue: { readonly input?: unknown }) => wrongValue(issue.input, wanted);

function line(maxLength: number, wanted: string) {
  const error = wanting(wanted);
  return z.string({ error }).max(maxLength, { error }).regex(PLAIN_TEXT, { error });
}
const list = <T extends z.ZodType>(element: T, max: number, wanted: string) =>
  z.array(element, { error: wanting(wanted) }).max(max, { error: `has more than ${max}: give fewer` });
const jwk = z.custom<JsonObject>((value) => isJsonObject(value as Json | undefined), {
  error: wanting('a JWK (RFC 7517)'),
});
const sha256 = z.string({ error: wanting('64 of 0-9 and a-f') }).regex(/^[0-9a-f]{64}$/, {
  error: wanting('64 of 0-9 and a-f'),
});
const date = wholeNumber(0, LAST_S, ' seconds since 1970');
const title = line(MAX_TITLE_LENGTH, 'a title of one line');
const encoded = line(MAX_ENCODED_KEY_LENGTH, 'base64');

/** A key in one of its three forms; what it may sign must be named, for what is not named is not allowed. */
const keyEntry = group({
  jwk: jwk.optional(),
  certificate: encoded.optional(),
  pretix: encoded.optional(),
  formats: list(oneOf(VERIFIABLE_FORMATS), VERIFIABLE_FORMATS.length, 'a list of formats').default([]),
  kinds: list(oneOf(KINDS), KINDS.length, 'a list of kinds').default([]),
});

const issuer = group({
  id: line(MAX_ISSUER_ID_LENGTH, `1 to ${MAX_ISSUER_ID_LENGTH} printable characters on one line`),
  title: title.optional(),
  environment: oneOf(ENVIRONMENTS).optional(),
  keys: list(keyEntry, MAX_TRUST_KEYS, 'a list of keys'),
});

const revocations = group({
  kind: oneOf(REVOCATION_KINDS),
  issuer: line(MAX_ISSUER_ID_LENGTH, 'the issuer').nullable().default(null),
  sha256,
  entries: wholeNumber(0, Number.MAX_SAFE_INTEGER, ' entries'),
});

/** The payload of a signed trust list. A misspelt limit must not become no limit: unknown members are refused. */
export const listSchema = group({
  version: wholeNumber(1, Number.MAX_SAFE_INTEGER, ''),
  title: title.optional(),
  iat: date,
  staleAfter: date,
  exp: date,
  environment: oneOf(ENVIRONMENTS),
  issuers: list(issuer, MAX_TRUST_KEYS, 'a list of issuers'),
  nextRoot: jwk.optional(),
  revocations: list(revocations, MAX_NAMED_FILES, 'a list of revocation files').default([]),
  policies: list(
    group({ id: line(MAX_TITLE_LENGTH, 'the id of a policy'), sha256 }),
    MAX_NAMED_FILES,
    'a list of policies',
  ).default([]),
  authorities: group({ register: group({ jwk, title }).optional() }).default({}),
});

export type ListPayload = Readonly<z.infer<typeof listSchema>>;
export type ListedIssuer = ListPayload['issuers'][number];
export type ListedKey = ListedIssuer['keys'][number];
