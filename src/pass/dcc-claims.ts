import { textOr } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type Cbor, type CborMap, isCborMap, jsonObjectOf } from './cbor-value.ts';
import type { Claims, JsonObject } from './pass.ts';
import { KIND_OF_GROUP, missingMember } from './required-members.ts';

export type DccGroup = 'v' | 't' | 'r';
const GROUPS: readonly DccGroup[] = ['v', 't', 'r'];

/** Null and an empty list stand for "none": issuers write all three names and fill one. */
function isFilled(entries: Cbor | undefined): boolean {
  return entries !== undefined && entries !== null && !(Array.isArray(entries) && entries.length === 0);
}

/** The only group that holds anything, or null for none and for several. */
export function soleGroup(certificate: CborMap): DccGroup | null {
  const filled = GROUPS.filter((group) => isFilled(certificate.get(group)));
  return filled.length === 1 ? (filled[0] ?? null) : null;
}

function readEntries(group: DccGroup, entries: Cbor | undefined): Result<readonly JsonObject[], string> {
  if (!Array.isArray(entries)) return err(`${group} is no list`);
  const read: JsonObject[] = [];
  for (const entry of entries) {
    if (!isCborMap(entry)) return err(`an entry of ${group} is no map`);
    const members = jsonObjectOf(entry);
    const missing = missingMember(group, members);
    if (missing !== null) return err(`an entry of ${group} lacks ${missing}`);
    read.push(members);
  }
  return ok(read);
}

export interface DccClaims {
  readonly claims: Claims;
  /** The issuer's own name for the certificate (`ci`); empty where it left that empty. */
  readonly certificateId: string;
  /** Those of all entries, for revocation lists. */
  readonly certificateIds: readonly string[];
  /** The country codes (`co`) of all entries. */
  readonly countries: readonly string[];
}

const textsOf = (entries: readonly JsonObject[], name: string): readonly string[] =>
  entries.map((entry) => textOr(entry[name])).filter((value) => value !== '');

/**
 * The EU DCC payload (schema 1.0.0 to 1.3.0): exactly one filled group, its required members, and a name that the
 * staff can hold against an identity card. Value sets are not checked.
 */
export function readDccClaims(certificate: CborMap): Result<DccClaims, string> {
  const group = soleGroup(certificate);
  if (group === null) return err('not exactly one of v, t and r');
  const entries = readEntries(group, certificate.get(group));
  if (!entries.ok) return entries;
  const name = certificate.get('nam');
  if (!isCborMap(name)) return err('no name');
  const birth = certificate.get('dob');
  const none: readonly JsonObject[] = [];
  const certificateId = entries.value[0]?.['ci'];
  return ok({
    claims: {
      v: group === 'v' ? entries.value : none,
      t: group === 't' ? entries.value : none,
      r: group === 'r' ? entries.value : none,
      x: none,
      nam: jsonObjectOf(name),
      dob: typeof birth === 'string' ? birth : null,
      kind: KIND_OF_GROUP[group],
      ticket: null,
    },
    certificateId: typeof certificateId === 'string' ? certificateId : '',
    certificateIds: textsOf(entries.value, 'ci'),
    countries: textsOf(entries.value, 'co'),
  });
}
