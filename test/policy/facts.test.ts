import { describe, expect, it } from 'vitest';
import type { Claims } from '../../src/pass/pass.ts';
import { factsOf } from '../../src/policy/facts.ts';

const NONE: Claims = { v: [], t: [], r: [], x: [], nam: {}, dob: null, kind: 'vaccination', ticket: null };
const NOON_MS = Date.parse('2021-12-13T12:00:00+09:00');
const factsWith = (claims: Partial<Claims>) => factsOf({ ...NONE, ...claims }, 'Asia/Seoul', NOON_MS);

describe('what a trial of another policy rests on is what the rules saw', () => {
  it('of several doses the first, as in every rule that is published', () => {
    const v = [
      { dn: 2, sd: 2, dt: '2021-07-10' },
      { dn: 1, sd: 2, dt: '2021-06-10' },
    ];
    expect(factsWith({ v })).toMatchObject({ doses: 2, daysSinceDose: 156 });
  });

  it.each([
    ['2021-12-12', 1],
    ['2021-12-12T00:00:00Z', 1],
    ['2021-12-12T20:00:00Z', 0],
    ['2021-12-32', null],
    ['yesterday', null],
  ])('a dose of %s is so many days ago in the zone of the site', (dt, daysSinceDose) => {
    expect(factsWith({ v: [{ dn: 1, sd: 1, dt }] })).toMatchObject({ daysSinceDose });
  });

  it.each(['2021-12-13T10:30:00+09:00', '2021-12-13T10:30:00+9', '2021-12-13T01:30:00'])(
    'a sample of %s, as an EU certificate may write it, is an hour ago',
    (sc) => {
      expect(factsWith({ kind: 'test', t: [{ sc }] })).toMatchObject({ hoursSinceTest: 1 });
    },
  );
});
