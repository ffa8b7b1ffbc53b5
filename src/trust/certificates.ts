import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { err, ok, type Result } from '../base/result.ts';
import type { Kind, VerifiableFormat } from '../pass/pass.ts';
import { ALL_KINDS, FORMATS_OF_ISSUER, type LooseDocument, type LooseKey, namesNoIssuer } from './loose-key.ts';
import { thumbprintOf } from './public-jwk.ts';

const COSE_KID_BYTES = 8;
/** Extended key usages of document signers (EU trust framework, annex on certificates); both arcs are in use. */
const KIND_OF_USAGE: ReadonlyMap<string, Kind> = new Map([
  ['1.3.6.1.4.1.1847.2021.1.1', 'test'],
  ['1.3.6.1.4.1.1847.2021.1.2', 'vaccination'],
  ['1.3.6.1.4.1.1847.2021.1.3', 'recovery'],
  ['1.3.6.1.4.1.0.1847.2021.1.1', 'test'],
  ['1.3.6.1.4.1.0.1847.2021.1.2', 'vaccination'],
  ['1.3.6.1.4.1.0.1847.2021.1.3', 'recovery'],
]);

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
const SIGNER: ReadonlySet<VerifiableFormat> = new Set(['eu-dcc']);
const AUTHORITY: ReadonlySet<VerifiableFormat> = new Set(['eu-dcc', 'vds-nc']);

/** The kinds that a certificate's extended key usage names; one that names none may sign any. */
export function kindsOf(certificate: X509Certificate): ReadonlySet<Kind> {
  const usages: readonly string[] = certificate.keyUsage ?? [];
  const kinds = usages.flatMap((usage) => KIND_OF_USAGE.get(usage) ?? []);
  return kinds.length === 0 ? ALL_KINDS : new Set(kinds);
}

/** The first 8 bytes of SHA-256 over the DER, base64: what a COSE header calls the certificate's key. */
export const coseKidOf = (certificate: X509Certificate): string =>
  createHash('sha256').update(certificate.raw).digest().subarray(0, COSE_KID_BYTES).toString('base64');

/** A document signer for the EU DCC; a certificate authority (CSCA) may stand behind a VDS-NC as well. */
function looseKeyOf(certificate: X509Certificate, document: LooseDocument): LooseKey {
  return {
    key: certificate.publicKey,
    alg: null,
    issuer: document.issuer,
    kid: coseKidOf(certificate),
    formats: certificate.ca ? AUTHORITY : SIGNER,
    kinds: kindsOf(certificate),
    source: document.name,
    ...(certificate.ca ? { authority: certificate } : {}),
  };
}

function readCertificate(encoded: Buffer | string, document: LooseDocument): Result<LooseKey, string> {
  try {
    const certificate = new X509Certificate(encoded);
    if (Buffer.isBuffer(encoded) && certificate.raw.length !== encoded.length) {
      return err(`${document.name} has bytes after its certificate`);
    }
    return ok(looseKeyOf(certificate, document));
  } catch {
    return err(`${document.name} holds a certificate that cannot be read`);
  }
}

function readPublicKey(pem: string, document: LooseDocument): Result<LooseKey, string> {
  if (document.issuer === null) return err(namesNoIssuer(document.name));
  let key: KeyObject;
  let kid: string;
  try {
    key = createPublicKey(pem);
    kid = thumbprintOf(key);
  } catch {
    return err(`${document.name} holds a public key that cannot be read`);
  }
  const formats = new Set(FORMATS_OF_ISSUER);
  return ok({ key, alg: null, issuer: document.issuer, kid, formats, kinds: ALL_KINDS, source: document.name });
}

/** One certificate in DER. */
export function readDer(document: LooseDocument): Result<readonly LooseKey[], string> {
  const key = readCertificate(document.bytes, document);
  return key.ok ? ok([key.value]) : key;
}

/** RFC 7468: certificates (eu-dcc by the first 8 bytes of their SHA-256) and public keys of a named issuer. */
export function readPem(text: string, document: LooseDocument): Result<readonly LooseKey[], string> {
  const keys: LooseKey[] = [];
  for (const [block, label = ''] of text.matchAll(PEM_BLOCK)) {
    if (label.endsWith('PRIVATE KEY')) return err(`${document.name} holds a private key: give the public one`);
    if (label !== 'CERTIFICATE' && label !== 'PUBLIC KEY')
      return err(`${document.name} holds a ${label.toLowerCase()}`);
    const key = label === 'CERTIFICATE' ? readCertificate(block, document) : readPublicKey(block, document);
    if (!key.ok) return key;
    keys.push(key.value);
  }
  return keys.length === 0 ? err(`${document.name} holds no whole PEM block`) : ok(keys);
}
