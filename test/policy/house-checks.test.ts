import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/time.ts';
import { NO_FINDING } from '../../src/pass/pass.ts';
import {
  decide,
  decideRefusal,
  type History,
  NO_HISTORY,
  RULE_HOURS,
  RULE_KIND,
  RULE_OCCUPANCY,
  RULE_SAME_PERSON,
} from '../../src/policy/decide.ts';
import { isOpen, type OpeningHours } from '../../src/policy/opening-hours.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { presetNamed } from '../../src/policy/presets.ts';
import { around, LUNCH, LUNCH_MS, passOf } from '../support/passes.ts';
import { policyOf, ruleOf } from '../support/rules.ts';

const anyGenuine = presetNamed('any-genuine') as Policy;
const kr = presetNamed('kr-2021-12-13') as Policy;
const UNSURE = { atMs: LUNCH_MS, trusted: false };
const same: History = { ...NO_HISTORY, samePersonUsed: true };
const inside = (count: number, limit: number): History => ({ ...NO_HISTORY, inside: { count, limit } });
const asks: Policy = { ...anyGenuine, reuse: { mode: 'none', minutes: 10, samePerson: 'assist' } };

describe('a second pass of somebody who has just come in', () => {
  it('goes to staff where the owner wants that, and they are told what to ask', () => {
    const decision = decide(passOf(), { ...asks, verdicts: { 'already-used': 'refuse' } }, same, around(LUNCH));
    expect(decision).toMatchObject({ verdict: 'assist', reason: 'already-used', rule: RULE_SAME_PERSON });
    expect(decision.advice?.ko).toContain('신분증');
  });

  it('opens the door where the owner does not mind', () => {
    expect(decide(passOf(), anyGenuine, same, around(LUNCH)).verdict).toBe('admit');
  });
});

describe('a full house', () => {
  it.each([
    [9, 10, 'admit', null],
    [10, 10, 'assist', RULE_OCCUPANCY],
    [11, 10, 'assist', RULE_OCCUPANCY],
    [0, 0, 'assist', RULE_OCCUPANCY],
  ])('%i inside of %i: %s', (count, limit, verdict, rule) => {
    expect(decide(passOf(), anyGenuine, inside(count, limit), around(LUNCH))).toMatchObject({ verdict, rule });
  });

  it('does not hide that the pass is not enough anyway', () => {
    const tickets: Policy = { ...anyGenuine, admits: ['membership'] };
    expect(decide(passOf(), tickets, inside(10, 10), around(LUNCH)).rule).toBe(RULE_KIND);
  });
});

describe('trust data that is too old', () => {
  const said = (policy: Partial<Policy>, trustAge: 'current' | 'stale' | 'expired', now = LUNCH) => {
    const { verdict, reason } = decide(passOf(), { ...anyGenuine, ...policy }, NO_HISTORY, {
      ...around(now),
      trustAge,
    });
    return `${verdict} ${reason}`;
  };

  it.each([
    [{}, 'current', 'admit ok'],
    [{}, 'stale', 'admit ok'],
    [{}, 'expired', 'assist trust-stale'],
    [{ stale: 'assist' }, 'current', 'admit ok'],
    [{ stale: 'assist' }, 'stale', 'assist trust-stale'],
    [{ stale: 'assist' }, 'expired', 'assist trust-stale'],
    [{ stale: 'refuse' }, 'stale', 'refuse trust-stale'],
    [{ stale: 'refuse' }, 'expired', 'refuse trust-stale'],
    [{ verdicts: { 'trust-stale': 'admit' } }, 'stale', 'admit trust-stale'],
    [{ verdicts: { 'trust-stale': 'admit' } }, 'expired', 'assist trust-stale'],
    [{ verdicts: { 'trust-stale': 'refuse' } }, 'expired', 'refuse trust-stale'],
  ] as const)('with %j and %s data: %s', (policy, age, expected) => {
    expect(said(policy, age)).toBe(expected);
  });

  it('admits nobody after its end, whatever the owner chose for an unsure clock too', () => {
    for (const stale of ['mark', 'assist', 'refuse'] as const) {
      const generous: Partial<Policy> = { stale, clockUnsure: 'admit', verdicts: { 'trust-stale': 'admit' } };
      expect(said(generous, 'expired', UNSURE)).not.toContain('admit');
    }
  });

  it('does not stand in front of the unsure clock while it only has a mark', () => {
    expect(said({}, 'stale', UNSURE)).toBe('assist clock-unsure');
  });

  it('is never an excuse for a rule that failed', () => {
    const policy = policyOf([ruleOf(false)]);
    const { reason } = decide(passOf(), policy, NO_HISTORY, { ...around(LUNCH), trustAge: 'expired' });
    expect(reason).toBe('rule-failed');
  });
});

