import { X509Certificate } from 'node:crypto';
import { decodeBase64 } from '../base/base64url.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isSelfCertifying, keyOfDid } from '../pass/did.ts';
import { coseKidOf, kindsOf } from './certificates.ts';
import type { ListedIssuer, ListedKey, ListPayload } from './list-schema.ts';
import { type LooseKey, MAX_TRUST_KEYS } from './loose-key.ts';
import { readPretixKey } from './pretix-keys.ts';
import { readPublicJwk, thumbprintOf } from './public-jwk.ts';

/** What an entry holds before its limits are put on: the key, its own name, and the certificate around it. */
type Held = Pick<LooseKey, 'key' | 'alg' | 'kid'> & { readonly certificate: X509Certificate | null };

const FORMS = ['jwk', 'certificate', 'pretix'] as const;

function readCertificate(base64: string): Result<Held, string> {
  const der = decodeBase64(base64);
  try {
    const certificate = der === null ? null : new X509Certificate(der);
    // The public key is read here, because OpenSSL parses it late and throws then.
    if (certificate !== null && certificate.raw.length === der?.length && certificate.publicKey.type === 'public') {
      return ok({ key: certificate.publicKey, alg: null, kid: coseKidOf(certificate), certificate });
    }
  } catch {
    // Said below.
  }
  return err('holds a certificate that is no base64 of one in DER');
}

function readHeld(entry: ListedKey, issuer: string): Result<Held, string> {
  const { jwk, certificate, pretix } = entry;
  const forms = FORMS.filter((form) => entry[form] !== undefined);
  if (forms.length > 1) return err(`holds ${forms.join(' and ')}: give each key an entry of its own`);
  if (certificate !== undefined) return readCertificate(certificate);
  if (pretix !== undefined) {
    const key = readPretixKey(pretix);
    if (key === null) return err('holds a pretix key that is no base64 of an Ed25519 public key in PEM');
    return ok({ key, alg: 'EdDSA', kid: thumbprintOf(key), certificate: null });
  }
  if (jwk !== undefined) {
    const read = readPublicJwk(jwk);
    return read.ok ? ok({ ...read.value, kid: read.value.kid ?? read.value.thumbprint }) : read;
  }
  // A DID that is its key needs no other, only its place on the list.
  const key = isSelfCertifying(issuer) ? keyOfDid(issuer) : null;
  return key === null
    ? err(`holds no key: give ${FORMS.join(', ')}`)
    : ok({ key, alg: null, kid: issuer, certificate: null });
}

/** Why a key must not have the formats that its entry names, or null. */
function misfit({ formats }: ListedKey, held: Held, issuer: string): string | null {
  if (formats.includes('rotating-ticket'))
    return 'names rotating-ticket, whose secrets do not belong into a list for all';
  if (formats.includes('vds-nc') && held.certificate?.ca !== true) {
    return 'names vds-nc, for which the certificate of an authority (CSCA) must stand there';
  }
  if (formats.includes('pretix-sig1') && held.key.asymmetricKeyType !== 'ed25519') {
    return 'names pretix-sig1 for a key that is not Ed25519';
  }
  if (isSelfCertifying(issuer) && keyOfDid(issuer)?.equals(held.key) !== true) {
    return `is not the key in the name ${issuer}`;
  }
  return null;
}

function keyOf(entry: ListedKey, { id }: ListedIssuer, source: string): Result<LooseKey, string> {
  const held = readHeld(entry, id);
  if (!held.ok) return held;
  const wrong = misfit(entry, held.value, id);
  if (wrong !== null) return err(wrong);
  const { key, alg, kid, certificate } = held.value;
  const certified = certificate === null ? null : kindsOf(certificate);
  const kinds = new Set(entry.kinds.filter((kind) => certified?.has(kind) ?? true));
  const authority = certificate?.ca === true ? { authority: certificate } : {};
  return ok({ key, alg, issuer: id, kid, formats: new Set(entry.formats), kinds, source, ...authority });
}

/**
 * The keys of all issuers of a list, each with the formats and kinds that its entry names and no others.
 * @param source what a conflict calls the list
 * @returns the keys, or the end of a sentence that begins with the list's name
 */
export function keysOfIssuers(issuers: ListPayload['issuers'], source: string): Result<readonly LooseKey[], string> {
  const keys: LooseKey[] = [];
  const ids = new Set<string>();
  for (const [at, issuer] of issuers.entries()) {
    if (ids.has(issuer.id)) return err(`issuers.${at} is '${issuer.id}' a second time: put its keys into one entry`);
    ids.add(issuer.id);
    const kids = new Set<string>();
    for (const [index, entry] of issuer.keys.entries()) {
      const key = keyOf(entry, issuer, source);
      if (!key.ok) return err(`issuers.${at}.keys.${index} ${key.error}`);
      if (kids.has(key.value.kid))
        return err(`issuers.${at}.keys.${index} is named '${key.value.kid}' as another key is`);
      kids.add(key.value.kid);
      keys.push(key.value);
    }
    if (keys.length > MAX_TRUST_KEYS) return err(`holds more than ${MAX_TRUST_KEYS} keys`);
  }
  return ok(keys);
}
