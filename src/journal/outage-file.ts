import { canonicalJson, isJsonObject, type Json, parseJson } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { parseInstant } from '../base/time.ts';
import { utf8 } from './byte-text.ts';
import { count, listOf, objectOf, oneOf, orNull, text, whole } from './json-shape.ts';
import type { LogKey } from './log-key.ts';
import {
  CLOCK_MARKS,
  MAX_INTERVALS,
  OUTAGE_CAUSES,
  OUTAGE_REASONS,
  type OutageCertificate,
  type OutageCounts,
  type OutageInterval,
} from './outage.ts';
import { SHOWN_BETWEEN } from './outage-evidence.ts';
import { signatureLine } from './signed-note.ts';

export const MAX_OUTAGE_LENGTH = 6_291_456;
const MAX_OUTAGE_ITEMS = 131_072;
/** The first line of what is signed: no checkpoint of any log begins with it, and no countersignature. */
const SIGNED_HEADER = 'munjigi-outage@v1';
/** A browser that lacks the zone must not call a good certificate unreadable. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;
const MAX_HOURS = 24 * 32;
/** Both ends of the time; of each stretch both ends with what dates them, the next entry, some between and their signs. */
export const MAX_PROOFS = 2 + MAX_INTERVALS * (5 + 3 * (SHOWN_BETWEEN + 1));

/** A certificate and the signature under it, as they travel. */
export interface SignedOutage {
  readonly certificate: OutageCertificate;
  /** The line of a C2SP signed note. */
  readonly signature: string;
}

const instant = (value: Json | undefined): boolean => typeof value === 'string' && parseInstant(value).ok;
const counts = objectOf({
  admitted: count,
  assisted: count,
  refused: count,
  staffAdmitted: count,
  staffRefused: count,
  serverBound: count,
} satisfies Readonly<Record<keyof OutageCounts, typeof count>>);
const bound = objectOf({ seq: count, at: instant, clock: oneOf(...CLOCK_MARKS) });
const interval = objectOf({
  cause: oneOf(...OUTAGE_CAUSES),
  reason: orNull(oneOf(...OUTAGE_REASONS)),
  from: bound,
  to: orNull(bound),
  lastedMs: orNull(whole),
  unrecorded: count,
  before: counts,
  during: counts,
  after: counts,
} satisfies Readonly<Record<keyof OutageInterval, typeof count>>);
const isCertificate = objectOf({
  v: (value) => value === 1,
  log: text,
  venue: text,
  zone: isZone,
  from: instant,
  to: instant,
  madeAt: instant,
  first: orNull(bound),
  last: orNull(bound),
  intervals: listOf(interval, MAX_INTERVALS),
  further: count,
  counts,
  serverBound: listOf(objectOf({ hour: instant, count }), MAX_HOURS),
  before: orNull(text),
  after: text,
  consistency: listOf(text),
  proofs: listOf(objectOf({ seq: count, entry: text, path: listOf(text) }), MAX_PROOFS),
} satisfies Readonly<Record<keyof OutageCertificate, typeof count>>);

const isSigned = objectOf({ certificate: isCertificate, signature: text });

/** The text that the key of the log signs: a line that says what it is, and the certificate as RFC 8785 JSON. */
export const signedText = (certificate: OutageCertificate): string =>
  `${SIGNED_HEADER}\n${canonicalJson(certificate)}\n`;

/** The file of a certificate: JSON, signed with the key of the log. */
export function signOutage(certificate: OutageCertificate, key: LogKey): string {
  const { name, id } = key.verifier;
  const bytes = key.sign(utf8(signedText(certificate)));
  return canonicalJson({ certificate, signature: signatureLine({ name, id, bytes }).trimEnd() });
}

/** Reads the file of a certificate without judging its signature; the error says what it is not. */
export function readOutage(file: string): Result<SignedOutage, 'unreadable'> {
  const parsed = file.length > MAX_OUTAGE_LENGTH ? err('too long') : parseJson(file.trim(), MAX_OUTAGE_ITEMS);
  if (!parsed.ok || !isSigned(parsed.value) || !isJsonObject(parsed.value)) return err('unreadable');
  const { certificate, signature } = parsed.value;
  return ok({ certificate: asCertificate(certificate), signature: String(signature) });
}

/** The signed file in a text, which may be the printable page around it; null where there is none. */
export function outageIn(given: string): string | null {
  if (given.startsWith('{"certificate":')) return given;
  const [, embedded] = /<script type="application\/json" id="signed">(.*)<\/script>/.exec(given) ?? [];
  return embedded ?? null;
}

function isZone(value: Json | undefined): boolean {
  return typeof value === 'string' && ZONE_NAME.test(value);
}

// What is called a certificate has just been held against its shape.
const asCertificate = (value: unknown): OutageCertificate => value as OutageCertificate;
