import type { KeyObject } from 'node:crypto';
import { isJsonObject, type JsonObject, parseJsonBytes } from '../base/json.ts';
import { plainText } from '../base/plain-text.ts';
import { err, ok, type Result } from '../base/result.ts';
import { SECOND_MS } from '../base/time.ts';
import { importPublicJwk, unfitForSealing } from '../pass/public-key.ts';
import type { ListDates } from '../pass/trust.ts';
import { firstComplaint } from '../settings/refused.ts';
import type { Environment } from '../settings/schema.ts';
import { conflictIn } from './key-ring.ts';
import { keysOfIssuers } from './list-keys.ts';
import { type ListPayload, listSchema } from './list-schema.ts';
import { type LooseKey, MAX_TRUST_KEYS } from './loose-key.ts';
import type { ListExpectation } from './revocation-list.ts';
import { readRootJwk, type TrustRoot } from './trust-root.ts';

/** Members and elements that one key of a list may cost, its share of the issuer's included. */
const MAX_ITEMS_PER_KEY = 48;

/** A file of revocations that the list vouches for by its digest. */
export type NamedRevocations = ListExpectation;

/** The authority to which entries of the visitor register are sealed (ECDH-ES on P-256). */
export interface RegisterAuthority {
  readonly key: KeyObject;
  readonly kid: string | null;
  readonly title: string;
}

/** What a signed trust list says; nothing in it says whether it is to be believed. */
export interface TrustList {
  readonly dates: ListDates;
  readonly title: string | null;
  readonly environment: Environment;
  readonly issuers: number;
  readonly keys: readonly LooseKey[];
  /** The root that may sign the next list and then takes this one's place. */
  readonly nextRoot: TrustRoot | null;
  readonly revocations: readonly NamedRevocations[];
  readonly policies: readonly { readonly id: string; readonly sha256: string }[];
  readonly register: RegisterAuthority | null;
}

/** What sentences and conflicts call a list. */
export const listName = (version: number): string => `trust list ${version}`;

function datesOf({ version, iat, staleAfter, exp }: ListPayload): Result<ListDates, string> {
  if (exp <= iat) return err('exp is not after iat: this list would never be good');
  if (staleAfter < iat || staleAfter > exp) return err('staleAfter is not between iat and exp');
  return ok({
    version,
    issuedAtMs: iat * SECOND_MS,
    staleAfterMs: staleAfter * SECOND_MS,
    expiresAtMs: exp * SECOND_MS,
  });
}

function registerOf(register: { readonly jwk: JsonObject; readonly title: string } | undefined) {
  if (register === undefined) return ok(null);
  const { jwk, title } = register;
  const unfit = unfitForSealing(jwk);
  if (unfit !== null) return err(`authorities.register.jwk ${unfit}`);
  const key = importPublicJwk(jwk);
  if (!key.ok) return err(`authorities.register.jwk ${key.error}`);
  const kid = typeof jwk['kid'] === 'string' ? jwk['kid'] : null;
  return ok({ key: key.value, kid, title });
}

function listOf(payload: ListPayload): Result<TrustList, string> {
  const { version, environment, issuers, revocations, policies } = payload;
  const dates = datesOf(payload);
  if (!dates.ok) return dates;
  const stranger = issuers.find((issuer) => (issuer.environment ?? environment) !== environment);
  if (stranger !== undefined)
    return err(`is for ${environment} and names '${stranger.id}', an issuer for ${stranger.environment}`);
  const keys = keysOfIssuers(issuers, listName(version));
  if (!keys.ok) return keys;
  const conflict = conflictIn(keys.value);
  if (conflict !== null) return err(`contradicts itself: ${conflict}`);
  const nextRoot = payload.nextRoot === undefined ? ok(null) : readRootJwk(payload.nextRoot, 'nextRoot');
  if (!nextRoot.ok) return nextRoot;
  const register = registerOf(payload.authorities.register);
  if (!register.ok) return register;
  return ok({
    dates: dates.value,
    title: payload.title ?? null,
    environment,
    issuers: issuers.length,
    keys: keys.value,
    nextRoot: nextRoot.value,
    // pretix's lists name no issuer.
    revocations: revocations.map(({ issuer, ...named }) => ({ ...named, issuer: issuer ?? '' })),
    policies,
    register: register.value,
  });
}

/**
 * Reads the payload of a signed trust list (see the README, "Trust lists"): strict JSON, every member known, every key
 * usable, no name twice. Dates are held against each other, not against any clock.
 * @param name begins the sentence of an error
 */
export function parseTrustList(payload: Uint8Array, name: string): Result<TrustList, string> {
  const json = parseJsonBytes(payload, MAX_TRUST_KEYS * MAX_ITEMS_PER_KEY);
  if (!json.ok) return err(`${name} cannot be read as JSON: ${json.error}`);
  if (!isJsonObject(json.value)) return err(`${name} does not hold one JSON object`);
  const checked = listSchema.safeParse(json.value);
  if (!checked.success) return err(`${name}: ${plainText(firstComplaint(checked.error))}`);
  const list = listOf(checked.data);
  return list.ok ? list : err(`${name}: ${plainText(list.error)}`);
}
