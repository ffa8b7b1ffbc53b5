import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { VerifiableFormat } from '../pass/pass.ts';
import { ALL_KINDS, agreedIssuer, type LooseDocument, type LooseKey } from './loose-key.ts';
import { readPublicJwk } from './public-jwk.ts';

const BY_FRAGMENT: ReadonlySet<VerifiableFormat> = new Set(['nzcp']);
const BY_URL: ReadonlySet<VerifiableFormat> = new Set(['vc-jwt', 'vp-jwt', 'sd-jwt-vc']);

/** The absolute DID URL of a verification method; documents may shorten it to its fragment. */
function methodId(did: string, id: Json | undefined): string | null {
  if (typeof id !== 'string') return null;
  return id.startsWith('#') ? `${did}${id}` : id;
}

/** The methods that may sign credentials: those under `assertionMethod`, embedded or by reference. */
function assertionMethods(document: JsonObject, did: string): readonly JsonObject[] {
  const listed = document['verificationMethod'];
  const methods = isJsonArray(listed) ? listed.filter(isJsonObject) : [];
  const assertions = document['assertionMethod'];
  return (isJsonArray(assertions) ? assertions : []).flatMap((assertion) => {
    if (isJsonObject(assertion)) return [assertion];
    const id = methodId(did, assertion);
    return methods.filter((method) => id !== null && methodId(did, method['id']) === id);
  });
}

/** A W3C DID document (DID core, section 5) as did:web publishes it: the issuer is the DID, keys are JWKs. */
export function readDidDocument(json: JsonObject, document: LooseDocument): Result<readonly LooseKey[], string> {
  const did = json['id'];
  if (typeof did !== 'string' || !did.startsWith('did:')) return err(`${document.name} is a DID document without id`);
  const agreed = agreedIssuer(document, did);
  if (typeof agreed === 'string') return err(agreed);
  const keys: LooseKey[] = [];
  for (const method of assertionMethods(json, did)) {
    const id = methodId(did, method['id']);
    const fragment = id?.split('#')[1] ?? '';
    if (id === null || fragment === '') return err(`${document.name} has a verification method without id`);
    const jwk = readPublicJwk(method['publicKeyJwk']);
    if (!jwk.ok) return err(`${document.name}: ${fragment}: ${jwk.error}`);
    const common = { key: jwk.value.key, alg: jwk.value.alg, issuer: did, kinds: ALL_KINDS, source: document.name };
    // COSE names the key by the fragment alone, JOSE by the whole URL.
    keys.push({ ...common, kid: fragment, formats: BY_FRAGMENT }, { ...common, kid: id, formats: BY_URL });
  }
  return keys.length === 0 ? err(`${document.name} names no key that may sign (assertionMethod)`) : ok(keys);
}
