import type { Brand } from '../base/brand.ts';
import type { Json, JsonObject } from '../base/json.ts';

export type { Json, JsonObject };

/** Formats whose passes can be verified from a scan alone. */
export const VERIFIABLE_FORMATS = [
  'eu-dcc',
  'who-ddcc',
  'smart-health-card',
  'nzcp',
  'vds-nc',
  'pretix-sig1',
  'vc-jwt',
  'vp-jwt',
  'sd-jwt-vc',
  'rotating-ticket',
  'entry-pass',
  'sticker',
] as const;
/** Formats that are recognised and explained, and that no mathematics can verify from a scan. */
export const EXPLAINED_FORMATS = [
  'coov-session',
  'kipass',
  'divoc',
  'mdoc',
  'nl2',
  'health-link',
  'url',
  'phone-number',
] as const;

export type VerifiableFormat = (typeof VERIFIABLE_FORMATS)[number];
export type FormatName = VerifiableFormat | (typeof EXPLAINED_FORMATS)[number];

export const KINDS = ['vaccination', 'test', 'recovery', 'exemption', 'ticket', 'membership', 'other'] as const;
export type Kind = (typeof KINDS)[number];
export const HEALTH_KINDS: ReadonlySet<Kind> = new Set(['vaccination', 'test', 'recovery', 'exemption']);

/** Why a scan is not an authentic, current pass; the codes are those of the closed table in policy/reasons. */
export type PassReason =
  | 'malformed'
  | 'too-long'
  | 'incomplete'
  | 'unsupported-format'
  | 'needs-server'
  | 'unknown-issuer'
  | 'unknown-key'
  | 'algorithm-not-allowed'
  | 'bad-signature'
  | 'key-not-allowed'
  | 'not-yet-valid'
  | 'expired'
  | 'bad-claims'
  | 'revoked'
  | 'trust-stale';

/** Refusals that come after a good signature: only then is what the scan says of itself proven. */
export const PROVEN_REASONS: ReadonlySet<PassReason> = new Set([
  'key-not-allowed',
  'not-yet-valid',
  'expired',
  'bad-claims',
  'revoked',
  'trust-stale',
]);

/**
 * The claims of every format in the vocabulary of the EU DCC: exactly one of `v`, `t`, `r`, `x` for a health
 * kind, `ticket` for the others. Personal data: lives for one scan, never reaches the journal.
 */
export interface Claims {
  readonly v: readonly JsonObject[];
  readonly t: readonly JsonObject[];
  readonly r: readonly JsonObject[];
  readonly x: readonly JsonObject[];
  readonly nam: JsonObject;
  readonly dob: string | null;
  readonly kind: Kind;
  readonly ticket: JsonObject | null;
}

/** What a scan says of itself. Outside a `Pass` nothing in it is proven. Times are milliseconds since the epoch. */
export interface Finding {
  readonly format: FormatName | null;
  readonly kind: Kind | null;
  readonly issuer: string | null;
  readonly kid: string | null;
  readonly validFromMs: number | null;
  readonly validUntilMs: number | null;
  /** When its issuer says it was made, for formats that may begin at another time; null if it does not say. */
  readonly issuedAtMs?: number | null;
}

export const NO_FINDING: Finding = {
  format: null,
  kind: null,
  issuer: null,
  kid: null,
  validFromMs: null,
  validUntilMs: null,
};

/** What a published revocation list may name a pass by; each is signed, so that the holder cannot change it. */
export type Revocable =
  | {
      readonly by: 'dcc';
      /** What the trust list calls the signer's key; what the certificate calls it may be written by its holder. */
      readonly keyName: string;
      /** The unique certificate identifiers as they stand in the certificate. */
      readonly ucis: readonly string[];
      /** The issuer of the CWT and the countries of the entries: lists speak of either. */
      readonly countries: readonly string[];
      /** What a hash of the signature covers: r alone for ECDSA, which no holder can vary as s can be. */
      readonly signature: Buffer;
    }
  | { readonly by: 'rid'; readonly rid: string }
  /** The whole ticket as scanned, which its form leaves one spelling. */
  | { readonly by: 'secret'; readonly secret: string }
  | { readonly by: 'jti'; readonly jti: string };

export interface PassFields extends Finding {
  readonly format: VerifiableFormat;
  readonly kind: Kind;
  readonly kid: string;
  /** What the issuer calls this pass, else a digest of what was signed: never the scanned text or the signature. */
  readonly passId: Buffer;
  readonly claims: Claims;
  /** The issuer itself allows one use only. */
  readonly single: boolean;
  /**
   * For a code that changes: shown again within this many milliseconds, it may be a picture of the first. Counts under
   * every policy.
   */
  readonly copyMs?: number;
  /** Absent where no kind of list can name the pass. */
  readonly revocable?: Revocable;
}

/** A genuine, unrevoked pass within its own dates: only `authenticate` makes one. */
export type Pass = Brand<PassFields, 'Pass'>;

/** Why there is no `Pass`. `detail` is one technical sentence without personal data, for `pass inspect`. */
export interface Refusal {
  readonly reason: PassReason;
  readonly detail: string;
  readonly finding: Finding;
}
