import * as z from 'zod';
import { err, ok, type Result } from '../base/result.ts';
import { wrongValue } from '../settings/complaint.ts';
import { group, oneOf, text } from '../settings/members.ts';

/** Parameters of one policy. */
export const MAX_PARAMS = 32;
export const PARAM_UNITS = ['days', 'hours', 'year', 'none'] as const;
export type ParamUnit = (typeof PARAM_UNITS)[number];

const NAME = /^[A-Za-z][A-Za-z0-9]{0,31}$/;
const LARGEST = 999_999;

const wanting = (wanted: string) => (issue: { readonly input?: unknown }) => wrongValue(issue.input, wanted);
const number = (wanted: string) => {
  const error = wanting(wanted);
  return z.int({ error }).min(-LARGEST, { error }).max(LARGEST, { error });
};

export const titleSchema = group({
  ko: text('the title in Korean'),
  en: text('the title in English'),
  ja: text('the title in Japanese'),
  zh: text('the title in Chinese'),
});

const declared = group({
  unit: oneOf(PARAM_UNITS),
  min: number('the smallest value, a whole number'),
  max: number('the largest value, a whole number'),
  default: number('the usual value, a whole number'),
  title: titleSchema,
}).refine(({ min, max, default: usual }) => min <= usual && usual <= max, {
  error: 'has a default outside its min and max: correct one of the three',
});

/** A bare number in a file is a parameter that only the file can change. */
function fixed(name: string, value: number): Param {
  return { unit: 'none', min: value, max: value, default: value, title: { ko: name, en: name, ja: name, zh: name } };
}

const named = wanting(`parameters with names like doseDays, at most ${MAX_PARAMS} of them`);
const bare = number('a whole number, or its unit, min, max, default and title');
export const paramsSchema = z
  .record(z.string().regex(NAME), z.union([bare, declared]), { error: named })
  .refine((params) => Object.keys(params).length <= MAX_PARAMS, { error: named })
  .transform(
    (params): Params =>
      Object.fromEntries(
        Object.entries(params).map(([name, param]) => [name, typeof param === 'number' ? fixed(name, param) : param]),
      ),
  );

/** A number of the policy that the owner may choose. */
export interface Param {
  readonly unit: ParamUnit;
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly title: { readonly ko: string; readonly en: string; readonly ja: string; readonly zh: string };
  /** What the owner chose; never in a file. */
  readonly value?: number;
}
export type Params = Readonly<Record<string, Param>>;

/** The values that rules are bound to: the owner's, else the defaults. */
export function valuesOf(params: Params): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(params).map(([name, param]) => [name, param.value ?? param.default]));
}

/**
 * Puts the owner's values into the parameters that a policy declares.
 * @param place where the values are written, for the message
 * @returns the parameters, or one sentence that says which value does not fit and what would
 */
export function withValues(
  params: Params,
  values: Readonly<Record<string, number>>,
  place: string,
): Result<Params, string> {
  for (const [name, value] of Object.entries(values)) {
    const param = Object.hasOwn(params, name) ? params[name] : undefined;
    if (param === undefined) {
      const known = Object.keys(params).join(', ');
      const remedy = known === '' ? 'it has none' : `it has ${known}`;
      return err(`${place}.${name} is no parameter of this policy: delete it (${remedy})`);
    }
    if (!Number.isInteger(value) || value < param.min || value > param.max) {
      return err(`${place}.${name} is ${value}: write a whole number from ${param.min} to ${param.max}`);
    }
  }
  return ok(
    Object.fromEntries(
      Object.entries(params).map(([name, param]) => {
        const value = Object.hasOwn(values, name) ? values[name] : undefined;
        return [name, value === undefined ? param : { ...param, value }];
      }),
    ),
  );
}
