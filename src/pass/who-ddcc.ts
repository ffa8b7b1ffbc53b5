import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { DAY_MS, type WallTime } from '../base/time.ts';
import { type Cbor, type CborMap, isCborMap, jsonObjectOf } from './cbor-value.ts';
import { claimedInstant, isUnreadableDate, LABEL_EXP, LABEL_HCERT, LABEL_IAT, LABEL_ISS, LABEL_NBF } from './cwt.ts';
import { checkDates } from './dates.ts';
import { isDay } from './day.ts';
import { refusal } from './format.ts';
import { checkHc1Key, type Hc1 } from './hc1.ts';
import type { Claims, Finding, PassFields, Refusal } from './pass.ts';
import { digestPassId, namedPassId } from './pass-id.ts';
import type { Trust } from './trust.ts';

const FORMAT = 'who-ddcc';
/** The WHO's certificate of vaccination or prophylaxis (ICVP) among the health certificates of claim -260. */
const HCERT_ICVP = -6;

/** What both forms of the certificate come down to. */
interface WhoCertificate {
  readonly issuer: string | null;
  /** The issuer's own name for the certificate, or null where it gave none. */
  readonly certificateId: string | null;
  readonly fromMs: readonly (number | null)[];
  readonly untilMs: readonly (number | null)[];
  readonly hasUnreadableDate: boolean;
  readonly nam: JsonObject;
  readonly dob: string | null;
  /** The one dose in the words of the EU DCC; null where nothing of the kind can be read. */
  readonly dose: JsonObject | null;
}

const textOf = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null);
/** A coded value: `{code, system}`, or the code alone. */
const codeOf = (value: Json | undefined): string | null => textOf(isJsonObject(value) ? value['code'] : value);
const countOf = (value: Json | undefined): Json => (Number.isInteger(value) ? (value ?? null) : textOf(value));

/** The first instant of a day in UTC; these days name no zone. */
function dayStart(value: Json | undefined): number | null {
  return typeof value === 'string' && isDay(value) ? Date.parse(`${value}T00:00:00Z`) : null;
}
/** True for a day that is there and says nothing: the certificate must not count as one without it. */
const isUnreadableDay = (value: Json | undefined): boolean =>
  value !== undefined && value !== null && dayStart(value) === null;

/** The first instant after a day that is itself still good. */
function dayEnd(value: Json | undefined): number | null {
  const startMs = dayStart(value);
  return startMs === null ? null : startMs + DAY_MS;
}

/** DDCC vaccination status, core data set: the signed payload is the certificate itself, there is no CWT around it. */
function readCoreDataSet(content: CborMap): WhoCertificate {
  const set = jsonObjectOf(content);
  const day = textOf(set['date']);
  return {
    issuer: textOf(set['pha']),
    certificateId: textOf(set['hcid']),
    fromMs: [dayStart(set['valid_from'])],
    untilMs: [dayEnd(set['valid_until'])],
    hasUnreadableDate: isUnreadableDay(set['valid_from']) || isUnreadableDay(set['valid_until']),
    nam: { fn: textOf(set['name']), gn: null },
    dob: textOf(set['birthDate']),
    dose: {
      tg: codeOf(set['disease']),
      vp: codeOf(set['vaccine']),
      mp: codeOf(set['brand']),
      ma: codeOf(set['ma_holder']) ?? codeOf(set['manufacturer']),
      dn: countOf(set['dose']),
      sd: countOf(set['total_doses']),
      dt: day,
      co: codeOf(set['country']),
      is: textOf(set['pha']),
      ci: textOf(set['hcid']),
    },
  };
}

