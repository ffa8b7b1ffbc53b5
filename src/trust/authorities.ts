import { hash, X509Certificate } from 'node:crypto';
import type { VerifiableFormat } from '../pass/pass.ts';
import type { CertifiedKey, TrustedKey, Uncertified } from '../pass/trust.ts';
import { maySignDocuments } from './key-usage.ts';

/** A country has one or two signers at a time: this many certificates are remembered with their chain checked. */
export const MAX_REMEMBERED_CERTIFICATES = 256;
const KID_BYTES = 8;
/** Extended key usage of a signer of VDS-NC (ICAO Doc 9303 part 12); one that names others is for something else. */
const VDS_NC_SIGNER = '2.23.136.1.1.14.2';
const NONE: ReadonlySet<VerifiableFormat> = new Set();

type Authority = TrustedKey & { readonly authority: X509Certificate };

const isAuthority = (key: TrustedKey): key is Authority => key.authority !== undefined;

function parseCertificate(der: Buffer): X509Certificate | null {
  try {
    const certificate = new X509Certificate(der);
    const isDated = !Number.isNaN(Date.parse(certificate.validFrom) + Date.parse(certificate.validTo));
    // The public key is read here, because OpenSSL parses it late and throws then.
    const isWhole = certificate.raw.length === der.length && certificate.publicKey.type === 'public';
    return isDated && isWhole ? certificate : null;
  } catch {
    return null;
  }
}

function isSignedBy(certificate: X509Certificate, { key }: Authority): boolean {
  try {
    return certificate.verify(key);
  } catch {
    return false;
  }
}

/** An authority signs signers and no passes, and what is certified for something else signs no passes either. */
function maySignPasses(certificate: X509Certificate): boolean {
  // Node calls the extended key usages so; it is undefined where the extension is absent, whatever its types say.
  const usages: readonly string[] | undefined = certificate.keyUsage;
  return !certificate.ca && (usages?.includes(VDS_NC_SIGNER) ?? true) && maySignDocuments(certificate);
}

/**
 * One authority may stand in several files, and under one key in several certificates after a renewal. All limits that
 * are written of it hold at once, so that the order of files never widens anything; its dates are those of all its
 * certificates together.
 */
function certifiedKey(
  certificate: X509Certificate,
  format: VerifiableFormat,
  first: Authority,
  others: readonly Authority[],
): CertifiedKey {
  const all = [first, ...others];
  const issuers = new Set(all.flatMap(({ issuer }) => issuer ?? []));
  const [issuer = null] = issuers;
  const isAllowed = issuers.size <= 1 && maySignPasses(certificate);
  const fromMs = Math.min(...all.map(({ authority }) => Date.parse(authority.validFrom)));
  const untilMs = Math.max(...all.map(({ authority }) => Date.parse(authority.validTo)));
  return {
    key: certificate.publicKey,
    alg: null,
    issuer,
    kid: hash('sha256', certificate.raw, 'buffer').subarray(0, KID_BYTES).toString('base64'),
    formats: isAllowed ? new Set([format]) : NONE,
    kinds: new Set([...first.kinds].filter((kind) => others.every(({ kinds }) => kinds.has(kind)))),
    validFromMs: Math.max(Date.parse(certificate.validFrom), fromMs),
    validUntilMs: Math.min(Date.parse(certificate.validTo), untilMs),
  };
}

/**
 * The certificate authorities of a trust list (CSCA, ICAO Doc 9303 part 12), and what they vouch for. A path has one
 * step: an authority signs the signers itself.
 */
export class Authorities {
  readonly #authorities: readonly Authority[];
  /** By DER as Latin-1 text; only what was found good, so that false ones cannot push the good ones out. */
  readonly #remembered = new Map<string, CertifiedKey>();

  constructor(keys: readonly TrustedKey[]) {
    this.#authorities = keys.filter(isAuthority);
  }

  /**
   * The one authority that issued a certificate, found by name and by key id where the certificate gives one; the
   * certificates of one name without key id are the same authority's, renewed, and each is asked.
   */
  certified(format: VerifiableFormat, der: Buffer): CertifiedKey | Uncertified {
    const name = `${format}:${der.toString('latin1')}`;
    const remembered = this.#remembered.get(name);
    if (remembered !== undefined) return remembered;
    const certificate = parseCertificate(der);
    if (certificate === null) return 'malformed';
    const trusted = this.#authorities.filter((key) => key.formats.has(format));
    // checkIssued compares names and key ids and asks for the right to sign certificates; it verifies no signature.
    const issuing = trusted.filter(({ authority }) => certificate.checkIssued(authority));
    const [found, ...others] = issuing.filter((authority) => isSignedBy(certificate, authority));
    if (found !== undefined) return this.#remember(name, certifiedKey(certificate, format, found, others));
    if (issuing.length > 0) return 'bad-signature';
    const isKnown = trusted.some(({ authority }) => authority.subject === certificate.issuer);
    return isKnown ? 'unknown-key' : 'unknown-issuer';
  }

  #remember(name: string, key: CertifiedKey): CertifiedKey {
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= MAX_REMEMBERED_CERTIFICATES && oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(name, key);
    return key;
  }
}
