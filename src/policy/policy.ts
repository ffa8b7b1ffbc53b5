import * as z from 'zod';
import { isJsonObject, parseJson } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { KINDS } from '../pass/pass.ts';
import { unknownMember, wrongValue } from '../settings/complaint.ts';
import { group, oneOf, text, wholeNumber } from '../settings/members.ts';
import { firstComplaint } from '../settings/refused.ts';
import { checkLogic, MAX_LIST_LENGTH } from './certlogic.ts';
import { hoursSchema } from './opening-hours.ts';
import { type Params, paramsSchema, titleSchema } from './params.ts';
import { REASON_CODES, REASONS, type ReasonCode, type VerdictName } from './reasons.ts';
import { MAX_RULES, type Rule, ruleSchema } from './rule.ts';

const VERDICTS = ['admit', 'assist', 'refuse'] as const;
export const MAX_POLICY_LENGTH = 1_048_576;
export const MAX_POLICY_ITEMS = 65_536;
/** Levels of a policy file: those of a rule's logic and those around it. */
export const MAX_POLICY_DEPTH = 40;
/** Operations of all rules together that one pass can cost. */
export const MAX_POLICY_STEPS = 40_000;
export const MAX_REUSE_MINUTES = 7 * 24 * 60;
export const MAX_STICKER_DAYS = 366;
export const MAX_WITHOUT_PASS = 20;
export const MAX_VALUE_SETS = 64;
export const POLICY_ID = /^[a-z0-9][a-z0-9-]{0,39}$/;
const SEE = "see 'Policy file' in the README";

const wanting = (wanted: string) => (issue: { readonly input?: unknown }) => wrongValue(issue.input, wanted);
const id = wanting('1 to 40 of a-z, 0-9 and -, not beginning with -');
const kinds = z.array(oneOf(KINDS), { error: wanting(`a list of ${KINDS.join(', ')}`) });
const codes = wanting(`a list of at most ${MAX_LIST_LENGTH} codes`);
const valueSets = wanting(`at most ${MAX_VALUE_SETS} lists of codes by their names`);
const reasons = ({ input }: { readonly input?: unknown }): string => {
  const names = typeof input === 'object' && input !== null ? Object.keys(input) : [];
  const unknown = names.find((name) => !REASON_CODES.some((code) => code === name));
  if (unknown === undefined) return wrongValue(input, 'reasons with a verdict each, or leave it out');
  return unknownMember(unknown, REASON_CODES);
};

const policySchema = group({
  id: z.string({ error: id }).regex(POLICY_ID, { error: id }),
  title: titleSchema,
  /** Kinds of pass that open this door at all. */
  admits: kinds.min(1, { error: `is empty: write a list of ${KINDS.join(', ')}` }),
  rules: z
    .array(ruleSchema, { error: wanting('a list of rules in the form of the EU, or []') })
    .max(MAX_RULES, { error: `has more than ${MAX_RULES} rules: delete some` })
    .default([]),
  params: paramsSchema.default({}),
  hours: hoursSchema
    .nullable()
    .default([])
    .transform((hours) => hours ?? []),
  reuse: group({
    mode: oneOf(['none', 'passback', 'single']),
    minutes: wholeNumber(1, MAX_REUSE_MINUTES, ' minutes').default(10),
    samePerson: oneOf(['ignore', 'assist']).default('ignore'),
  }).default({ mode: 'none', minutes: 10, samePerson: 'ignore' }),
  /** What trust data past its date means while it has not expired: only a mark, or a verdict. */
  stale: oneOf(['mark', 'assist', 'refuse']).default('mark'),
  clockUnsure: oneOf(VERDICTS).default('assist'),
  verdicts: z
    .partialRecord(z.enum(REASON_CODES as [ReasonCode, ...ReasonCode[]]), oneOf(VERDICTS), { error: reasons })
    .default({}),
  /** People in one party who may come in without a pass; the kiosk cannot see them, staff count. Restaurants only. */
  party: group({ withoutPass: wholeNumber(0, MAX_WITHOUT_PASS, ' people') }).default({ withoutPass: 0 }),
  sticker: group({ kinds, maxDays: wholeNumber(1, MAX_STICKER_DAYS, ' days') }).default({ kinds: [], maxDays: 1 }),
  /** Lists of codes that rules name as `external.valueSets.NAME`. */
  valueSets: z
    .record(text('a name'), z.array(text('a code'), { error: codes }).max(MAX_LIST_LENGTH, { error: codes }), {
      error: valueSets,
    })
    .refine((sets) => Object.keys(sets).length <= MAX_VALUE_SETS, { error: valueSets })
    .optional(),
});

/** The venue's rules as data: what the owner, an association or the law puts into one file. */
export type Policy = Readonly<Omit<z.infer<typeof policySchema>, 'params' | 'rules'>> & {
  readonly params: Params;
  readonly rules: readonly Rule[];
};

/**
 * Reads a policy file (DESIGN.md section 5). Its rules are checked so far that none can hang or crash the door.
 * @param name how the file is called in the message
 * @returns the policy, or one sentence that says what is wrong and where
 */
export function parsePolicy(text: string, name: string): Result<Policy, string> {
  if (text.length > MAX_POLICY_LENGTH) return err(`${name} is longer than ${MAX_POLICY_LENGTH} characters: ${SEE}`);
  const parsed = parseJson(text, MAX_POLICY_ITEMS, MAX_POLICY_DEPTH);
  if (!parsed.ok) return err(`${name} is not JSON (${parsed.error}): ${SEE}`);
  if (!isJsonObject(parsed.value)) return err(`${name} must hold one JSON object: ${SEE}`);
  const checked = policySchema.safeParse(parsed.value);
  if (!checked.success) return err(`${name}: ${firstComplaint(checked.error)}`);
  const { verdicts, rules, params } = checked.data;
  for (const [reason, verdict] of Object.entries(verdicts) as [ReasonCode, VerdictName][]) {
    if (!REASONS[reason].choices.includes(verdict)) {
      return err(
        `${name}: verdicts.${reason}: '${verdict}' is not allowed, choose ${REASONS[reason].choices.join(' or ')}`,
      );
    }
  }
  const unfit = complaintOf(rules, params);
  return unfit === null ? ok(checked.data) : err(`${name}: ${unfit}`);
}

/** What is wrong with the rules beyond their form, or null. */
export function complaintOf(rules: readonly Rule[], params: Params): string | null {
  const names = new Set(Object.keys(params));
  const seen = new Set<string>();
  let steps = 0;
  for (const [at, rule] of rules.entries()) {
    const { Identifier, Version } = rule;
    const checked = checkLogic(rule.Logic, names);
    if (!checked.ok) return `rules.${at}.Logic (${Identifier}) ${checked.error}`;
    steps += checked.value;
    if (steps > MAX_POLICY_STEPS) return `rules take more than ${MAX_POLICY_STEPS} steps together: delete some`;
    const name = `${Identifier} ${Version}`;
    if (seen.has(name)) return `rules.${at} (${Identifier}) is there twice in version ${Version}: delete one`;
    seen.add(name);
  }
  return null;
}
