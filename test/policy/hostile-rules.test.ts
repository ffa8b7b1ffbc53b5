import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Json, parseJson } from '../../src/base/json.ts';
import type { PassFields } from '../../src/pass/pass.ts';
import {
  MAX_LOGIC_AMOUNT,
  MAX_LOGIC_DEPTH,
  MAX_LOGIC_STEPS,
  MAX_LOGIC_TEXT_LENGTH,
} from '../../src/policy/certlogic.ts';
import { decide, NO_HISTORY } from '../../src/policy/decide.ts';
import {
  MAX_POLICY_DEPTH,
  MAX_POLICY_ITEMS,
  MAX_POLICY_LENGTH,
  MAX_POLICY_STEPS,
  parsePolicy,
} from '../../src/policy/policy.ts';
import { PRESETS } from '../../src/policy/presets.ts';
import { MAX_RULES } from '../../src/policy/rule.ts';
import { around, LUNCH, passOf } from '../support/passes.ts';
import { policyOf, policyText, ruleOf, sentenceAbout } from '../support/rules.ts';
import { SEED } from '../support/seed.ts';

const nested = (levels: number): object => {
  let logic: object | boolean = true;
  for (let level = 0; level < levels; level += 1) logic = { '!': [logic] };
  return logic as object;
};
/** A list in a list in a list: each level multiplies the work. */
const reduces = (levels: number, list: unknown): unknown =>
  levels === 0 ? 1 : { reduce: [list, reduces(levels - 1, list), 0] };
const sentence = (text: string): string => {
  const parsed = parsePolicy(text, 'rules.json');
  return parsed.ok ? 'taken' : parsed.error;
};
const verdictUnder = (logic: unknown) => {
  const { verdict, reason, rule } = decide(passOf(), policyOf([ruleOf(logic)]), NO_HISTORY, around(LUNCH));
  return { verdict, reason, rule };
};
const FAILED = { verdict: 'assist', reason: 'rule-failed', rule: 'GR-KR-0009' };

