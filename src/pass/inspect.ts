import { canonicalJson, type Json, type JsonObject } from '../base/json.ts';
import { plainText } from '../base/plain-text.ts';
import { formatInstant, type WallTime } from '../base/time.ts';
import { authenticate } from './authenticate.ts';
import type { Presented } from './format.ts';
import { FORMAT_TITLES, KIND_TITLES } from './format-titles.ts';
import type { Claims, Finding, Pass, PassReason, Refusal } from './pass.ts';
import type { Trust } from './trust.ts';

const WHY: Readonly<Record<PassReason, string>> = {
  malformed: 'it is damaged or written wrongly',
  'too-long': 'it is longer than such a code may be',
  incomplete: 'it is only one code of several: the others must be scanned too, in any order',
  'unsupported-format': 'this door cannot verify it',
  'needs-server': 'it can be verified by its issuer’s server alone, and this door asks no server',
  'unknown-issuer': 'its issuer is not in the trust list',
  'unknown-key': 'the key it names is not in the trust list: the list may be old, or the pass false',
  'algorithm-not-allowed': 'it names another signature algorithm than its key is for, as forgeries do',
  'bad-signature': 'its signature is wrong: it was altered or forged',
  'key-not-allowed': 'its key is genuine, but not meant for passes like this',
  'not-yet-valid': 'it is genuine, but not valid yet',
  expired: 'it is genuine, but no longer valid',
  'bad-claims': 'it is genuine, but what it says cannot be used',
  revoked: 'it is genuine, but its issuer took it back',
  'trust-stale': 'it is genuine, but the list that says whether it was taken back cannot be read',
};
/** The signature is checked before these, so that what the scan says of itself is its issuer's word. */
const SIGNED: ReadonlySet<PassReason> = new Set([
  'key-not-allowed',
  'not-yet-valid',
  'expired',
  'bad-claims',
  'revoked',
  'trust-stale',
]);

/**
 * What a scan is, in one paragraph of plain English for an owner, whatever was scanned.
 * @param reveal also names the person, with the birth date and the health entry; without it no claim is quoted
 */
export function inspect(presented: Presented, trust: Trust, now: WallTime, reveal = false): string {
  const outcome = authenticate(presented, trust, now);
  const sentences = outcome.ok ? describePass(outcome.value, reveal) : describeRefusal(outcome.error);
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function describePass(pass: Pass, reveal: boolean): readonly string[] {
  return [
    `This is ${FORMAT_TITLES[pass.format]}, genuine and within its dates, about ${KIND_TITLES[pass.kind]}.`,
    `It was signed by ${plainText(pass.issuer ?? 'an issuer it does not name')} with the key ${plainText(pass.kid)}.`,
    datesOf(pass),
    pass.single ? 'It is good for one entry.' : '',
    reveal ? describePerson(pass.claims) : '',
    'Whether it opens the door is for the rules of the house to say.',
  ];
}

function describeRefusal({ reason, detail, finding }: Refusal): readonly string[] {
  const { format, kind, issuer, kid } = finding;
  const what = format === null ? 'This code' : `This looks like ${FORMAT_TITLES[format]}, but it`;
  const isSigned = SIGNED.has(reason);
  const names = [
    issuer === null ? '' : `the issuer ${plainText(issuer)}`,
    kid === null ? '' : `the key ${plainText(kid)}`,
    kind === null ? '' : `${KIND_TITLES[kind]} as its subject`,
  ].filter((name) => name !== '');
  return [
    `${what} is not accepted (${reason}): ${WHY[reason]}.`,
    `More exactly: ${plainText(detail)}.`,
    names.length === 0 ? '' : `It names ${names.join(', ')}${isSigned ? '' : '; none of that is proven'}.`,
    isSigned ? datesOf(finding) : '',
  ];
}

function datesOf({ validFromMs, validUntilMs }: Finding): string {
  const from = validFromMs === null ? 'with no first day' : `from ${minuteOf(validFromMs)}`;
  const until = validUntilMs === null ? 'with no end' : `until ${minuteOf(validUntilMs)}`;
  return `Its dates run ${from} ${until}.`;
}

/** Milliseconds since the epoch as date and minute in UTC, the one zone that is the same for every reader. */
const minuteOf = (atMs: number): string => `${formatInstant(atMs).slice(0, 16).replace('T', ' ')} UTC`;

function describePerson({ nam, dob, v, t, r, x }: Claims): string {
  // The names as written are optional in an EU certificate; their transliteration is not.
  const name = [nam['gn'] ?? nam['gnt'], nam['fn'] ?? nam['fnt']].filter((part) => typeof part === 'string').join(' ');
  const entry = [...v, ...t, ...r, ...x][0];
  return [
    `The person is ${name === '' ? 'not named' : plainText(name)}, ${dob ? `born ${plainText(dob)}` : 'with no birth date'}.`,
    entry === undefined ? '' : describeEntry(entry),
  ].join(' ');
}

/** An object has no text of its own: it is written out. */
const wordsOf = (value: Json): string => (typeof value === 'object' ? canonicalJson(value) : String(value));

function describeEntry(entry: JsonObject): string {
  const members = Object.keys(entry).map((name) => `${plainText(name)} ${plainText(wordsOf(entry[name] ?? null))}`);
  return `The entry says: ${members.join(', ')}.`;
}
