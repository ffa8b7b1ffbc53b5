import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/policy/facts.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { presetNamed } from '../../src/policy/presets.ts';
import { type Remembered, replay } from '../../src/policy/replay.ts';
import { LUNCH_MS } from '../support/passes.ts';
import { policyOf, ruleOf } from '../support/rules.ts';

const preset = (id: string): Policy => presetNamed(id) as Policy;
const SITE = { zone: 'Asia/Seoul', venueKind: 'other' } as const;
const FACTS: Facts = {
  kind: 'vaccination',
  doses: 2,
  dosesNeeded: 2,
  daysSinceDose: 100,
  hoursSinceTest: null,
  bornYearClass: 'adult',
};
const scan = (facts: Partial<Facts> | null, more: Partial<Remembered> = {}): Remembered => ({
  reason: 'ok',
  format: 'entry-pass',
  facts: facts === null ? null : { ...FACTS, ...facts },
  atMs: LUNCH_MS,
  trusted: true,
  ...more,
});
const january = (facts: Partial<Facts>) => scan(facts, { atMs: Date.parse('2022-01-10T11:40:00+09:00') });

describe('trying a policy on what is remembered', () => {
  it.each([
    ['14 days', scan({ daysSinceDose: 14 }), 'kr-2021-12-13', 'admit'],
    ['13 days', scan({ daysSinceDose: 13 }), 'kr-2021-12-13', 'assist'],
    ['13 days and a third dose', scan({ daysSinceDose: 13, doses: 3 }), 'kr-2021-12-13', 'admit'],
    ['180 days in January', january({ daysSinceDose: 180 }), 'kr-2022-01-10', 'admit'],
    ['181 days in January', january({ daysSinceDose: 181 }), 'kr-2022-01-10', 'assist'],
    ['181 days in December', scan({ daysSinceDose: 181 }), 'kr-2021-12-13', 'admit'],
    ['a dose without a day', scan({ daysSinceDose: null }), 'kr-2021-12-13', 'assist'],
    ['a minor of 2003', scan({ doses: 1, bornYearClass: '2003' }), 'kr-2021-12-13', 'admit'],
    ['no minor any more', scan({ doses: 1, bornYearClass: '2002' }), 'kr-2021-12-13', 'assist'],
    ['nobody’s age', scan({ doses: 1, bornYearClass: null }), 'kr-2021-12-13', 'assist'],
    ['a ticket where any goes', scan({ kind: 'ticket' }), 'event-ticket', 'admit'],
    ['a vaccination for tickets', scan({}), 'event-ticket', 'assist'],
    ['a test long past', scan({ kind: 'test', hoursSinceTest: 100 }), 'kr-2021-12-13', 'assist'],
    ['a forged pass', scan(null, { reason: 'bad-signature' }), 'any-genuine', 'refuse'],
    ['an expired pass', scan(null, { reason: 'expired' }), 'kr-2021-12-13', 'assist'],
    ['an expired pass, any genuine', scan(null, { reason: 'expired' }), 'any-genuine', 'refuse'],
    ['an unsure clock', scan({}, { reason: 'clock-unsure', trusted: false }), 'any-genuine', 'assist'],
    ['a sticker', scan({ doses: null }, { format: 'sticker' }), 'kr-2021-12-13', 'admit'],
  ] as const)('%s: %s', (_, remembered, id, verdict) => {
    expect(replay(remembered, preset(id), SITE)).toBe(verdict);
  });

  it.each([
    ['a test whose result is not remembered', scan({ kind: 'test', hoursSinceTest: 10 })],
    ['a recovery whose days are not', scan({ kind: 'recovery' })],
    ['an exemption whose end is not', scan({ kind: 'exemption' })],
    ['a use that was counted', scan({}, { reason: 'already-used' })],
    ['facts that are gone after 28 days', scan(null)],
    ['a journal that failed', scan(null, { reason: 'journal-fault' })],
  ])('says that it cannot judge %s', (_, remembered) => {
    expect(replay(remembered, preset('kr-2021-12-13'), SITE)).toBeNull();
  });

  it('says that it cannot judge a rule about what is not remembered, and only for the passes that the rule is about', () => {
    const about = (path: string) => [ruleOf({ '!': [{ var: path }] }, { CertificateType: 'Vaccination' })];
    expect(replay(scan({}), policyOf(about('payload.v.0.mp')), SITE)).toBeNull();
    expect(replay(scan({}), policyOf(about('payload.nam.fn')), SITE)).toBeNull();
    expect(replay(scan({}), policyOf(about('')), SITE)).toBeNull();
    expect(replay(scan({ kind: 'ticket' }), policyOf(about('payload.v.0.mp')), SITE)).toBe('admit');
    expect(replay(scan({}), policyOf(about('payload.t.0.tr')), SITE)).toBe('admit');
  });

  it('cannot judge a product that may or may not be the one asked for', () => {
    const policy = preset('event-ticket');
    const product = policy.params['product'];
    if (product === undefined) throw new Error('no product');
    const asked: Policy = { ...policy, params: { ...policy.params, product: { ...product, value: 7 } } };
    expect(replay(scan({ kind: 'ticket' }), asked, SITE)).toBeNull();
  });
});
