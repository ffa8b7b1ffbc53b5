import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { formatInstant } from '../../src/base/time.ts';
import type { Claims, Kind } from '../../src/pass/pass.ts';
import { datesUnderRules } from '../../src/policy/dates-under-rules.ts';
import { decide, NO_HISTORY } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { presetNamed } from '../../src/policy/presets.ts';
import { around, passOf } from '../support/passes.ts';
import { policyOf, ruleOf } from '../support/rules.ts';

const preset = (id: string): Policy => {
  const policy = presetNamed(id);
  if (policy === null) throw new Error(id);
  return policy;
};
const WINTER = preset('kr-2022-01-10');
const COVID = '840539006';

function passWith(
  kind: Kind,
  entries: { [group in 'v' | 't' | 'r' | 'x']?: readonly JsonObject[] },
  dob = '1958-03-01',
) {
  const claims: Claims = { v: [], t: [], r: [], x: [], nam: {}, dob, kind, ticket: null, ...entries };
  return passOf({ kind, claims, validUntilMs: null });
}
const dose = (dn: number, sd: number, dt: string) => passWith('vaccination', { v: [{ tg: COVID, dn, sd, dt }] });
const pcr = (sc: string) => passWith('test', { t: [{ tg: COVID, tt: 'LP6464-4', tr: '260415000', sc }] });

const at = (when: string) => around({ atMs: Date.parse(when), trusted: true });
const text = (atMs: number | null): string | null => (atMs === null ? null : formatInstant(atMs));
function datesOf(pass: ReturnType<typeof passOf>, policy: Policy, when: string): readonly (string | null)[] {
  const { validFromMs, validUntilMs } = datesUnderRules(pass, policy, at(when));
  return [text(validFromMs), text(validUntilMs)];
}
const LUNCH = '2022-01-05T12:00:00+09:00';
const seoul = (when: string): string => formatInstant(Date.parse(`${when}+09:00`));

describe('what a pass is printed as good for is what the door goes by', () => {
  it('two doses of 10 July 2021: from the fourteenth day to 6 January 2022 24:00, as the notice says', () => {
    const expected = [seoul('2021-07-24T00:00:00'), seoul('2022-01-07T00:00:00')];
    expect(datesOf(dose(2, 2, '2021-07-10'), WINTER, LUNCH)).toEqual(expected);
  });

  it.each([
    ['a third dose has no end', dose(3, 3, '2021-12-20'), ['2021-12-20T00:00:00', null]],
    [
      'a test is good to the midnight after its 48 hours',
      pcr('2022-01-04T10:00:00+09:00'),
      ['2022-01-04T10:00:00', '2022-01-07T00:00:00'],
    ],
    [
      'a test in the shorter spelling of its offset too',
      pcr('2022-01-04T10:00:00+09'),
      ['2022-01-04T10:00:00', '2022-01-07T00:00:00'],
    ],
    [
      'doses that are not old enough say from when they count',
      dose(2, 2, '2021-12-31'),
      ['2022-01-14T00:00:00', '2022-06-30T00:00:00'],
    ],
    [
      'doses that are too old say when they ceased to count',
      dose(2, 2, '2021-06-01'),
      ['2021-06-15T00:00:00', '2022-01-03T00:00:00'],
    ],
    [
      'an exemption ends with its last day',
      passWith('exemption', { x: [{ why: 'allergy', until: '2022-01-09' }] }),
      [null, '2022-01-10T00:00:00'],
    ],
  ])('%s', (_, pass, [from = null, until = null]) => {
    expect(datesOf(pass, WINTER, LUNCH)).toEqual([from && seoul(from), until && seoul(until)]);
  });

  it('the doses of a minor count from birth, and what is never enough keeps its own dates', () => {
    const minor = passWith('vaccination', { v: [{ tg: COVID, dn: 1, sd: 2, dt: '2021-12-31' }] }, '2010');
    expect(datesOf(minor, WINTER, LUNCH)).toEqual([seoul('2010-01-01T00:00:00'), null]);
    expect(datesOf(dose(1, 2, '2021-07-10'), WINTER, LUNCH)).toEqual([null, null]);
  });

  it('its own dates stay where they are narrower', () => {
    const own = { validFromMs: Date.parse('2021-12-01T00:00:00Z'), validUntilMs: Date.parse('2022-01-06T00:00:00Z') };
    expect(datesUnderRules({ ...dose(2, 2, '2021-07-10'), ...own }, WINTER, at(LUNCH))).toEqual(own);
  });

  it('the hours of an event do not cut a ticket', () => {
    const ticket = passOf({ kind: 'ticket', validUntilMs: null });
    expect(datesOf(ticket, preset('event-ticket'), LUNCH)).toEqual([null, null]);
  });

  it.each([
    [
      'the date is moved',
      { plusTime: [{ var: 'payload.v.0.dt' }, 72, 'hour'] },
      { plusTime: [{ var: 'external.validationClock' }, 0, 'day'] },
    ],
    [
      'the clock is moved',
      { plusTime: [{ var: 'payload.v.0.dt' }, 0, 'day'] },
      { plusTime: [{ var: 'external.validationClock' }, -72, 'hour'] },
    ],
    [
      'both are',
      { plusTime: [{ var: 'payload.v.0.dt' }, 24, 'hour'] },
      { plusTime: [{ var: 'external.validationClock' }, -2, 'day'] },
    ],
  ])('a rule of the EU that counts by the instant is followed to the millisecond: %s', (_, date, clock) => {
    const policy = policyOf([ruleOf({ 'not-before': [date, clock] })]);
    expect(datesOf(dose(1, 1, '2022-01-04'), policy, LUNCH)).toEqual([null, '2022-01-07T00:00:00.001Z']);
  });

  it('one millisecond before the end the pass is admitted, and at the end it is not', () => {
    for (const pass of [dose(2, 2, '2021-07-10'), pcr('2022-01-04T10:00:00+09:00')]) {
      const { validUntilMs } = datesUnderRules(pass, WINTER, at(LUNCH));
      const verdictAt = (atMs: number): string =>
        decide(pass, WINTER, NO_HISTORY, around({ atMs, trusted: true })).verdict;
      expect([verdictAt((validUntilMs ?? 0) - 1), verdictAt(validUntilMs ?? 0)]).toEqual(['admit', 'assist']);
    }
  });
});
