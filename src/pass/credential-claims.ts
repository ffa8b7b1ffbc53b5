import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Credential } from './credential.ts';
import { isDay } from './day.ts';
import { COVID_19, VACCINE_OF_CVX, type Vaccine } from './fhir-codes.ts';
import { soundEntry } from './health-entry.ts';
import { type Claims, HEALTH_KINDS, KINDS, type Kind } from './pass.ts';
import { HEALTH_GROUPS, type HealthGroup, KIND_OF_GROUP } from './required-members.ts';
import { vaccineNamed } from './vaccine-names.ts';

type Read = Pick<Credential, 'about' | 'types' | 'issuer'>;

/** The ATC code of every COVID-19 vaccine, and the CVX code that says no more. */
const COVID_ATC = 'J07BX03';
const COVID_CVX = '213';
const DAY_LENGTH = 10;
const SHORT_DAY = /^(\d{4})(\d{2})(\d{2})$/;
/** "2/2": the dose and the number of doses, as the vaccination vocabulary of the W3C group writes them. */
const ORDER = /^(\d{1,2})\/(\d{1,2})$/;
const COUNT = /^\d{1,2}$/;

const textOf = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);
const objectOf = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

/** `YYYY-MM-DD` of a day, of a date-time that begins with one, or of the eight digits; null for no day. */
function dayOf(value: Json | undefined): string | null {
  const text = textOf(value)?.replace(SHORT_DAY, '$1-$2-$3').slice(0, DAY_LENGTH) ?? '';
  return isDay(text) ? text : null;
}

function countOf(value: Json | undefined): number | null {
  const count = typeof value === 'string' && COUNT.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isInteger(count) && count >= 1 ? count : null;
}

/** A text, or the texts of an object that gives it in several languages. */
function wordsOf(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return isJsonObject(value) ? Object.values(value).filter((word) => typeof word === 'string') : [];
}

/** The product that one of the words names, else the vaccine without a name that an ATC code stands for. */
function vaccineIn(words: readonly string[]): Vaccine | null {
  for (const word of words) {
    const vaccine = vaccineNamed(word);
    if (vaccine !== null) return vaccine;
  }
  return words.includes(COVID_ATC) ? (VACCINE_OF_CVX.get(COVID_CVX) ?? null) : null;
}

interface Dose {
  readonly day: string | null;
  readonly words: readonly string[];
  readonly number: number | null;
  readonly ofSeries: number | null;
  readonly country: string | null;
}

/** COOV's credential: one dose, with the name of its vaccine in words. */
function readCoovDose(about: JsonObject): Dose | null {
  const isDose = about['doseNum'] !== undefined || (about['vaccine'] !== undefined && about['date'] !== undefined);
  if (!isDose) return null;
  return {
    day: dayOf(about['date']),
    words: [...wordsOf(about['vaccine']), ...wordsOf(about['brand'])],
    number: countOf(about['doseNum']),
    ofSeries: null,
    country: textOf(about['country']) ?? 'KR',
  };
}

/** The `VaccinationEvent` of the vaccination vocabulary (w3id.org/vaccination/v1). */
function readVaccinationEvent(about: JsonObject): Dose | null {
  if (about['dateOfVaccination'] === undefined) return null;
  const vaccine = objectOf(about['vaccine']);
  const [, number, ofSeries] = ORDER.exec(textOf(about['order']) ?? '') ?? [];
  return {
    day: dayOf(about['dateOfVaccination']),
    words: ['medicinalProductName', 'marketingAuthorizationHolder', 'atcCode'].flatMap((name) =>
      wordsOf(vaccine[name]),
    ),
    number: countOf(number ?? about['order']),
    ofSeries: countOf(ofSeries),
    country: textOf(about['countryOfVaccination']),
  };
}

function entryOfDose(dose: Dose, doses: number, issuer: string): JsonObject {
  const vaccine = vaccineIn(dose.words);
  const number = Math.max(dose.number ?? 1, doses);
  return {
    tg: vaccine === null ? null : COVID_19,
    vp: vaccine?.vp ?? dose.words[0] ?? null,
    mp: vaccine?.mp ?? null,
    ma: vaccine?.ma ?? null,
    dn: number,
    sd: dose.ofSeries ?? (vaccine?.series === 1 ? 1 : Math.max(2, number)),
    dt: dose.day,
    co: dose.country,
    is: issuer,
  };
}

