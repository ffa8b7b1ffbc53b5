import type { KeyObject } from 'node:crypto';
import type { Kind, PassFields, VerifiableFormat } from './pass.ts';

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
}

/** What the verifier may ask of the trust data; looked up by (format, issuer, kid), never tried in turn. */
export interface Trust {
  /**
   * @param issuer null for a format that names keys by kid alone
   * @param kid the key id as bytes: UTF-8 for JOSE, the byte string itself for COSE
   */
  find(format: VerifiableFormat, issuer: string | null, kid: Buffer): TrustedKey | 'unknown-issuer' | 'unknown-key';
  /** True only for an exact match in a revocation list. */
  isRevoked(pass: PassFields): boolean;
}
