import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/json.ts';

/** Whether a value is of some form. */
export type Check = (value: Json | undefined) => boolean;
export type Shape = Readonly<Record<string, Check>>;

export const text: Check = (value) => typeof value === 'string';
export const whole: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value);
export const count: Check = (value) => whole(value) && Number(value) >= 0;
export const flag: Check = (value) => typeof value === 'boolean';

export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

/** Not every object of the form has it. */
export const ifThere =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

export const oneOf =
  (...names: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && names.includes(value);

/** Every name of a union, which the compiler counts. */
export const allOf = <Name extends string>(names: Readonly<Record<Name, true>>): Check => oneOf(...Object.keys(names));

export const listOf =
  (check: Check, most = Number.POSITIVE_INFINITY): Check =>
  (value) =>
    isJsonArray(value) && value.length <= most && value.every(check);

/** An object of these members and no others. */
export const objectOf =
  (shape: Shape): Check =>
  (value) =>
    isJsonObject(value) && fits(value, shape) && Object.keys(value).every((name) => Object.hasOwn(shape, name));

/** Whether each member that the shape names is as it says; others are not looked at. */
export function fits(members: JsonObject, shape: Shape): boolean {
  for (const name in shape) if (shape[name]?.(members[name]) !== true) return false;
  return true;
}
