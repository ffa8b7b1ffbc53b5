import { canonicalJson, type Json, type JsonObject } from '../base/json.ts';
import { plainText } from '../base/plain-text.ts';
import { formatInstant, type WallTime } from '../base/time.ts';
import { authenticate } from './authenticate.ts';
import type { Presented } from './format.ts';
import { FORMAT_TITLES, KIND_TITLES } from './format-titles.ts';
import { type Claims, type Finding, type Pass, type PassReason, PROVEN_REASONS, type Refusal } from './pass.ts';
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
/** Names that can be no person's: a country, and the digests that keys of the formats are called by. */
const IMPERSONAL = /^([A-Z]{2,3}|[A-Za-z0-9+/]{11}=|[A-Za-z0-9_-]{43})$/;

/**
 * What a scan is, in one paragraph of plain English for an owner, whatever was scanned.
 * @param reveal also names the person, with the birth date and the health entry, and quotes what nobody has signed;
 *   without it no claim is quoted
 */
export function inspect(presented: Presented, trust: Trust, now: WallTime, reveal = false): string {
  const outcome = authenticate(presented, trust, now);
  const sentences = outcome.ok ? describePass(outcome.value, reveal) : describeRefusal(outcome.error, reveal);
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

function describeRefusal({ reason, detail, finding }: Refusal, reveal: boolean): readonly string[] {
  const { format, kind, issuer, kid } = finding;
  const what = format === null ? 'This code' : `This looks like ${FORMAT_TITLES[format]}, but it`;
  const isProven = PROVEN_REASONS.has(reason);
  // Whoever wrote the code chose these names: they may be a person's, and a list has said nothing about them.
  const quoted = (name: string): string =>
    isProven || reveal || IMPERSONAL.test(name) ? ` ${plainText(name)}` : ' that --reveal shows';
  const names = [
    issuer === null ? '' : `the issuer${quoted(issuer)}`,
    kid === null ? '' : `the key${quoted(kid)}`,
    kind === null ? '' : `${KIND_TITLES[kind]} as its subject`,
  ].filter((name) => name !== '');
  return [
    `${what} is not accepted (${reason}): ${WHY[reason]}.`,
    `More exactly: ${plainText(detail)}.`,
    names.length === 0 ? '' : `It names ${names.join(', ')}${isProven ? '' : '; none of that is proven'}.`,
    isProven ? datesOf(finding) : '',
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
