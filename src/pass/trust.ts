import type { KeyObject, X509Certificate } from 'node:crypto';
import type { Kind, PassFields, VerifiableFormat } from './pass.ts';
import type { TotpAlgorithm } from './totp.ts';

/** What is known beforehand of a ticket whose code changes. */
export interface RotatingTerms {
  readonly algorithm: TotpAlgorithm;
  /** How long a code is shown. */
  readonly periodMs: number;
  readonly digits: number;
  readonly kind: Kind;
  readonly product: string | null;
  /** The ticket's own dates, milliseconds since the epoch. */
  readonly validFromMs: number | null;
  readonly validUntilMs: number | null;
  readonly single: boolean;
}

/** One public key and what it may sign; imported once, so that a scan never parses a key. */
export interface TrustedKey {
  readonly key: KeyObject;
  /** The JOSE or COSE name of the only algorithm it was published for, or null where its type decides. */
  readonly alg: string | null;
  readonly issuer: string | null;
  /** As printed: text for JOSE, base64 for a COSE key id of bytes. */
  readonly kid: string;
  readonly formats: ReadonlySet<VerifiableFormat>;
  readonly kinds: ReadonlySet<Kind>;
  /** The certificate of an authority that may vouch for keys inside passes (`certified`); absent for all others. */
  readonly authority?: X509Certificate;
  /** Where the key is no public one but the shared secret of a ticket: the terms of that ticket. */
  readonly rotating?: RotatingTerms;
}

/** A key that came inside a pass, for which an authority of the trust list vouches between two times. */
export interface CertifiedKey extends TrustedKey {
  /** Milliseconds since the epoch: the overlap of its certificate and the authority's. */
  readonly validFromMs: number;
  readonly validUntilMs: number;
}

/** Why nobody on the trust list vouches for a certificate. */
export type Uncertified = 'malformed' | 'unknown-issuer' | 'unknown-key' | 'bad-signature';

/** The dates of a signed trust list; milliseconds since the epoch. */
export interface ListDates {
  readonly version: number;
  readonly issuedAtMs: number;
  readonly staleAfterMs: number;
  readonly expiresAtMs: number;
}

/** What the verifier may ask of the trust data; looked up by (format, issuer, kid), never tried in turn. */
export interface Trust {
  /** The signed list that the keys come from; null for loose keys, which have no age. */
  readonly list: ListDates | null;
  /**
   * @param issuer null for a format that names keys by kid alone
   * @param kid the key id as bytes: UTF-8 for JOSE, the byte string itself for COSE
   */
  find(format: VerifiableFormat, issuer: string | null, kid: Buffer): TrustedKey | 'unknown-issuer' | 'unknown-key';
  /**
   * The one key of an issuer for a format that names its key by the issuer alone; an issuer with several keys must say
   * which, so that they are never tried in turn.
   */
  findOnly(format: VerifiableFormat, issuer: string): TrustedKey | 'unknown-issuer' | 'unknown-key';
  /**
   * Every key of a format whose passes name neither key nor issuer. pretix publishes a list of valid keys an event, and
   * by its specification each of them may have signed: they are tried in turn, these few and no others.
   */
  listed(format: VerifiableFormat): readonly TrustedKey[];
  /**
   * The key of a certificate that came inside a pass, once an authority that is trusted for the format has signed it.
   * @param certificate DER
   */
  certified(format: VerifiableFormat, certificate: Buffer): CertifiedKey | Uncertified;
  /** True only for an exact match in a revocation list; `unknown` where a list of this kind is there and cannot be read. */
  isRevoked(pass: PassFields): boolean | 'unknown';
}
