import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isDay } from './day.ts';
import {
  COVID_19,
  CVX_SYSTEM,
  LOINC_SYSTEM,
  RESULT_OF_CODE,
  TEST_OF_LOINC,
  VACCINE_OF_CVX,
  type Vaccine,
} from './fhir-codes.ts';
import type { Claims, Kind } from './pass.ts';

/** FHIR R4 `date`: the year alone, the month, or the day. */
const PARTIAL_DATE = /^\d{4}(-\d{2}(-\d{2})?)?$/;
const DAY_LENGTH = 10;
const FINISHED_RESULTS: readonly (Json | undefined)[] = ['final', 'amended', 'corrected'];
/** A code that the vocabulary does not know is kept as a FHIR token, so that a rule sees that there is one. */
const TOKEN_SEPARATOR = '|';

interface Coding {
  readonly system: string;
  readonly code: string;
}

/**
 * FHIR R4 bundle of a health card to the vocabulary of the EU DCC. Like a DCC it gives one entry: the newest dose with
 * the number of doses, or the newest test. What a card does not say is null or, as `co` and `ci`, left out. A card
 * about something else is of kind `other`.
 * @param issuer becomes `is`
 * @returns the error says why nobody could judge by this content
 */
export function claimsOfBundle(bundle: Json | undefined, issuer: string): Result<Claims, string> {
  const entries = isJsonObject(bundle) ? bundle['entry'] : undefined;
  if (!isJsonArray(entries)) return err('no FHIR bundle');
  const patients: JsonObject[] = [];
  const immunizations: JsonObject[] = [];
  const observations: JsonObject[] = [];
  for (const entry of entries) {
    const resource = isJsonObject(entry) ? entry['resource'] : undefined;
    if (!isJsonObject(resource)) continue;
    if (resource['resourceType'] === 'Patient') patients.push(resource);
    else if (resource['resourceType'] === 'Immunization') immunizations.push(resource);
    else if (resource['resourceType'] === 'Observation') observations.push(resource);
  }
  const [patient] = patients;
  if (patient === undefined || patients.length > 1) return err('not exactly one patient');
  const v = newestDose(immunizations, issuer);
  const t = newestTest(observations, issuer);
  if (v === null && t === null && immunizations.length + observations.length > 0) {
    return err('no completed dose and no finished result that name their day');
  }
  const { birthDate } = patient;
  const kind: Kind = v !== null ? 'vaccination' : t !== null ? 'test' : 'other';
  return ok({
    v: v === null ? [] : [v],
    t: v !== null || t === null ? [] : [t],
    r: [],
    x: [],
    nam: nameOf(patient),
    dob: typeof birthDate === 'string' && PARTIAL_DATE.test(birthDate) ? birthDate : null,
    kind,
    ticket: kind === 'other' ? {} : null,
  });
}

interface Dose {
  readonly day: string;
  readonly coding: Coding | null;
  readonly vaccine: Vaccine | null;
}

function newestDose(immunizations: readonly JsonObject[], issuer: string): JsonObject | null {
  const doses: Dose[] = [];
  for (const immunization of immunizations) {
    const day = dayOf(immunization['occurrenceDateTime']);
    if (immunization['status'] !== 'completed' || day === null) continue;
    const coding = codingOf(immunization['vaccineCode'], CVX_SYSTEM);
    const vaccine = coding?.system === CVX_SYSTEM ? (VACCINE_OF_CVX.get(coding.code) ?? null) : null;
    const dose: Dose = { day, coding, vaccine };
    if (!doses.some((told) => isSameDose(told, dose))) doses.push(dose);
  }
  const covid = doses.filter((dose) => dose.vaccine !== null);
  const counted = (covid.length > 0 ? covid : doses).sort((a, b) => (a.day < b.day ? -1 : 1));
  const newest = counted.at(-1);
  if (newest === undefined) return null;
  return {
    tg: newest.vaccine === null ? null : COVID_19,
    vp: newest.vaccine?.vp ?? tokenOf(newest.coding),
    mp: newest.vaccine?.mp ?? null,
    ma: newest.vaccine?.ma ?? null,
    dn: counted.length,
    sd: seriesOf(counted),
    dt: newest.day,
    is: issuer,
  };
}

