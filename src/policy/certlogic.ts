import { type CertLogicExpression, evaluate } from 'certlogic-js';
import { reasonOf } from '../base/assert.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';

/** Objects and arrays inside each other in one `Logic`; the deepest rule that the EU published has 15. */
export const MAX_LOGIC_DEPTH = 32;
/** Operations that one evaluation can take at most; what a rule may need is computed before it ever runs. */
export const MAX_LOGIC_STEPS = 20_000;
export const MAX_LOGIC_TEXT_LENGTH = 256;
/** The largest offset of `plusTime`, in its own unit. */
export const MAX_LOGIC_AMOUNT = 1_000_000;
/** Elements that a list out of a pass or a value set can have: their own parsers see to it. */
export const MAX_LIST_LENGTH = 1_024;

const PARAMS_PATH = 'external.params.';
const UNITS: readonly (Json | undefined)[] = ['year', 'month', 'day', 'hour'];
const MANY = 64;
/** Operands of each operation of CertLogic 1.3.3, at least and at most. */
const OPERANDS: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ['if', [3, 3]],
  ['===', [2, 2]],
  ['and', [2, MANY]],
  ['>', [2, 3]],
  ['<', [2, 3]],
  ['>=', [2, 3]],
  ['<=', [2, 3]],
  ['in', [2, 2]],
  ['+', [2, 2]],
  ['after', [2, 3]],
  ['before', [2, 3]],
  ['not-after', [2, 3]],
  ['not-before', [2, 3]],
  ['!', [1, 1]],
  ['plusTime', [3, 3]],
  ['reduce', [3, 3]],
  ['extractFromUVCI', [2, 2]],
  ['dccDateOfBirth', [1, 1]],
]);
const OPERATIONS = ['var', ...OPERANDS.keys()].join(', ');
/** Searching a list that is not written out. */
const SEARCH_STEPS = 16;

type Steps = Result<number, string>;

/** No rule has business with what JavaScript hangs on every object, whether a file names it or a pass is full of it. */
const isOfEveryObject = (name: string): boolean => Object.hasOwn(Object.prototype, name);

/**
 * Checks an expression of CertLogic 1.3.3 before it is ever evaluated: its operations and their operands, its depth, and
 * the steps it can take. A parameter (`{"var": "external.params.NAME"}`) may also stand where CertLogic wants a number.
 * @param params the names of the parameters that the policy declares
 * @returns the greatest number of steps that an evaluation takes, or what is wrong, to be said after the place
 */
export function checkLogic(logic: Json | undefined, params: ReadonlySet<string>): Steps {
  const steps = stepsOf(logic, params, 0);
  if (steps.ok && !(steps.value <= MAX_LOGIC_STEPS)) {
    return err(
      `may take ${steps.value} steps, at most ${MAX_LOGIC_STEPS} are allowed: take one reduce out of the other`,
    );
  }
  return steps;
}

function stepsOf(expression: Json | undefined, params: ReadonlySet<string>, depth: number): Steps {
  if (depth > MAX_LOGIC_DEPTH) return err(`is deeper than ${MAX_LOGIC_DEPTH} levels: split it into several rules`);
  if (typeof expression === 'string') {
    if (expression.length <= MAX_LOGIC_TEXT_LENGTH) return ok(1);
    return err(`holds a text of more than ${MAX_LOGIC_TEXT_LENGTH} characters: shorten it`);
  }
  if (typeof expression === 'boolean' || Number.isInteger(expression)) return ok(1);
  if (isJsonArray(expression)) return sumOf(expression, params, depth);
  if (!isJsonObject(expression))
    return err('holds something other than text, whole numbers, true, false and operations');
  const names = Object.keys(expression);
  const [operation = ''] = names;
  if (names.length !== 1) return err(`holds an object of ${names.length} members: an operation has one`);
  const operands = expression[operation];
  if (operation === 'var') return stepsOfVar(operands, params);
  const arity = OPERANDS.get(operation);
  if (arity === undefined) return err(`holds an operation that CertLogic does not have: it has ${OPERATIONS}`);
  const [least, most] = arity;
  if (!isJsonArray(operands) || operands.length < least || operands.length > most) {
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    return err(`has '${operation}' without its list of ${wanted} operands`);
  }
  return stepsOfOperation(operation, operands, params, depth);
}

function sumOf(expressions: readonly Json[], params: ReadonlySet<string>, depth: number): Steps {
  let sum = 1;
  for (const expression of expressions) {
    const steps = stepsOf(expression, params, depth + 1);
    if (!steps.ok) return steps;
    sum += steps.value;
  }
  return ok(sum);
}

