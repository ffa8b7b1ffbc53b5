import { describe, expect, it } from 'vitest';
import type { Claims } from '../../src/pass/pass.ts';
import { decide, NO_HISTORY } from '../../src/policy/decide.ts';
import { normalise } from '../../src/policy/normalised-claims.ts';
import { withValues } from '../../src/policy/params.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { presetNamed } from '../../src/policy/presets.ts';
import { around, LUNCH_MS, passOf } from '../support/passes.ts';
import { policyOf, ruleOf } from '../support/rules.ts';

const NOTHING: Claims = { v: [], t: [], r: [], x: [], nam: {}, dob: null, kind: 'vaccination', ticket: null };
const vaccinated = passOf({ kind: 'vaccination', claims: { ...NOTHING, v: [{ tg: '840539006', co: 'FR' }] } });
const ruleThatFailed = (rules: readonly object[], when = '2021-12-13T11:40:00+09:00', pass = vaccinated) =>
  decide(pass, policyOf(rules), NO_HISTORY, around({ atMs: Date.parse(when), trusted: true })).rule;
const no = (Identifier: string, members: object = {}) => ruleOf(false, { Identifier, ...members });

describe('which rules judge a certificate', () => {
  it('of the kinds: its own and the general ones, in file order', () => {
    const test = no('TR-KR-0001', { CertificateType: 'Test' });
    const recovery = no('RR-KR-0001', { CertificateType: 'Recovery' });
    const own = no('VR-KR-0001', { CertificateType: 'Vaccination' });
    expect(ruleThatFailed([test, recovery])).toBeNull();
    expect(ruleThatFailed([test, own, no('GR-KR-0001')])).toBe('VR-KR-0001');
    expect(ruleThatFailed([no('GR-KR-0001'), own])).toBe('GR-KR-0001');
  });

  it.each([
    ['a second before it begins', '2021-12-12T23:59:59+09:00', null],
    ['in the second it begins', '2021-12-13T00:00:00+09:00', 'GR-KR-0001'],
    ['in the second it ends', '2021-12-31T00:00:00+09:00', 'GR-KR-0001'],
    ['a second after it has ended', '2021-12-31T00:00:01+09:00', null],
  ])('of the dates: %s', (_, when, failed) => {
    const dated = no('GR-KR-0001', { ValidFrom: '2021-12-13T00:00:00+09:00', ValidTo: '2021-12-31T00:00:00+09:00' });
    expect(ruleThatFailed([dated], when)).toBe(failed);
  });

  it('of the versions: the latest that is in force', () => {
    const loose = ruleOf(true, { Version: '1.10.0', ValidFrom: '2021-12-20T00:00:00Z' });
    const strict = ruleOf(false, { Version: '1.9.0' });
    expect(ruleThatFailed([loose, strict])).toBe('GR-KR-0009');
    expect(ruleThatFailed([loose, strict], '2021-12-21T00:00:00Z')).toBeNull();
  });

  it('of the countries: an invalidation rule speaks of its own certificates alone', () => {
    expect(ruleThatFailed([no('IR-FR-0001', { Type: 'Invalidation', Country: 'FR' })])).toBe('IR-FR-0001');
    expect(ruleThatFailed([no('IR-DE-0001', { Type: 'Invalidation', Country: 'DE' })])).toBeNull();
  });
});

describe('the numbers that the owner may choose', () => {
  const kr = presetNamed('kr-2022-01-10') as Policy;
  const dosed = passOf({
    kind: 'vaccination',
    claims: { ...NOTHING, v: [{ tg: '840539006', dn: 2, sd: 2, dt: '2021-12-01' }] },
  });
  const verdictWith = (values: Readonly<Record<string, number>>) => {
    const params = withValues(kr.params, values, 'policyParams');
    if (!params.ok) return params.error;
    return decide(dosed, { ...kr, params: params.value }, NO_HISTORY, around({ atMs: LUNCH_MS, trusted: true }))
      .verdict;
  };

  it('change the verdict at once', () => {
    expect([verdictWith({}), verdictWith({ doseDays: 12 }), verdictWith({ doseDays: 13 })]).toEqual([
      'assist',
      'admit',
      'assist',
    ]);
  });

  it.each<[Readonly<Record<string, number>>, string | RegExp]>([
    [{ doseDays: 61 }, 'policyParams.doseDays is 61: write a whole number from 0 to 60'],
    [{ doseDays: -1 }, 'policyParams.doseDays is -1: write a whole number from 0 to 60'],
    [{ doseDays: 1.5 }, 'policyParams.doseDays is 1.5: write a whole number from 0 to 60'],
    [
      { doses: 2 },
      'policyParams.doses is no parameter of this policy: delete it (it has doseDays, testHours, recoveryDays, validDays, minorBornFrom)',
    ],
    [Object.fromEntries([['constructor', 2]]), /^policyParams\.constructor is no parameter/],
  ])('%j is refused in one sentence', (values, words) => {
    if (typeof words === 'string') expect(verdictWith(values)).toBe(words);
    else expect(verdictWith(values)).toMatch(words);
  });

  it('may be bare in a file, and stand in a rule as any number', () => {
    const policy = policyOf([ruleOf({ '===': [{ var: 'external.params.gate' }, 7] })], { params: { gate: 7 } });
    expect(decide(passOf(), policy, NO_HISTORY, around({ atMs: LUNCH_MS, trusted: true })).verdict).toBe('admit');
  });
});

