import * as z from 'zod';
import type { Json } from '../base/json.ts';
import { parseInstant } from '../base/time.ts';
import type { Claims, Kind } from '../pass/pass.ts';
import { wrongValue } from '../settings/complaint.ts';
import { group, oneOf } from '../settings/members.ts';
import type { Phrase4 } from './phrase.ts';
import { phrase } from './phrase.ts';

/** Rules of one policy; the EU published 194 for all its members together. */
export const MAX_RULES = 256;
export const MAX_DESCRIPTIONS = 32;
export const MAX_DESCRIPTION_LENGTH = 1_000;
const MAX_FIELDS = 64;

const wanting = (wanted: string) => (issue: { readonly input?: unknown }) => wrongValue(issue.input, wanted);
const matching = (pattern: RegExp, wanted: string) => {
  const error = wanting(wanted);
  return z.string({ error }).regex(pattern, { error });
};
const instant = z
  .string({ error: wanting('a time like 2021-12-13T00:00:00+09:00') })
  .refine((value) => parseInstant(value).ok, { error: wanting('a time like 2021-12-13T00:00:00+09:00') });
const version = matching(/^\d{1,9}\.\d{1,9}\.\d{1,9}$/, 'a version like 1.0.0');
const MAX_SHORT_TEXT_LENGTH = 128;
const short = wanting(`a text of 1 to ${MAX_SHORT_TEXT_LENGTH} characters`);
const shortText = z.string({ error: short }).min(1, { error: short }).max(MAX_SHORT_TEXT_LENGTH, { error: short });
const description = wanting(`a text of 1 to ${MAX_DESCRIPTION_LENGTH} characters`);

/** One business rule in the form that the EU publishes ("DCC business rules", JSON schema 1.0.0), member by member. */
export const ruleSchema = group({
  Identifier: matching(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/, 'an identifier like VR-KR-0001'),
  Type: oneOf(['Acceptance', 'Invalidation']),
  Country: matching(/^[A-Z]{2}$/, 'two capital letters, such as KR'),
  Region: shortText.optional(),
  Version: version,
  SchemaVersion: version,
  Engine: oneOf(['CERTLOGIC']),
  EngineVersion: matching(/^[01]\.\d{1,9}\.\d{1,9}$/, 'the version of CertLogic, at most 1'),
  CertificateType: oneOf(['General', 'Vaccination', 'Test', 'Recovery']),
  Description: z
    .array(
      group({
        lang: matching(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})?$/, 'a language like ko'),
        desc: z.string({ error: description }).min(1, { error: description }).max(MAX_DESCRIPTION_LENGTH, {
          error: description,
        }),
      }),
      { error: wanting('a list of texts with their languages') },
    )
    .min(1, { error: 'is empty: say at least in English what the rule asks for' })
    .max(MAX_DESCRIPTIONS, { error: `has more than ${MAX_DESCRIPTIONS} texts: delete some` }),
  ValidFrom: instant,
  ValidTo: instant,
  AffectedFields: z.array(shortText, { error: wanting('a list of the members it looks at') }).max(MAX_FIELDS, {
    error: `names more than ${MAX_FIELDS} members: delete some`,
  }),
  Logic: z.custom<Json>((logic) => logic !== undefined, { error: 'is missing: write a CertLogic expression' }),
});

export type Rule = Readonly<z.infer<typeof ruleSchema>>;

const TYPE_OF_KIND: Readonly<Partial<Record<Kind, Rule['CertificateType']>>> = {
  vaccination: 'Vaccination',
  test: 'Test',
  recovery: 'Recovery',
};

const instantOf = (text: string): number => {
  const parsed = parseInstant(text);
  return parsed.ok ? parsed.value : Number.NaN;
};

/** Both ends belong to the time in which a rule is in force. */
const isInForce = (rule: Rule, nowMs: number): boolean =>
  instantOf(rule.ValidFrom) <= nowMs && nowMs <= instantOf(rule.ValidTo);

function isNewer(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (let at = 0; at < 3; at += 1) {
    const [x = 0, y = 0] = [left?.[at], right?.[at]];
    if (x !== y) return x > y;
  }
  return false;
}

/**
 * Whether a rule speaks of such a pass at all: of its kind of certificate, and an invalidation rule of the certificates
 * of its own country alone.
 */
export function isAbout({ CertificateType, Type, Country }: Rule, claims: Claims): boolean {
  if (CertificateType !== 'General' && CertificateType !== TYPE_OF_KIND[claims.kind]) return false;
  return Type === 'Acceptance' || [...claims.v, ...claims.t, ...claims.r].some(({ co }) => co === Country);
}

/**
 * The rules that judge this pass now, in file order, as the EU's specification selects them: by kind of certificate, by
 * the time in which they are in force, and of each identifier the latest version.
 * @param nowMs milliseconds since the epoch
 */
export function rulesFor(rules: readonly Rule[], claims: Claims, nowMs: number): readonly Rule[] {
  const applicable = rules.filter((rule) => isAbout(rule, claims) && isInForce(rule, nowMs));
  return applicable.filter(
    (rule) => !applicable.some((other) => other.Identifier === rule.Identifier && isNewer(other.Version, rule.Version)),
  );
}

/** What a rule asks for, in the visitor's languages; where it was not written in one of them, in English. */
export function describe({ Description }: Rule): Phrase4 {
  const said = (locale: string): string | undefined =>
    Description.find(({ lang }) => lang.toLowerCase().split('-')[0] === locale)?.desc;
  const usual = said('en') ?? Description[0]?.desc ?? '';
  return phrase((locale) => said(locale) ?? usual);
}