function stepsOfVar(path: Json | undefined, params: ReadonlySet<string>): Steps {
  if (typeof path !== 'string' || path.length > MAX_LOGIC_TEXT_LENGTH) return err("has a 'var' without a path");
  if (path === '') return ok(1);
  const fragments = path.split('.');
  if (fragments.includes('')) return err("has a 'var' whose path has an empty part");
  if (fragments.some(isOfEveryObject)) {
    return err("has a 'var' that reaches outside the pass");
  }
  const [, , name] = fragments;
  if (path.startsWith(PARAMS_PATH) && (fragments.length !== 3 || !params.has(name ?? ''))) {
    return err(
      `names the parameter '${path.slice(PARAMS_PATH.length, PARAMS_PATH.length + 40)}', which params does not declare`,
    );
  }
  return ok(fragments.length);
}

function stepsOfOperation(
  operation: string,
  operands: readonly Json[],
  params: ReadonlySet<string>,
  depth: number,
): Steps {
  const [first, second, third] = operands;
  if (operation === 'plusTime' || operation === 'extractFromUVCI') {
    const isParam = isJsonObject(second) && paramOf(second) !== null && stepsOf(second, params, depth + 1).ok;
    const isAmount = typeof second === 'number' && Number.isInteger(second) && Math.abs(second) <= MAX_LOGIC_AMOUNT;
    if (!isAmount && !isParam) {
      return err(
        `has '${operation}' whose second operand is no whole number up to ${MAX_LOGIC_AMOUNT} and no parameter`,
      );
    }
    if (operation === 'plusTime' && !UNITS.includes(third)) {
      return err("has 'plusTime' whose unit is none of year, month, day, hour");
    }
    return sumOf(first === undefined ? [] : [first], params, depth + 1);
  }
  // The list of operands is a level of its own.
  if (operation !== 'reduce' || first === undefined || third === undefined) {
    const steps = sumOf(operands, params, depth + 1);
    return steps.ok && operation === 'in' && !isJsonArray(second) ? ok(steps.value + SEARCH_STEPS) : steps;
  }
  const around = sumOf([first, third], params, depth + 1);
  const lambda = around.ok ? stepsOf(second, params, depth + 2) : around;
  const rounds = isJsonArray(first) ? first.length : MAX_LIST_LENGTH;
  return around.ok && lambda.ok ? ok(around.value + rounds * lambda.value) : lambda;
}

function paramOf(expression: JsonObject): string | null {
  const path = expression['var'];
  return typeof path === 'string' && path.startsWith(PARAMS_PATH) ? path.slice(PARAMS_PATH.length) : null;
}

/** Puts the values of the parameters into a checked expression, which is then plain CertLogic. */
export function bindParams(logic: Json, values: Readonly<Record<string, number>>): Json {
  if (isJsonArray(logic)) return logic.map((part) => bindParams(part, values));
  if (!isJsonObject(logic)) return logic;
  const param = paramOf(logic);
  if (param !== null) return values[param] ?? logic;
  return Object.fromEntries(Object.entries(logic).map(([name, part]) => [name, bindParams(part, values)]));
}

/**
 * certlogic-js asks every object for its text, which an object without prototype does not have; one that had the usual
 * prototype would show a rule what no pass said.
 */
const PROTOTYPE: object = Object.freeze(
  Object.defineProperty(Object.create(null), 'toString', { value: () => '[object Object]' }),
);

/**
 * A copy of a JSON value for `evaluateLogic` to look into: whatever the library does, nobody's claims change. A frozen
 * list, which holds no objects, needs no copy. A member `toString` of a pass would stand where the library finds its own.
 */
export function contextOf(value: Json): Json {
  if (isJsonArray(value)) return Object.isFrozen(value) ? value : value.map(contextOf);
  if (!isJsonObject(value)) return value;
  const copy: Record<string, Json> = Object.create(PROTOTYPE);
  for (const [name, member] of Object.entries(value)) {
    if (!isOfEveryObject(name)) copy[name] = contextOf(member);
  }
  return copy;
}

/**
 * Evaluates a checked and bound expression (CertLogic 1.3.3).
 * @param context made by `contextOf`
 * @returns its value, a JSON value or a `Date`, or why it has none
 */
export function evaluateLogic(logic: Json, context: Json): Result<unknown, string> {
  try {
    return ok(evaluate(logic as CertLogicExpression, context));
  } catch (thrown) {
    return err(reasonOf(thrown));
  }
}