describe('what a rule sees', () => {
  const SEOUL = { zone: 'Asia/Seoul', venueKind: 'restaurant' } as const;
  const seen = (claims: Partial<Claims>, zone: string = SEOUL.zone, atMs = LUNCH_MS) =>
    normalise({ ...NOTHING, ...claims }, atMs, { ...SEOUL, zone }, { days: 14 }, { colours: ['red'] });

  it.each([
    ['2021-12-12T16:00:00Z', 'Asia/Seoul', '2021-12-13'],
    ['2021-12-12T14:59:59Z', 'Asia/Seoul', '2021-12-12'],
    ['2021-12-12T15:00:00Z', 'Asia/Seoul', '2021-12-13'],
    ['2021-12-13T01:00:00+09', 'Asia/Seoul', '2021-12-13'],
    ['2021-12-13T01:00:00+0900', 'Europe/Berlin', '2021-12-12'],
    ['2021-12-13T01:00:00', 'Asia/Seoul', '2021-12-13'],
    ['2024-02-28T15:00:00.5Z', 'Asia/Seoul', '2024-02-29'],
    ['2021-12-13', 'America/New_York', '2021-12-13'],
    ['2021-02-29T10:00:00Z', 'Asia/Seoul', undefined],
    ['yesterday', 'Asia/Seoul', undefined],
  ])('a sample of %s is of the day %s gives it', (sc, zone, day) => {
    const { payload } = seen({ t: [{ sc }] }, zone);
    expect(payload['t']).toEqual([{ tg: '840539006', sc, ...(day === undefined ? {} : { scDay: day }) }]);
  });

  it('a dose that some issuer wrote as midnight in Greenwich is of that day, in every zone', () => {
    for (const zone of ['America/New_York', 'Asia/Seoul']) {
      const { payload } = seen({ v: [{ dt: '2021-07-10T00:00:00Z' }] }, zone);
      expect(payload['v']).toMatchObject([{ dtDay: '2021-07-10' }]);
    }
  });

  it('a disease that is not known stays unknown', () => {
    expect(seen({ v: [{ tg: null }] }).payload['v']).toEqual([{ tg: null }]);
  });

  it.each([
    ['1990-02-28', '1990-02-28'],
    ['1990-02', '1990-02'],
    ['1990', '1990'],
    ['1990-02-28T00:00:00', '1990-02-28'],
    ['1990-XX-XX', null],
    ['1990-13', null],
    ['', null],
  ])('a birth of %j is %j', (dob, expected) => {
    expect(seen({ dob }).payload['dob']).toBe(expected);
  });

  it('the clock, the place, the parameters and the value sets', () => {
    expect(seen({}).external).toEqual({
      validationClock: '2021-12-13T02:40:00.000Z',
      validationClockDay: '2021-12-13',
      site: {
        zone: 'Asia/Seoul',
        kind: 'restaurant',
        day: '2021-12-13',
        dayStart: '2021-12-12T15:00:00.000Z',
        hour: 11,
      },
      params: { days: 14 },
      valueSets: { colours: ['red'] },
    });
  });

  it('the day of a clock that skips midnight begins at one', () => {
    const { external } = seen({}, 'Africa/Cairo', Date.parse('2024-04-26T12:00:00Z'));
    expect(external['site']).toMatchObject({ day: '2024-04-26', dayStart: '2024-04-25T22:00:00.000Z' });
  });
});