describe('a rule file that means harm', () => {
  it.each([
    [
      '100,000 levels of brackets',
      `{"rules":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      `deeper than ${MAX_POLICY_DEPTH} levels`,
    ],
    [
      '100,000 levels of logic',
      `{"rules":${'{"!":['.repeat(100_000)}true${']}'.repeat(100_000)}}`,
      `deeper than ${MAX_POLICY_DEPTH} levels`,
    ],
    ['more items than a rule book', `[${'1,'.repeat(MAX_POLICY_ITEMS)}1]`, `more than ${MAX_POLICY_ITEMS} items`],
    ['more text than a rule book', ' '.repeat(MAX_POLICY_LENGTH + 1), `longer than ${MAX_POLICY_LENGTH} characters`],
    ['a member given twice', '{"id":"a","id":"b"}', 'a name is given twice'],
    [
      'too many rules',
      policyText({ rules: Array.from({ length: MAX_RULES + 1 }, () => ruleOf(true)) }),
      `more than ${MAX_RULES} rules`,
    ],
    ['another prototype', policyText({}).replace('{', '{"__proto__":{"admits":["ticket"]},'), '"__proto__"'],
    [
      'a rule that is there twice',
      policyText({ rules: [ruleOf(true), ruleOf(false)] }),
      'rules.1 (GR-KR-0009) is there twice',
    ],
    [
      'another engine',
      policyText({ rules: [ruleOf(true, { Engine: 'JAVASCRIPT' })] }),
      'rules.0.Engine is "JAVASCRIPT"',
    ],
    ['a version to come', policyText({ rules: [ruleOf(true, { EngineVersion: '2.0.0' })] }), 'rules.0.EngineVersion'],
    ['no words', policyText({ rules: [ruleOf(true, { Description: [] })] }), 'rules.0.Description is empty'],
    [
      'a day that is none',
      policyText({ rules: [ruleOf(true, { ValidFrom: '2021-02-30T00:00:00Z' })] }),
      'rules.0.ValidFrom',
    ],
    ['no logic', policyText({ rules: [ruleOf(undefined)] }), 'rules.0.Logic is missing'],
  ])('with %s is refused in one sentence', (_, text, words) => {
    expect(sentence(text)).toContain(words);
    expect(sentence(text)).not.toContain('\n');
  });

  it.each([
    ['an operation of JavaScript', { eval: ['1'] }, 'an operation that CertLogic does not have'],
    [
      'an operation named like a prototype',
      JSON.parse('{"__proto__":[1]}'),
      'an operation that CertLogic does not have',
    ],
    ['the constructor of everything', { var: 'payload.constructor.constructor' }, 'reaches outside the pass'],
    ['a prototype', { var: 'payload.__proto__' }, 'reaches outside the pass'],
    ['two operations in one', { '!': [true], and: [true, true] }, 'an object of 2 members'],
    ['a fraction', { '>': [0.5, 0] }, 'other than text, whole numbers'],
    ['null', { '!': [null] }, 'other than text, whole numbers'],
    ['no operands', { and: [true] }, "'and' without its list of 2 to 64 operands"],
    ['an object for operands', { '!': { 0: true } }, "'!' without its list of 1 operands"],
    ['a parameter that nobody declared', { '>': [{ var: 'external.params.x' }, 1] }, "names the parameter 'x'"],
    ['a list in a list in a list', reduces(3, { var: 'payload.v' }), 'steps, at most'],
    ['five lists written out in each other', reduces(5, Array(50).fill(1)), 'steps, at most'],
    ['an unknown unit', { plusTime: ['2021-12-13', 1, 'minute'] }, "'plusTime' whose unit"],
  ])('with %s is refused before it is ever evaluated', (_, logic, words) => {
    expect(sentenceAbout(logic as object)).toContain(`rules.0.Logic (GR-KR-0009) `);
    expect(sentenceAbout(logic as object)).toContain(words);
  });

  it.each([
    ['depth', (extra: number) => nested(MAX_LOGIC_DEPTH / 2 + extra)],
    ['text', (extra: number) => ({ '===': ['x'.repeat(MAX_LOGIC_TEXT_LENGTH + extra), 'y'] })],
    ['amount', (extra: number) => ({ plusTime: ['2021-12-13', MAX_LOGIC_AMOUNT + extra, 'hour'] })],
    // The expression, its list, the list inside and the elements are a step each.
    ['steps', (extra: number) => ({ in: ['x', Array(MAX_LOGIC_STEPS - 3 + extra).fill(1)] })],
  ])('is stopped by the limit of %s, on one side of it', (_, make) => {
    expect([sentenceAbout(make(0)), sentenceAbout(make(1)) === 'taken']).toEqual(['taken', false]);
  });
});

describe('rules that are each small enough', () => {
  const files = (count: number): string => {
    const busy = { in: ['x', Array(9_997).fill(1)] };
    return policyText({ rules: Array.from({ length: count }, (_, at) => ruleOf(busy, { Identifier: `GR-KR-${at}` })) });
  };

  it('are refused where together they would keep people waiting', () => {
    expect(sentence(files(4))).toBe('taken');
    expect(sentence(files(5))).toBe(`rules.json: rules take more than ${MAX_POLICY_STEPS} steps together: delete some`);
  });
});

describe('a rule that cannot answer', () => {
  it.each([
    ['throws over a member that the pass lacks', { '>=': [{ var: 'payload.v.0.dn' }, 2] }],
    [
      'throws over a date that is none',
      { 'not-before': [{ plusTime: [{ var: 'payload.kind' }, 0, 'day'] }, { plusTime: ['2021-12-13', 0, 'day'] }] },
    ],
    ['looks into a value set that nobody has', { in: ['x', { var: 'external.valueSets.nobody' }] }],
    ['says 1', 1],
    ['says a text', 'true'],
    ['says a list', [true]],
    ['says an object', { var: 'payload' }],
    ['says a date', { plusTime: ['2021-12-13', 0, 'day'] }],
    ['says nothing', { var: 'payload.nothing' }],
    ['says no', false],
  ])('and %s has failed, by its name', (_, logic) => {
    expect(verdictUnder(logic)).toEqual(FAILED);
  });

  it('never changes what the next rule sees', () => {
    const pass = passOf();
    const before = JSON.stringify(pass.claims);
    decide(
      pass,
      policyOf([ruleOf({ reduce: [{ var: 'payload' }, { var: 'current' }, { var: 'payload' }] })]),
      NO_HISTORY,
      around(LUNCH),
    );
    expect(JSON.stringify(pass.claims)).toBe(before);
  });

  it('sees nothing of JavaScript where a member is missing', () => {
    expect(verdictUnder({ '!': [{ var: 'payload.length' }] }).verdict).toBe('admit');
  });
});

/** Expressions of every operation, mostly well formed, over the claims that a rule may look into. */
const { expression } = fc.letrec<{ expression: Json }>((tie) => {
  const part = tie('expression');
  const infix = fc.constantFrom(
    '===',
    '>',
    '<',
    '>=',
    '<=',
    'in',
    '+',
    'and',
    'after',
    'before',
    'not-after',
    'not-before',
  );
  return {
    expression: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom<Json>(true, false, 0, 1, '', '2021-12-13', '2021-12-13T00:00:00Z', '1990'),
      fc
        .constantFrom(
          '',
          'payload',
          'payload.v',
          'payload.v.0',
          'payload.dob',
          'current',
          'accumulator',
          'external.validationClock',
        )
        .map((path): Json => ({ var: path })),
      fc.array(part, { maxLength: 4 }),
      fc.tuple(infix, part, part).map(([name, left, right]): Json => ({ [name]: [left, right] })),
      fc.tuple(part, part, part).map((operands): Json => ({ if: operands })),
      fc.tuple(part, part, part).map((operands): Json => ({ reduce: operands })),
      part.map((operand): Json => ({ '!': [operand] })),
      part.map((operand): Json => ({ dccDateOfBirth: [operand] })),
      fc.tuple(part, fc.integer(), fc.constantFrom('day', 'year')).map((operands): Json => ({ plusTime: operands })),
    ),
  };
});

describe('whatever expression a file holds', () => {
  it(`is refused, or gives every pass a verdict (seed ${SEED})`, () => {
    let taken = 0;
    fc.assert(
      fc.property(expression, (logic) => {
        if (sentenceAbout(logic as object) !== 'taken') return;
        taken += 1;
        const { verdict, reason } = decide(passOf(), policyOf([ruleOf(logic)]), NO_HISTORY, around(LUNCH));
        expect(['admit ok', 'assist rule-failed']).toContain(`${verdict} ${reason}`);
      }),
      { seed: SEED, numRuns: 1_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});

describe('a genuine pass whose members are called like those of every object of JavaScript', () => {
  const claimsWith = (dose: string) => {
    const v = parseJson(dose);
    if (!v.ok) throw new Error(v.error);
    return {
      v: [v.value],
      t: [],
      r: [],
      x: [],
      nam: {},
      dob: null,
      kind: 'vaccination',
      ticket: null,
    } as PassFields['claims'];
  };
  const members = [...Object.getOwnPropertyNames(Object.prototype), 'then', 'toJSON'];

  it.each(members)('does not stop the door under any rules, and rules see the rest of it: %s', (name) => {
    for (const value of ['1', '"text"', '{"x":1}', '[1]', 'null']) {
      const claims = claimsWith(`{"dn":2,"mp":{${JSON.stringify(name)}:${value}},${JSON.stringify(name)}:${value}}`);
      const pass = passOf({ kind: 'vaccination', claims });
      const asked = policyOf([ruleOf({ '===': [{ var: 'payload.v.0.dn' }, 2] })]);
      expect(decide(pass, asked, NO_HISTORY, around(LUNCH)).verdict).toBe('admit');
      for (const preset of PRESETS) decide(pass, preset, NO_HISTORY, around(LUNCH));
    }
  });
});
