import { createHash, hash } from 'node:crypto';

/** What a list names passes by, as its publisher does. */
export const REVOCATION_KINDS = [
  'dcc-uci',
  'dcc-country-uci',
  'dcc-signature',
  'card-rid',
  'pretix-revoked',
  'pretix-blocked',
  'pass-id',
] as const;
export type RevocationKind = (typeof REVOCATION_KINDS)[number];

/** Kinds whose lists carry a number that rises with every issue. */
export const NUMBERED_KINDS: ReadonlySet<RevocationKind> = new Set(['card-rid', 'pass-id']);

/** The most entries of one list; the whole list is sorted in memory before a row is written. */
export const MAX_REVOCATIONS = 2_000_000;
export const MAX_REVOCATION_FILE_BYTES = 256 * 1_024 * 1_024;
/** Each list is an open file of the kiosk. */
export const MAX_REVOCATION_LISTS = 512;
export const MAX_LIST_ISSUER_LENGTH = 256;

/** What a list is about: a later list about the same takes its place whole. */
export interface ListSubject {
  readonly kind: RevocationKind;
  /** Country, issuer or event; empty where the file names none. */
  readonly issuer: string;
  /** The key id, where each key has a list of its own; else empty. */
  readonly scope: string;
}

/** What is known of a list without its rows. */
export interface RevocationList extends ListSubject {
  /** How many entries its file holds. */
  readonly entries: number;
  /** Its publisher's number, where the kind has one. */
  readonly version: number | null;
  /** SHA-256 of its file, hexadecimal. */
  readonly sha256: string;
  /** Named with this digest by the signed trust list. */
  readonly signed: boolean;
}

/** What the signed trust list says of a file. */
export type ListExpectation = Pick<RevocationList, 'kind' | 'issuer' | 'sha256' | 'entries'>;

/** Identifiers are held as 128 bits of SHA-256, as the EU publishes its own: exact, of one length, and not readable. */
export const ID_BYTES = 16;

/** The id of bytes that were signed. */
export function idOfBytes(bytes: Buffer): Buffer {
  // As text on the way, because millions of small buffers would be millions of allocations outside the heap.
  return Buffer.from(hash('sha256', bytes, 'binary').slice(0, ID_BYTES), 'latin1');
}

/** The id of an identifier that is text: a revocation id, a ticket, the name of a pass, a certificate identifier. */
export const idOfText = (text: string): Buffer => idOfBytes(Buffer.from(text, 'utf8'));

/**
 * The id of a published hash under the key that it is bound to.
 * @param kid base64 with padding, or empty where the publisher does not know the key
 * @param published the hash, `ID_BYTES` long
 */
export const idUnderKey = (kid: string, published: Buffer): Buffer =>
  idOfBytes(Buffer.concat([Buffer.from(`${kid}\n`, 'latin1'), published]));

/** The EU writes Greece and the United Kingdom in two ways. */
const OTHER_CODES: Readonly<Record<string, string>> = { EL: 'GR', UK: 'GB' };

export const countryOf = (code: string): string => OTHER_CODES[code] ?? code;

/** Where the list about a subject lies; the kind can be read off even where the file cannot. */
export function fileOfList({ kind, issuer, scope }: ListSubject): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([issuer, scope]), 'utf8')
    .digest('hex');
  return `${kind}.${digest.slice(0, 32)}.db`;
}

/** The kind of a list by the name of its file, or null for any other file. */
export function kindOfFile(name: string): RevocationKind | null {
  const kind = /^([a-z-]+)\.[0-9a-f]{32}\.db$/.exec(name)?.[1];
  return REVOCATION_KINDS.find((known) => known === kind) ?? null;
}