describe('opening hours', () => {
  const bar: OpeningHours = [
    { days: ['fri', 'sat'], from: '18:00', to: '02:00' },
    { on: '2021-12-24', from: '10:00', to: '24:00' },
    { closedOn: '2021-12-25' },
  ];
  it.each([
    ['Friday before it opens', '2021-12-10T17:59:59+09:00', false],
    ['Friday as it opens', '2021-12-10T18:00:00+09:00', true],
    ['Saturday just after midnight', '2021-12-11T00:00:00+09:00', true],
    ['Saturday before it closes', '2021-12-11T01:59:59+09:00', true],
    ['Saturday as it closes', '2021-12-11T02:00:00+09:00', false],
    ['Sunday night, still Saturday’s hours', '2021-12-12T01:59:00+09:00', true],
    ['Monday', '2021-12-13T20:00:00+09:00', false],
    ['a Friday with hours of its own', '2021-12-24T10:00:00+09:00', true],
    ['to the end of that day', '2021-12-24T23:59:59+09:00', true],
    ['and not over midnight', '2021-12-25T00:00:00+09:00', false],
    ['a Saturday off', '2021-12-25T20:00:00+09:00', false],
    ['nor the night after it', '2021-12-26T01:00:00+09:00', false],
  ])('%s', (_, when, open) => {
    expect(isOpen(bar, 'Asia/Seoul', Date.parse(when))).toBe(open);
  });

  it('are those of the site, not of Greenwich or Seoul', () => {
    const day: OpeningHours = [{ days: ['mon'], from: '09:00', to: '17:00' }];
    expect(isOpen(day, 'America/New_York', Date.parse('2021-12-13T14:00:00Z'))).toBe(true);
    expect(isOpen(day, 'America/New_York', Date.parse('2021-12-13T13:59:59Z'))).toBe(false);
  });

  it('of days off alone do not shut the door on all other days', () => {
    const dayOff: OpeningHours = [{ closedOn: '2021-12-25' }];
    const openAt = (instant: string) => isOpen(dayOff, 'Asia/Seoul', Date.parse(instant));
    expect(openAt('2021-12-24T23:59:59+09:00')).toBe(true);
    expect(openAt('2021-12-25T00:00:00+09:00')).toBe(false);
    expect(openAt('2021-12-25T23:59:59+09:00')).toBe(false);
    expect(openAt('2021-12-26T00:00:00+09:00')).toBe(true);
  });

  it('hold for a sticker too', () => {
    const closed: Policy = {
      ...anyGenuine,
      hours: [{ closedOn: '2021-12-13' }, { days: ['mon'], from: '00:00', to: '24:00' }],
    };
    const sticker = passOf({ format: 'sticker', validFromMs: LUNCH_MS, validUntilMs: LUNCH_MS + DAY_MS });
    expect(decide(sticker, closed, NO_HISTORY, around(LUNCH)).rule).toBe(RULE_HOURS);
  });
});

describe('staff who must decide', () => {
  const half = passOf({
    kind: 'vaccination',
    claims: {
      v: [{ tg: '840539006', dn: 1, sd: 2, dt: '2021-10-01' }],
      t: [],
      r: [],
      x: [],
      nam: {},
      dob: '1990-01-01',
      kind: 'vaccination',
      ticket: null,
    },
  });

  it('are told what was asked for and what else to look at, in four languages', () => {
    const { rule, advice } = decide(half, kr, NO_HISTORY, around(LUNCH));
    expect(rule).toBe('VR-KR-0002');
    expect(advice?.en).toBe(
      'The vaccination is not complete: two doses, or one of Janssen. Look at what else they have: vaccination, negative test, recovery, exemption, an ID that shows a birth year of 2003 or later.',
    );
    for (const words of [advice?.ko, advice?.ja, advice?.zh]) expect(words).toMatch(/2003/);
  });

  it('are told what else to look at when the pass has ended, or could only be asked at a server', () => {
    for (const reason of ['expired', 'needs-server'] as const) {
      const { verdict, advice } = decideRefusal({ reason, detail: '', finding: NO_FINDING }, kr);
      expect([verdict, advice?.en]).toEqual([
        'assist',
        expect.stringMatching(/^Look at what else they have: vaccination/),
      ]);
    }
    const forged = decideRefusal({ reason: 'bad-signature', detail: '', finding: NO_FINDING }, kr);
    expect([forged.verdict, forged.advice]).toEqual(['refuse', null]);
  });

  it('of a restaurant are told that one of the party may come in, of no other place', () => {
    const asked = (venueKind: 'restaurant' | 'library', policy = kr) =>
      decide(half, policy, NO_HISTORY, { ...around(LUNCH), venueKind }).advice?.en ?? '';
    expect(asked('restaurant')).toContain('Up to 1 in one party may come in without a pass: have you counted?');
    expect(asked('library')).not.toContain('party');
    expect(asked('restaurant', presetNamed('kr-2022-01-10') as Policy)).not.toContain('party');
  });

  it('read English where a rule was not written in their language', () => {
    const { advice } = decide(passOf(), policyOf([ruleOf(false)], { admits: ['ticket'] }), NO_HISTORY, around(LUNCH));
    expect(advice).toEqual({
      ko: 'What the rule asks for.',
      en: 'What the rule asks for.',
      ja: 'What the rule asks for.',
      zh: 'What the rule asks for.',
    });
  });

  it('are told nothing where the door opened', () => {
    expect(decide(passOf(), anyGenuine, NO_HISTORY, around(LUNCH)).advice).toBeNull();
  });

  it('judge a sticker by its own part, whatever the rules', () => {
    const sticker = passOf({
      format: 'sticker',
      kind: 'exemption',
      validFromMs: LUNCH_MS,
      validUntilMs: LUNCH_MS + DAY_MS,
    });
    expect(decide(sticker, kr, NO_HISTORY, around(LUNCH)).reason).toBe('ok');
  });
});
