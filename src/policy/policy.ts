import { z } from 'zod';
import { err, ok, type Result } from '../base/result.ts';
import { KINDS } from '../pass/pass.ts';
import { REASON_CODES, REASONS, type ReasonCode, type VerdictName } from './reasons.ts';

const VERDICTS = ['admit', 'assist', 'refuse'] as const;
const MAX_REUSE_MINUTES = 7 * 24 * 60;
const MAX_STICKER_DAYS = 366;

const title = z.strictObject({
  ko: z.string().min(1),
  en: z.string().min(1),
  ja: z.string().min(1),
  zh: z.string().min(1),
});

/** The venue's rules as data: what the owner, an association or the law puts into one file. */
const policySchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 of a-z, 0-9 and -'),
  title,
  /** Kinds of pass that open this door at all. */
  admits: z.array(z.enum(KINDS)).min(1),
  reuse: z
    .strictObject({
      mode: z.enum(['none', 'passback', 'single']),
      minutes: z.int().min(1).max(MAX_REUSE_MINUTES).default(10),
      samePerson: z.literal('ignore').default('ignore'),
    })
    .default({ mode: 'none', minutes: 10, samePerson: 'ignore' }),
  clockUnsure: z.enum(VERDICTS).default('assist'),
  verdicts: z.partialRecord(z.enum(REASON_CODES as [ReasonCode, ...ReasonCode[]]), z.enum(VERDICTS)).default({}),
  sticker: z
    .strictObject({ kinds: z.array(z.enum(KINDS)), maxDays: z.int().min(1).max(MAX_STICKER_DAYS) })
    .default({ kinds: [], maxDays: 1 }),
});

export type Policy = z.infer<typeof policySchema>;

/**
 * Reads a policy file.
 * @param name how the file is called in the message
 * @returns the policy, or one sentence that says what is wrong and where
 */
export function parsePolicy(text: string, name: string): Result<Policy, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return err(`${name} is not JSON: a policy file is one JSON object, see 'munjigi policy' in the README`);
  }
  const checked = policySchema.safeParse(parsed);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    const where = issue?.path.join('.') || 'the whole file';
    return err(`${name}: ${where}: ${issue?.message ?? 'not a policy'}`);
  }
  for (const [reason, verdict] of Object.entries(checked.data.verdicts) as [ReasonCode, VerdictName][]) {
    if (!REASONS[reason].choices.includes(verdict)) {
      return err(
        `${name}: verdicts.${reason}: '${verdict}' is not allowed, choose ${REASONS[reason].choices.join(' or ')}`,
      );
    }
  }
  return ok(checked.data);
}
