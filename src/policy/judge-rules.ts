import { assert } from '../base/assert.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { Claims } from '../pass/pass.ts';
import { bindParams, contextOf, evaluateLogic } from './certlogic.ts';
import { normalise, type Site } from './normalised-claims.ts';
import { valuesOf } from './params.ts';
import type { Policy } from './policy.ts';
import { type Rule, rulesFor } from './rule.ts';
import { KNOWN_VALUE_SETS } from './value-sets.ts';

interface Bound {
  readonly values: Readonly<Record<string, number>>;
  readonly logic: ReadonlyMap<Rule, Json>;
  /** Frozen, so that thousands of codes are not copied for each pass. */
  readonly valueSets: Readonly<Record<string, readonly string[]>>;
}

/** What does not depend on the pass is prepared once, not at each scan. */
const boundPolicies = new WeakMap<Policy, Bound>();

function bindingOf(policy: Policy): Bound {
  const known = boundPolicies.get(policy);
  if (known !== undefined) return known;
  const values = valuesOf(policy.params);
  const sets = Object.entries({ ...KNOWN_VALUE_SETS, ...policy.valueSets });
  const bound = {
    values,
    logic: new Map(policy.rules.map((rule) => [rule, bindParams(rule.Logic, values)])),
    valueSets: Object.fromEntries(sets.map(([name, codes]) => [name, Object.freeze([...codes])])),
  };
  boundPolicies.set(policy, bound);
  return bound;
}

/** The logic of all rules with the owner's numbers in it. */
export const boundLogicOf = (policy: Policy): readonly Json[] => [...bindingOf(policy).logic.values()];

/** The claims of a pass as the rules of this policy see them. */
export const payloadOf = (policy: Policy, claims: Claims, nowMs: number, site: Site): JsonObject =>
  normalise(claims, nowMs, site, bindingOf(policy).values, {}).payload;

/**
 * The first rule, in file order, that these claims do not satisfy now, or null. Only `true` satisfies a rule: one that
 * throws or gives anything else has failed.
 * @param nowMs milliseconds since the epoch
 */
export function firstFailedRule(policy: Policy, claims: Claims, nowMs: number, site: Site): Rule | null {
  const rules = rulesFor(policy.rules, claims, nowMs);
  if (rules.length === 0) return null;
  const { values, logic, valueSets } = bindingOf(policy);
  const context = contextOf({ ...normalise(claims, nowMs, site, values, valueSets) });
  for (const rule of rules) {
    const bound = logic.get(rule);
    assert(bound !== undefined, 'every rule of a policy is bound');
    const outcome = evaluateLogic(bound, context);
    if (!outcome.ok || outcome.value !== true) return rule;
  }
  return null;
}
