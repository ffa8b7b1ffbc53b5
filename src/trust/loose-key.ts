import { KINDS, type Kind, type VerifiableFormat } from '../pass/pass.ts';
import type { TrustedKey } from '../pass/trust.ts';

/** One file of loose (unsigned) keys as it was read. */
export interface LooseDocument {
  /** The path as the owner wrote it, or what the trust store knows it by: sentences begin with it. */
  readonly name: string;
  /** The issuer that the owner bound it to, or null. */
  readonly issuer: string | null;
  readonly bytes: Buffer;
}

/** A key and the file it came from, so that a conflict can name both files. */
export interface LooseKey extends TrustedKey {
  readonly source: string;
}

export const MAX_TRUST_FILE_BYTES = 16 * 1_024 * 1_024;
/** All issuers of the world's health certificates have published fewer; each costs memory and time at every start. */
export const MAX_TRUST_KEYS = 5_000;

export const ALL_KINDS: ReadonlySet<Kind> = new Set(KINDS);

/** Formats whose passes name a key by its id alone; in all others the issuer is half of the name. */
export const FORMATS_NAMED_BY_KID: ReadonlySet<VerifiableFormat> = new Set([
  'eu-dcc',
  'who-ddcc',
  'vds-nc',
  'pretix-sig1',
]);

/** What a JWK Set with an issuer may sign where it does not say. */
export const FORMATS_OF_ISSUER: readonly VerifiableFormat[] = [
  'smart-health-card',
  'entry-pass',
  'vc-jwt',
  'vp-jwt',
  'sd-jwt-vc',
  'sticker',
];

/** One sentence for a set of keys that could only be used if its issuer were known. */
export function namesNoIssuer(path: string): string {
  return `${path} names no issuer: write --trust ISSUER=${path}, or put "iss" beside "keys"`;
}

/** The issuer that the content or the owner names; two different ones are a mistake. */
export function agreedIssuer(document: LooseDocument, named: string | null): { issuer: string | null } | string {
  if (named !== null && document.issuer !== null && named !== document.issuer) {
    return `${document.name} is of issuer ${named}, not of ${document.issuer}`;
  }
  return { issuer: named ?? document.issuer };
}
