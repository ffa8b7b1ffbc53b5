import * as z from 'zod';
import { unknownMember, wrongValue } from './complaint.ts';
import { nearestName } from './nearest-name.ts';

const MAX_TEXT_LENGTH = 255;

/** A member of one line of text; `wanted` continues the sentence 'write …', here as in all of the following. */
export function text(wanted: string) {
  const error = (issue: { readonly input?: unknown }) => wrongValue(issue.input, wanted);
  return z.string({ error }).min(1, { error }).max(MAX_TEXT_LENGTH, { error });
}

/** A whole number within its limits, both included. */
export function wholeNumber(first: number, last: number, unit: string) {
  const wanted = `a whole number from ${first} to ${last}${unit}`;
  const error = (issue: { readonly input?: unknown }) => wrongValue(issue.input, wanted);
  return z.int({ error }).min(first, { error }).max(last, { error });
}

/** One word of a few. */
export function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: (issue) => wrongValue(issue.input, `one of ${names.join(', ')}`, names) });
}

export const yesOrNo = z.boolean({ error: (issue) => wrongValue(issue.input, 'true or false') });

/** Members that stand together; any other is an error that suggests the nearest known name. */
export function group<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  // For hardware.yaml and for policies in JSON alike.
  const wanted = `it with its members (${known.join(', ')}), one by one`;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? unknownMember(issue.keys[0] ?? '', known) : wrongValue(issue.input, wanted),
  });
}

type DriverSchema = z.ZodObject<{ readonly driver: z.ZodLiteral<string> }, z.core.$strict>;

/** A device by the name of its driver. */
export function byDriver<const Drivers extends readonly [DriverSchema, ...DriverSchema[]]>(drivers: Drivers) {
  const names = drivers.flatMap((driver) => [...driver.shape.driver.values]);
  return z.discriminatedUnion('driver', drivers, {
    error(issue) {
      if (issue.code !== 'invalid_union') return wrongValue(issue.input, `it with a driver (${names.join(', ')})`);
      const { input } = issue;
      if (typeof input !== 'object' || input === null) return wrongValue(undefined, `one of ${names.join(', ')}`);
      if ('driver' in input) return wrongValue(input.driver, `one of ${names.join(', ')}`, names);
      const misspelt = Object.keys(input).find((name) => nearestName(name, ['driver']) !== null);
      const remedy = misspelt === undefined ? '' : ` (is ${misspelt} meant to be driver?)`;
      return wrongValue(undefined, `one of ${names.join(', ')}${remedy}`);
    },
  });
}
