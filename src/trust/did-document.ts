import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isSelfCertifying, keyOfDid, keyOfMultibase } from '../pass/did.ts';
import type { VerifiableFormat } from '../pass/pass.ts';
import { kindsOf } from './certificates.ts';
import { ALL_KINDS, agreedIssuer, type LooseDocument, type LooseKey } from './loose-key.ts';
import { type PublicJwk, readPublicJwk, thumbprintOf } from './public-jwk.ts';

const BY_FRAGMENT: ReadonlySet<VerifiableFormat> = new Set(['nzcp']);
/** What the participants of the WHO's health certification network sign; passes name a key by its id alone. */
const BY_KID: ReadonlySet<VerifiableFormat> = new Set(['eu-dcc', 'who-ddcc']);
const WHO_NETWORK = /^did:web:([a-z0-9-]+\.)*who\.int(:|$)/;
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

/** A key id in base64 has characters that a DID URL must escape. */
const percentDecoded = (text: string): string =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** The network lists its keys without saying what each is for: it is a trust list, and all of them sign certificates. */
function listedMethods(document: JsonObject): readonly JsonObject[] {
  const listed = document['verificationMethod'];
  return isJsonArray(listed) ? listed.filter(isJsonObject) : [];
}

/** The key of a document signer of the network; an authority among them signs signers, no certificates. */
function networkKey({ key, alg, certificate }: PublicJwk, kid: string, { name }: LooseDocument): readonly LooseKey[] {
  if (certificate?.ca === true) return [];
  const kinds = certificate === null ? ALL_KINDS : kindsOf(certificate);
  return [{ key, alg, issuer: null, kid: percentDecoded(kid), formats: BY_KID, kinds, source: name }];
}

/** The key of a verification method: a JWK, or a multikey. */
function keyOfMethod(method: JsonObject): Result<PublicJwk, string> {
  const multibase = method['publicKeyMultibase'];
  if (method['publicKeyJwk'] !== undefined || typeof multibase !== 'string') {
    return readPublicJwk(method['publicKeyJwk']);
  }
  const key = keyOfMultibase(multibase);
  if (key === null) return err('a publicKeyMultibase that is no key of a type that signs passes');
  return ok({ key, alg: null, kid: null, thumbprint: thumbprintOf(key), certificate: null });
}

/** The key of a DID that is its key: its document adds nothing and may hold the `id` alone. */
function keyOfName(did: string, document: LooseDocument): Result<readonly LooseKey[], string> {
  const key = keyOfDid(did);
  if (key === null) return err(`${document.name} is of ${did}, in which no key can be read`);
  return ok([{ key, alg: null, issuer: did, kid: did, formats: BY_URL, kinds: ALL_KINDS, source: document.name }]);
}

/** A W3C DID document (DID core, section 5) as did:web publishes it: the issuer is the DID, keys are JWKs. */
export function readDidDocument(json: JsonObject, document: LooseDocument): Result<readonly LooseKey[], string> {
  const did = json['id'];
  if (typeof did !== 'string' || !did.startsWith('did:')) return err(`${document.name} is a DID document without id`);
  const agreed = agreedIssuer(document, did);
  if (typeof agreed === 'string') return err(agreed);
  if (isSelfCertifying(did) && json['verificationMethod'] === undefined) return keyOfName(did, document);
  const isNetwork = WHO_NETWORK.test(did);
  const keys: LooseKey[] = [];
  for (const method of isNetwork ? listedMethods(json) : assertionMethods(json, did)) {
    const id = methodId(did, method['id']);
    const fragment = id?.split('#')[1] ?? '';
    if (id === null || fragment === '') return err(`${document.name} has a verification method without id`);
    const jwk = keyOfMethod(method);
    if (!jwk.ok) return err(`${document.name}: ${fragment}: ${jwk.error}`);
    const common = { key: jwk.value.key, alg: jwk.value.alg, issuer: did, kinds: ALL_KINDS, source: document.name };
    if (isNetwork) {
      keys.push(...networkKey(jwk.value, fragment, document));
      continue;
    }
    // COSE names the key by the fragment alone, JOSE by the whole URL.
    keys.push({ ...common, kid: fragment, formats: BY_FRAGMENT }, { ...common, kid: id, formats: BY_URL });
  }
  return keys.length === 0 ? err(`${document.name} names no key that may sign (assertionMethod)`) : ok(keys);
}