/** The newest dose with the number of doses, as a DCC tells it; null where none is told. */
function vaccinationIn(credentials: readonly Read[]): Result<{ entry: JsonObject; at: number } | null, string> {
  const told: { readonly dose: Dose; readonly issuer: string; readonly at: number }[] = [];
  for (const [at, { about, issuer }] of credentials.entries()) {
    const dose = readCoovDose(about) ?? readVaccinationEvent(about);
    if (dose === null) continue;
    if (dose.day === null) return err('a dose that does not name its day');
    told.push({ dose, issuer, at });
  }
  const days = new Set(told.map(({ dose }) => dose.day));
  const newest = told.sort((a, b) => ((a.dose.day ?? '') < (b.dose.day ?? '') ? -1 : 1)).at(-1);
  return ok(newest === undefined ? null : { entry: entryOfDose(newest.dose, days.size, newest.issuer), at: newest.at });
}

/** An entry in the EU DCC's own vocabulary, which a venue or a clinic may put into a credential as it is. */
function ownEntryIn(
  credentials: readonly Read[],
): Result<{ group: HealthGroup; entry: JsonObject; at: number } | null, string> {
  for (const group of HEALTH_GROUPS) {
    for (const [at, { about }] of credentials.entries()) {
      if (!isJsonObject(about[group]) && !isJsonArray(about[group])) continue;
      const entry = soundEntry(group, about[group]);
      return entry === null ? err(`${group} lacks a member that rules rest on`) : ok({ group, entry, at });
    }
  }
  return ok(null);
}

function kindOf({ about, types }: Read): Kind {
  const named = KINDS.find((kind) => kind === about['kind'] && !HEALTH_KINDS.has(kind));
  if (named !== undefined) return named;
  if (types.some((type) => /ticket/i.test(type))) return 'ticket';
  return types.some((type) => /membership/i.test(type)) ? 'membership' : 'other';
}

/** The first text under one of the names, in the credentials and in the persons that they describe inside. */
function personal(credentials: readonly Read[], names: readonly string[]): string | null {
  for (const { about } of credentials) {
    for (const source of [about, objectOf(about['recipient']), objectOf(about['nam'])]) {
      for (const name of names) {
        const text = textOf(source[name]);
        if (text !== null && text !== '') return text;
      }
    }
  }
  return null;
}

function personOf(credentials: readonly Read[]): Pick<Claims, 'nam' | 'dob'> {
  const fn = personal(credentials, ['familyName', 'family_name', 'fn', 'name']);
  const gn = personal(credentials, ['givenName', 'given_name', 'gn']);
  const born = personal(credentials, ['dob', 'birthDate', 'birthdate']);
  return { nam: fn === null && gn === null ? {} : { fn, gn }, dob: dayOf(born) ?? born };
}

export interface CredentialClaims {
  readonly claims: Claims;
  /** Which of the credentials the claims rest on: the one that the presentation is remembered by. */
  readonly at: number;
}

/**
 * One credential, or all of a presentation, in the vocabulary of the EU DCC: COOV's doses, the vaccination vocabulary of
 * the W3C group, and DCC entries as they are. What is about none of these is a ticket, a membership or `other`.
 * @returns the error says why nobody could judge by this content
 */
export function claimsOfCredentials(credentials: readonly Read[]): Result<CredentialClaims, string> {
  const own = ownEntryIn(credentials);
  if (!own.ok) return own;
  const vaccination = own.value === null ? vaccinationIn(credentials) : ok(null);
  if (!vaccination.ok) return vaccination;
  const group = own.value?.group ?? (vaccination.value === null ? null : 'v');
  const { entry, at } = own.value ?? vaccination.value ?? { entry: null, at: otherAt(credentials) };
  const entries = (name: HealthGroup): readonly JsonObject[] => (entry !== null && name === group ? [entry] : []);
  const decisive = credentials[at];
  const product = textOf(decisive?.about['product']);
  return ok({
    at,
    claims: {
      v: entries('v'),
      t: entries('t'),
      r: entries('r'),
      x: entries('x'),
      ...personOf(credentials),
      kind: group !== null ? KIND_OF_GROUP[group] : decisive === undefined ? 'other' : kindOf(decisive),
      ticket: group === null ? { product } : null,
    },
  });
}

/** The first credential that is more than a description of a person, else the first. */
function otherAt(credentials: readonly Read[]): number {
  return Math.max(
    credentials.findIndex((credential) => kindOf(credential) !== 'other'),
    0,
  );
}
