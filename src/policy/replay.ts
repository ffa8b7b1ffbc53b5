import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { DAY_MS, dayIn, formatInstant, HOUR_MS, SECOND_MS } from '../base/time.ts';
import { COVID_19, RESULT_OF_CODE, TEST_OF_LOINC } from '../pass/fhir-codes.ts';
import { type Claims, type FormatName, NO_FINDING, type PassReason, VERIFIABLE_FORMATS } from '../pass/pass.ts';
import { type Circumstances, decideRefusal, NO_HISTORY, wouldDecide } from './decide.ts';
import type { Facts } from './facts.ts';
import type { Site } from './normalised-claims.ts';
import { valuesOf } from './params.ts';
import type { Policy } from './policy.ts';
import type { ReasonCode, VerdictName } from './reasons.ts';
import { rulesFor } from './rule.ts';
import type { TrustAge } from './trust-age.ts';

/** What the journal remembers of a scan. */
export interface Remembered {
  readonly reason: ReasonCode;
  readonly format: FormatName | null;
  /** Null for a scan that was no genuine pass, and after 28 days. */
  readonly facts: Facts | null;
  /** Milliseconds since the epoch, and whether the clock was trusted. */
  readonly atMs: number;
  readonly trusted: boolean;
}

/** Reasons that do not come from authenticating a scan. */
const LATER: ReadonlySet<ReasonCode> = new Set([
  'ok',
  'clock-unsure',
  'already-used',
  'rule-failed',
  'trust-stale',
  'journal-fault',
]);
const isPassReason = (reason: ReasonCode): reason is PassReason => !LATER.has(reason);

/** The members that facts tell something of; a rule that looks at any other cannot be replayed. */
const KNOWN =
  /^payload\.(kind|dob|[vtrx](\.[01])?|v\.0\.(tg|dn|sd|dt|dtDay)|t\.0\.(tg|tt|tr|sc|scDay)|r\.0\.(tg|df|dfDay|du|duDay)|x\.0\.(until|untilDay)|ticket(\.product|\.productNumber)?)$/;
/** What is not of the pass, and in a reduce the element itself, whose members could be any. */
const UNRELATED = /^(external(\..*)?|accumulator|current(\.\d+)?)$/;
const LONG_MS = 3_650 * DAY_MS;

/** False where a rule looks at something that facts do not hold. */
function isReplayable(logic: Json): boolean {
  if (isJsonArray(logic)) return logic.every(isReplayable);
  if (!isJsonObject(logic)) return true;
  const path = logic['var'];
  if (typeof path === 'string') return KNOWN.test(path) || UNRELATED.test(path);
  return Object.values(logic).every(isReplayable);
}

type Group = Partial<Pick<Claims, 'v' | 't' | 'r' | 'x' | 'ticket'>>;

/** Everything that the entry of such a pass may have said, as far as it could matter: the extremes of what is unknown. */
function groupsOf(
  { kind, ...facts }: Facts,
  atMs: number,
  zone: string,
  products: readonly string[],
): readonly Group[] {
  const dayBack = (days: number): string => {
    const today = Date.parse(`${dayIn(zone, atMs)}T00:00:00Z`);
    return formatInstant(today - days * DAY_MS).slice(0, 10);
  };
  const far = Math.floor(LONG_MS / DAY_MS);
  const { doses, dosesNeeded, daysSinceDose, hoursSinceTest } = facts;
  const dose: JsonObject = { tg: COVID_19, dn: doses, sd: dosesNeeded };
  switch (kind) {
    case 'vaccination':
      return [{ v: [{ ...dose, dt: daysSinceDose === null ? null : dayBack(daysSinceDose) }] }];
    case 'test': {
      const ages = hoursSinceTest === null ? [0, far * 24] : [hoursSinceTest, hoursSinceTest + 1];
      const sampled = ages.map((hours, at) => formatInstant(atMs - hours * HOUR_MS + at * SECOND_MS));
      return sampled.flatMap((sc) =>
        [...new Set(RESULT_OF_CODE.values())].flatMap((tr) =>
          [...new Set(TEST_OF_LOINC.values())].map((tt): Group => ({ t: [{ tg: COVID_19, tt, tr, sc }] })),
        ),
      );
    }
    case 'recovery':
      return [
        { r: [{ tg: COVID_19, df: dayBack(0), du: dayBack(-far) }] },
        { r: [{ tg: COVID_19, df: dayBack(far), du: dayBack(1) }] },
      ];
    case 'exemption':
      return [{ x: [{ until: null }] }, { x: [{ until: dayBack(1) }] }];
    default:
      return [null, ...products].map((product): Group => ({ ticket: { product } }));
  }
}

const BORN_YEARS_AGO = [20, 100];

function birthsOf(bornYearClass: string | null, day: string): readonly (string | null)[] {
  if (bornYearClass !== 'adult') return [bornYearClass];
  return BORN_YEARS_AGO.map((years) => String(Number(day.slice(0, 4)) - years));
}

/** What the facts leave open, spelt out. */
function claimsThatFit(facts: Facts, atMs: number, zone: string, policy: Policy): readonly Claims[] {
  const products = Object.values(valuesOf(policy.params)).map(String);
  const { kind } = facts;
  return birthsOf(facts.bornYearClass, dayIn(zone, atMs)).flatMap((dob) =>
    groupsOf(facts, atMs, zone, products).map(
      (group): Claims => ({ v: [], t: [], r: [], x: [], nam: {}, ticket: null, dob, kind, ...group }),
    ),
  );
}

/**
 * The verdict that a policy would have given to a remembered scan, or null where what is remembered does not settle it.
 * Each pass counts as shown for the first time, and a health pass as one about COVID-19.
 */
export function replay(scan: Remembered, policy: Policy, site: Site): VerdictName | null {
  const { reason, format, facts, atMs, trusted } = scan;
  const isOfList = reason === 'trust-stale' && facts !== null;
  if (!isOfList && isPassReason(reason))
    return decideRefusal({ reason, detail: '', finding: NO_FINDING }, policy).verdict;
  const verifiable = VERIFIABLE_FORMATS.find((name) => name === format);
  if (facts === null || verifiable === undefined || reason === 'already-used') return null;
  const ages: readonly TrustAge[] = reason === 'trust-stale' ? ['stale', 'expired'] : ['current'];
  const verdicts = new Set<VerdictName>();
  // Which country issued a certificate is not remembered.
  if (verifiable !== 'sticker' && policy.rules.some(({ Type }) => Type === 'Invalidation')) return null;
  for (const claims of claimsThatFit(facts, atMs, site.zone, policy)) {
    const rules = verifiable === 'sticker' ? [] : rulesFor(policy.rules, claims, atMs);
    if (!rules.every(({ Logic }) => isReplayable(Logic))) return null;
    for (const trustAge of ages) {
      const around: Circumstances = { now: { atMs, trusted }, ...site, trustAge };
      const pass = {
        format: verifiable,
        kind: claims.kind,
        claims,
        single: false,
        validFromMs: null,
        validUntilMs: null,
      };
      verdicts.add(wouldDecide(pass, policy, NO_HISTORY, around).verdict);
    }
  }
  const [verdict] = verdicts;
  return verdicts.size === 1 && verdict !== undefined ? verdict : null;
}
