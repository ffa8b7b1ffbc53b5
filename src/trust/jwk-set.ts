import { isJsonArray, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { KINDS, type Kind, VERIFIABLE_FORMATS, type VerifiableFormat } from '../pass/pass.ts';
import { kindsOf } from './certificates.ts';
import {
  ALL_KINDS,
  agreedIssuer,
  FORMATS_NAMED_BY_KID,
  FORMATS_OF_ISSUER,
  type LooseDocument,
  type LooseKey,
  namesNoIssuer,
} from './loose-key.ts';
import { type PublicJwk, readPublicJwk } from './public-jwk.ts';

/** A member that lists names out of a closed set: null where it is absent. */
function namesIn<T extends string>(
  value: Json | undefined,
  known: readonly T[],
  what: string,
): Result<ReadonlySet<T> | null, string> {
  if (value === undefined) return ok(null);
  if (!isJsonArray(value)) return err(`has "${what}" that is no list`);
  const names = new Set<T>();
  for (const element of value) {
    const name = known.find((candidate) => candidate === element);
    if (name === undefined) return err(`names in "${what}" one that is not known: write ${known.join(', ')}`);
    names.add(name);
  }
  return ok(names);
}

interface SetTerms {
  readonly issuer: string | null;
  readonly formats: ReadonlySet<VerifiableFormat> | null;
  readonly kinds: ReadonlySet<Kind> | null;
}

function readTerms(set: JsonObject, document: LooseDocument): Result<SetTerms, string> {
  const { iss } = set;
  if (iss !== undefined && (typeof iss !== 'string' || iss === ''))
    return err(`${document.name} has "iss" that is no text`);
  const agreed = agreedIssuer(document, iss ?? null);
  if (typeof agreed === 'string') return err(agreed);
  const formats = namesIn(set['formats'], VERIFIABLE_FORMATS, 'formats');
  if (!formats.ok) return err(`${document.name} ${formats.error}`);
  const kinds = namesIn(set['kinds'], KINDS, 'kinds');
  if (!kinds.ok) return err(`${document.name} ${kinds.error}`);
  return ok({ issuer: agreed.issuer, formats: formats.value, kinds: kinds.value });
}

/**
 * What a key of this set may sign, or null where that cannot be said without an issuer. Keys that go by their own
 * thumbprint are those of an issuer's published set; a name given by hand is how certificates are listed.
 */
function formatsOf(jwk: PublicJwk, { issuer, formats }: SetTerms): ReadonlySet<VerifiableFormat> | null {
  if (formats !== null) {
    const isUsable = issuer !== null || [...formats].every((format) => FORMATS_NAMED_BY_KID.has(format));
    return isUsable ? formats : null;
  }
  // A health card's issuer publishes certificates too: none of its keys may thereby sign for a country.
  if (issuer !== null) return new Set<VerifiableFormat>(FORMATS_OF_ISSUER);
  if (jwk.kid === null || jwk.kid === jwk.thumbprint) return null;
  // A certificate says whose signer it is; a bare key with an id may be of either user of the envelope.
  return new Set<VerifiableFormat>(jwk.certificate === null ? ['eu-dcc', 'who-ddcc'] : ['eu-dcc']);
}

function kindsFor(jwk: PublicJwk, { kinds }: SetTerms): ReadonlySet<Kind> {
  const certified = jwk.certificate === null ? ALL_KINDS : kindsOf(jwk.certificate);
  return kinds === null ? certified : new Set([...kinds].filter((kind) => certified.has(kind)));
}

/**
 * RFC 7517 set with our members `iss`, `formats` and `kinds` beside `keys`; a key without `kid` goes by its RFC 7638
 * thumbprint. One bad key refuses the set: half an issuer is worse than a sentence.
 */
export function readJwkSet(set: JsonObject, document: LooseDocument): Result<readonly LooseKey[], string> {
  const terms = readTerms(set, document);
  if (!terms.ok) return terms;
  const jwks = set['keys'];
  if (!isJsonArray(jwks)) return err(`${document.name} is a JWK Set without keys`);
  // An issuer that publishes an empty set has withdrawn its keys; a nameless one has said nothing.
  if (jwks.length === 0 && terms.value.issuer === null) return err(`${document.name} is a JWK Set without keys`);
  const keys: LooseKey[] = [];
  for (const json of jwks) {
    const jwk = readPublicJwk(json);
    if (!jwk.ok) return err(`${document.name}: ${jwk.error}`);
    const formats = formatsOf(jwk.value, terms.value);
    if (formats === null) return err(namesNoIssuer(document.name));
    keys.push({
      key: jwk.value.key,
      alg: jwk.value.alg,
      issuer: terms.value.issuer,
      kid: jwk.value.kid ?? jwk.value.thumbprint,
      formats,
      kinds: kindsFor(jwk.value, terms.value),
      source: document.name,
      ...(jwk.value.certificate?.ca === true ? { authority: jwk.value.certificate } : {}),
    });
  }
  return ok(keys);
}
