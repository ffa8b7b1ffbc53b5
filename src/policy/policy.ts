import * as z from 'zod';
import { isJsonObject, parseJson } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { KINDS } from '../pass/pass.ts';
import { unknownMember, wrongValue } from '../settings/complaint.ts';
import { group, oneOf, text, wholeNumber } from '../settings/members.ts';
import { firstComplaint } from '../settings/refused.ts';
import { REASON_CODES, REASONS, type ReasonCode, type VerdictName } from './reasons.ts';

const VERDICTS = ['admit', 'assist', 'refuse'] as const;
export const MAX_REUSE_MINUTES = 7 * 24 * 60;
export const MAX_STICKER_DAYS = 366;
const ID = /^[a-z0-9][a-z0-9-]{0,39}$/;

const wanting = (wanted: string) => (issue: { readonly input?: unknown }) => wrongValue(issue.input, wanted);
const id = wanting('1 to 40 of a-z, 0-9 and -, not beginning with -');
const kinds = z.array(oneOf(KINDS), { error: wanting(`a list of ${KINDS.join(', ')}`) });

/** A policy file may have it, this version has no code for it: only what asks for nothing is taken. */
const laterVersion = (nothing: string) => ({
  error: `other than ${nothing} is not part of this version: write ${nothing} or leave it out`,
});
const reasons = ({ input }: { readonly input?: unknown }): string => {
  const names = typeof input === 'object' && input !== null ? Object.keys(input) : [];
  const unknown = names.find((name) => !REASON_CODES.some((code) => code === name));
  if (unknown === undefined) return wrongValue(input, 'reasons with a verdict each, or leave it out');
  return unknownMember(unknown, REASON_CODES);
};

const policySchema = group({
  id: z.string({ error: id }).regex(ID, { error: id }),
  title: group({
    ko: text('the title in Korean'),
    en: text('the title in English'),
    ja: text('the title in Japanese'),
    zh: text('the title in Chinese'),
  }),
  /** Kinds of pass that open this door at all. */
  admits: kinds.min(1, { error: `is empty: write a list of ${KINDS.join(', ')}` }),
  reuse: group({
    mode: oneOf(['none', 'passback', 'single']),
    minutes: wholeNumber(1, MAX_REUSE_MINUTES, ' minutes').default(10),
    samePerson: oneOf(['ignore', 'assist']).default('ignore'),
  }).default({ mode: 'none', minutes: 10, samePerson: 'ignore' }),
  clockUnsure: oneOf(VERDICTS).default('assist'),
  verdicts: z
    .partialRecord(z.enum(REASON_CODES as [ReasonCode, ...ReasonCode[]]), oneOf(VERDICTS), { error: reasons })
    .default({}),
  sticker: group({ kinds, maxDays: wholeNumber(1, MAX_STICKER_DAYS, ' days') }).default({ kinds: [], maxDays: 1 }),
  rules: z.tuple([], laterVersion('[]')).optional(),
  params: z.strictObject({}, laterVersion('{}')).optional(),
  hours: z.tuple([], laterVersion('[]')).nullable().optional(),
  /** Loose keys have no date to be stale after: whatever is chosen, there is nothing to apply it to yet. */
  stale: oneOf(['mark', 'assist', 'refuse']).optional(),
  party: group({ withoutPass: z.literal(0, laterVersion('0')) }).optional(),
});

/** The venue's rules as data: what the owner, an association or the law puts into one file. */
export type Policy = Omit<z.infer<typeof policySchema>, 'rules' | 'params' | 'hours' | 'stale' | 'party'>;

/**
 * Reads a policy file (DESIGN.md section 5).
 * @param name how the file is called in the message
 * @returns the policy, or one sentence that says what is wrong and where
 */
export function parsePolicy(text: string, name: string): Result<Policy, string> {
  const parsed = parseJson(text);
  if (!parsed.ok) return err(`${name} is not JSON (${parsed.error}): see 'Policy file' in the README`);
  if (!isJsonObject(parsed.value)) return err(`${name} must hold one JSON object: see 'Policy file' in the README`);
  const checked = policySchema.safeParse(parsed.value);
  if (!checked.success) return err(`${name}: ${firstComplaint(checked.error)}`);
  const { id, title, admits, reuse, clockUnsure, verdicts, sticker } = checked.data;
  for (const [reason, verdict] of Object.entries(verdicts) as [ReasonCode, VerdictName][]) {
    if (!REASONS[reason].choices.includes(verdict)) {
      return err(
        `${name}: verdicts.${reason}: '${verdict}' is not allowed, choose ${REASONS[reason].choices.join(' or ')}`,
      );
    }
  }
  return ok({ id, title, admits, reuse, clockUnsure, verdicts, sticker });
}
