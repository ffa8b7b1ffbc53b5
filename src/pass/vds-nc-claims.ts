import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isDay } from './day.ts';
import { COVID_19, RESULT_OF_CODE, type Vaccine } from './fhir-codes.ts';
import { NO_CLAIMS } from './own-pass.ts';
import type { Claims } from './pass.ts';
import { vaccineNamed } from './vaccine-names.ts';

/** ICD-11 code of COVID-19, with or without the digit behind the point. */
const COVID_19_ICD11 = /^RA01(\.\d)?$/;
const NAAT = 'LP6464-4';
const ANTIGEN_TEST = 'LP217198-3';
const DAY_LENGTH = 10;
/** Doc 9303 part 3 puts two spaces between the primary and the secondary identifier. */
const NAME_SEPARATOR = '  ';

const textOf = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Of whom and by whom; the same in both types. */
interface Header {
  readonly issuer: string;
  readonly certificateId: string | null;
}

interface Dose {
  readonly day: string;
  readonly number: number;
  readonly country: string | null;
  readonly name: string | null;
  readonly vaccine: Vaccine | null;
  readonly disease: string | null;
}

function nameOf(person: JsonObject): JsonObject | null {
  const name = textOf(person['n']);
  if (name === null) return null;
  const [primary = name, ...secondary] = name.split(NAME_SEPARATOR);
  return { fn: primary, gn: secondary.length === 0 ? null : secondary.join(' ').trim() };
}

/** The vaccinations of one event of `ve`: a product, and a list of the days it was given. */
function dosesOf(event: JsonObject): readonly Dose[] {
  const name = textOf(event['nam']);
  const vaccine = name === null ? null : vaccineNamed(name);
  const told = textOf(event['dis']);
  const isCovid = told === null ? vaccine !== null : COVID_19_ICD11.test(told);
  const given = event['vd'];
  const doses: Dose[] = [];
  for (const dose of isJsonArray(given) ? given : []) {
    if (!isJsonObject(dose)) continue;
    const day = textOf(dose['dvc']) ?? '';
    const { seq } = dose;
    const number = typeof seq === 'number' || typeof seq === 'string' ? Number(seq) : Number.NaN;
    if (!isDay(day)) continue;
    doses.push({
      day,
      number: Number.isInteger(number) && number > 0 ? number : 0,
      country: textOf(dose['ctr']),
      name,
      vaccine: isCovid ? vaccine : null,
      disease: isCovid ? COVID_19 : told,
    });
  }
  return doses;
}

/** Like an EU DCC one entry: the newest dose, with the number of doses told or counted. */
function vaccinationOf(message: JsonObject, { issuer, certificateId }: Header): JsonObject | null {
  const events = message['ve'];
  const doses = (isJsonArray(events) ? events : []).filter(isJsonObject).flatMap(dosesOf);
  const covid = doses.filter(({ disease }) => disease === COVID_19);
  const counted = (covid.length > 0 ? covid : [...doses]).sort((a, b) => (a.day < b.day ? -1 : 1));
  const newest = counted.at(-1);
  if (newest === undefined) return null;
  const days = new Set(counted.map(({ day }) => day)).size;
  const number = Math.max(days, ...counted.map((dose) => dose.number));
  const isOneDoseSeries = counted.some(({ vaccine }) => vaccine?.series === 1);
  return {
    tg: newest.disease,
    vp: newest.vaccine?.vp ?? newest.name,
    mp: newest.vaccine?.mp ?? null,
    ma: newest.vaccine?.ma ?? null,
    dn: number,
    sd: isOneDoseSeries ? 1 : Math.max(2, number),
    dt: newest.day,
    co: newest.country,
    is: issuer,
    ci: certificateId,
  };
}

const ICAO_RESULTS: ReadonlyMap<string, string> = new Map([
  ['normal', 'negative'],
  ['abnormal', 'positive'],
]);

function resultOf(value: Json | undefined): string | null {
  const word = textOf(value)?.trim().toLowerCase() ?? '';
  return RESULT_OF_CODE.get(ICAO_RESULTS.get(word) ?? word) ?? null;
}

function typeOf(told: string): string | null {
  if (/pcr|molecular/i.test(told)) return NAAT;
  return /antigen/i.test(told) ? ANTIGEN_TEST : null;
}

function testOf(message: JsonObject, { issuer, certificateId }: Header): JsonObject | null {
  const { tr: told, dat: dates, sp: provider } = message;
  if (!isJsonObject(told) || !isJsonObject(dates)) return null;
  const sampled = textOf(dates['sc']) ?? '';
  const result = resultOf(told['r']);
  if (!isDay(sampled.slice(0, DAY_LENGTH)) || result === null) return null;
  const method = textOf(told['tc']) ?? '';
  const type = typeOf(method);
  return {
    // A test for antibodies says nothing about an infection today.
    tg: type === null ? null : COVID_19,
    tt: type ?? method,
    sc: sampled,
    tr: result,
    tc: isJsonObject(provider) ? textOf(provider['spn']) : null,
    co: isJsonObject(provider) ? textOf(provider['ctr']) : null,
    is: issuer,
    ci: certificateId,
  };
}

export type VdsNcType = 'icao.vacc' | 'icao.test';

/** What the issuer calls the certificate: `uvci`, in a test `utci`. */
export function certificateIdOf(message: JsonObject): string | null {
  return textOf(message['uvci']) ?? textOf(message['utci']);
}

/**
 * The message zone of a VDS-NC (ICAO Doc 9303 part 13 and its guidelines for vaccination and test) in the vocabulary of
 * the EU DCC.
 */
export function readVdsNcClaims(type: VdsNcType, message: JsonObject, issuer: string): Result<Claims, string> {
  const person = message['pid'];
  if (!isJsonObject(person)) return err('no person');
  const nam = nameOf(person);
  if (nam === null) return err('no name');
  const header = { issuer, certificateId: certificateIdOf(message) };
  const isTest = type === 'icao.test';
  const entry = isTest ? testOf(message, header) : vaccinationOf(message, header);
  if (entry === null) return err(isTest ? 'no result that names its day' : 'no dose that names its day');
  return ok({
    ...NO_CLAIMS,
    ...(isTest ? { t: [entry], kind: 'test' } : { v: [entry], kind: 'vaccination' }),
    nam,
    dob: textOf(person['dob']),
  });
}