/** International certificate of vaccination or prophylaxis: CWT claim -260, key -6, one dose in `v`. */
function readIcvp(content: CborMap, certificate: CborMap): WhoCertificate {
  const members = jsonObjectOf(certificate);
  const dose = members['v'];
  const read = isJsonObject(dose) ? dose : null;
  const issuer = content.get(LABEL_ISS);
  return {
    issuer: typeof issuer === 'string' ? issuer : null,
    certificateId: null,
    fromMs: [claimedInstant(content.get(LABEL_NBF)), claimedInstant(content.get(LABEL_IAT)), dayStart(read?.['vls'])],
    untilMs: [claimedInstant(content.get(LABEL_EXP)), dayEnd(read?.['vle'])],
    hasUnreadableDate:
      [LABEL_NBF, LABEL_IAT, LABEL_EXP].some((label) => isUnreadableDate(content.get(label))) ||
      isUnreadableDay(read?.['vls']) ||
      isUnreadableDay(read?.['vle']),
    nam: { fn: textOf(members['n']), gn: null },
    dob: textOf(members['dob']),
    dose: read && {
      tg: textOf(read['tg']),
      vp: textOf(read['vp']),
      mp: textOf(read['mp']),
      ma: textOf(read['ma']),
      dn: countOf(read['dn']),
      sd: null,
      dt: textOf(read['dt']),
      co: null,
      is: textOf(read['is']),
      ci: null,
    },
  };
}

function icvpIn(content: CborMap): Cbor | undefined {
  const certificates = content.get(LABEL_HCERT);
  return isCborMap(certificates) ? certificates.get(HCERT_ICVP) : undefined;
}

/** True for an ICVP and for a payload that is a DDCC core data set; an envelope without either is nobody's. */
export function holdsWhoCertificate(content: CborMap): boolean {
  if (content.has(LABEL_HCERT)) return icvpIn(content) !== undefined;
  return content.has('name') && content.has('vaccine');
}

function claimsOf(certificate: WhoCertificate): Result<Claims, string> {
  if (certificate.hasUnreadableDate) return err('a date that cannot be read');
  const { nam, dob, dose } = certificate;
  if (nam['fn'] === null) return err('no name');
  if (dose === null) return err('no dose');
  if (typeof dose['dt'] !== 'string' || !isDay(dose['dt'])) return err('the dose names no day');
  if (dose['tg'] === null && dose['vp'] === null) return err('the dose names neither disease nor vaccine');
  return ok({ v: [dose], t: [], r: [], x: [], nam, dob, kind: 'vaccination', ticket: null });
}

const known = (times: readonly (number | null)[]): readonly number[] => times.filter((time) => time !== null);

/**
 * Certificates of the WHO in an opened HC1 envelope: Digital Documentation of COVID-19 Certificates (core data set as
 * the whole payload) and the ICVP. Each is read by its own words, never by those of the EU.
 */
export function verifyWhoDdcc({ message, content }: Hc1, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const icvp = icvpIn(content);
  const certificate =
    icvp === undefined ? readCoreDataSet(content) : readIcvp(content, isCborMap(icvp) ? icvp : new Map());
  const fromMs = known(certificate.fromMs);
  const untilMs = known(certificate.untilMs);
  const finding: Finding = {
    format: FORMAT,
    kind: 'vaccination',
    issuer: certificate.issuer,
    kid: message.kid?.toString('base64') ?? null,
    validFromMs: fromMs.length === 0 ? null : Math.max(...fromMs),
    validUntilMs: untilMs.length === 0 ? null : Math.min(...untilMs),
  };
  const named = checkHc1Key(FORMAT, message, finding, trust);
  if (!named.ok) return named;
  const outside = checkDates(finding, now);
  if (outside !== null) return refusal(outside, 'the clock is outside the dates of the certificate', finding);
  const claims = claimsOf(certificate);
  if (!claims.ok) return refusal('bad-claims', claims.error, finding);
  const { issuer, certificateId } = certificate;
  return ok({
    ...finding,
    format: FORMAT,
    kind: claims.value.kind,
    kid: named.value.kid,
    passId:
      certificateId === null ? digestPassId(FORMAT, issuer, message.payload) : namedPassId(issuer ?? '', certificateId),
    claims: claims.value,
    single: false,
  });
}