/** One dose told twice, by two providers, is one dose. */
function isSameDose(a: Dose, b: Dose): boolean {
  if (a.day !== b.day || (a.vaccine === null) !== (b.vaccine === null)) return false;
  return a.vaccine !== null || a.coding?.code === b.coding?.code;
}

/** As the EU DCC counts since 2022: a dose after a one-dose vaccine is 2/1, a third dose of the others 3/3. */
function seriesOf(doses: readonly Dose[]): number {
  return doses[0]?.vaccine?.series === 1 ? 1 : Math.max(2, doses.length);
}

function newestTest(observations: readonly JsonObject[], issuer: string): JsonObject | null {
  let newest: { readonly atMs: number; readonly entry: JsonObject } | null = null;
  for (const observation of observations) {
    const sampled = observation['effectiveDateTime'];
    const result = resultOf(observation);
    if (!FINISHED_RESULTS.includes(observation['status']) || typeof sampled !== 'string' || result === null) continue;
    const atMs = Date.parse(sampled);
    if (dayOf(sampled) === null || !(atMs >= (newest?.atMs ?? Number.NEGATIVE_INFINITY))) continue;
    const coding = codingOf(observation['code'], LOINC_SYSTEM);
    const type = coding?.system === LOINC_SYSTEM ? TEST_OF_LOINC.get(coding.code) : undefined;
    newest = {
      atMs,
      entry: {
        tg: type === undefined ? null : COVID_19,
        tt: type ?? tokenOf(coding),
        sc: sampled,
        tr: result,
        is: issuer,
      },
    };
  }
  return newest?.entry ?? null;
}

function resultOf(observation: JsonObject): string | null {
  const words = observation['valueString'];
  if (typeof words === 'string') return RESULT_OF_CODE.get(words.trim().toLowerCase()) ?? null;
  for (const { code } of codingsOf(observation['valueCodeableConcept'])) {
    const result = RESULT_OF_CODE.get(code);
    if (result !== undefined) return result;
  }
  return null;
}

function codingsOf(concept: Json | undefined): readonly Coding[] {
  const listed = isJsonObject(concept) ? concept['coding'] : undefined;
  const codings: Coding[] = [];
  if (!isJsonArray(listed)) return codings;
  for (const coding of listed) {
    if (!isJsonObject(coding)) continue;
    const { system, code } = coding;
    if (typeof system === 'string' && typeof code === 'string') codings.push({ system, code });
  }
  return codings;
}

/** The code in the system that we can translate, else the first one. */
function codingOf(concept: Json | undefined, system: string): Coding | null {
  const codings = codingsOf(concept);
  return codings.find((coding) => coding.system === system) ?? codings[0] ?? null;
}

const tokenOf = (coding: Coding | null): string | null =>
  coding === null ? null : `${coding.system}${TOKEN_SEPARATOR}${coding.code}`;

/** The day of a FHIR `dateTime`, or null for one that names no whole day. */
function dayOf(value: Json | undefined): string | null {
  const day = typeof value === 'string' ? value.slice(0, DAY_LENGTH) : '';
  return isDay(day) ? day : null;
}

/** Family and given names as the EU DCC's `fn` and `gn`; the transliterations are not made up. */
function nameOf(patient: JsonObject): JsonObject {
  const names = patient['name'];
  const name = isJsonArray(names) ? names.find(isJsonObject) : undefined;
  if (name === undefined) return {};
  const { family, given, text } = name;
  const fn = typeof family === 'string' ? family : typeof text === 'string' ? text : null;
  const gn = isJsonArray(given) ? given.filter((part) => typeof part === 'string').join(' ') : null;
  return { fn, gn };
}
