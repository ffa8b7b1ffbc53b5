import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../src/base/time.ts';
import { type Claims, KINDS, type Kind } from '../../src/pass/pass.ts';
import { decide, NO_HISTORY } from '../../src/policy/decide.ts';
import { PRESETS } from '../../src/policy/presets.ts';
import { around, passOf } from '../support/passes.ts';

/**
 * Every preset, every kind of evidence, every edge of a date, against the published rule as a person reads it: no
 * CertLogic here, no zone database, only days counted from midnight in Korea, which is nine hours ahead of UTC.
 */
interface Evidence {
  readonly kind: Kind;
  readonly v?: { readonly dn: number; readonly sd: number; readonly dt: string };
  readonly t?: { readonly sc: string; readonly isNegative: boolean; readonly isPcr: boolean };
  readonly r?: { readonly df: string; readonly du: string };
  readonly x?: { readonly until: string | null };
  readonly dob: string | null;
}

const NEVER_BORN_SO = [null, '1958-03-01', '2002-12-31', '2002-12', '2002', '1958-XX-XX', ''];
const BIRTHS = [...NEVER_BORN_SO, '2003-01-01', '2003-12-31', '2003', '2004-01-01', '2004', '2012-02-29'];

const dayNumber = (day: string): number => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
const koreanDay = (atMs: number): number => Math.floor((atMs + 9 * HOUR_MS) / DAY_MS);
const koreanHour = (atMs: number): number => Math.floor((atMs + 9 * HOUR_MS) / HOUR_MS) % 24;
const koreanMidnight = (day: number): number => day * DAY_MS - 9 * HOUR_MS;

const vaccination = (dn: number, sd: number, dt: string): Evidence => ({
  kind: 'vaccination',
  v: { dn, sd, dt },
  dob: null,
});
const test = (sc: string, isNegative = true, isPcr = true): Evidence => ({
  kind: 'test',
  t: { sc, isNegative, isPcr },
  dob: null,
});
const recovery = (df: string, du: string): Evidence => ({ kind: 'recovery', r: { df, du }, dob: null });

const EVIDENCE: readonly Evidence[] = [
  ...['2021-07-10', '2021-07-07', '2021-07-06', '2021-12-01', '2021-11-29', '2020-02-29', '2024-02-29'].flatMap(
    (dt) => [
      vaccination(2, 2, dt),
      vaccination(1, 1, dt),
      vaccination(1, 2, dt),
      vaccination(3, 3, dt),
      vaccination(2, 1, dt),
      vaccination(3, 2, dt),
    ],
  ),
  ...[
    '2021-12-13T10:00:00+09:00',
    '2021-12-13T00:00:00+09:00',
    '2021-12-13T23:59:59+09:00',
    '2024-02-28T20:00:00Z',
  ].flatMap((sc) => [test(sc), test(sc, false), test(sc, true, false)]),
  recovery('2021-07-10', '2022-12-31'),
  recovery('2021-07-10', '2021-12-31'),
  recovery('2020-02-29', '2020-12-31'),
  { kind: 'exemption', x: { until: '2022-01-09' }, dob: null },
  { kind: 'exemption', x: { until: '2024-02-29' }, dob: null },
  { kind: 'exemption', x: { until: null }, dob: null },
  ...(['ticket', 'membership', 'other'] as const).map((kind) => ({ kind, dob: null })),
];

const EDGES = [
  '2021-12-13',
  '2021-12-15',
  '2021-12-16',
  '2022-01-03',
  '2022-01-07',
  '2022-01-10',
  '2024-02-29',
  '2024-03-01',
];

/** The dates on which something may change for this evidence, and those of the law. */
function edgeDaysOf({ v, t, r, x }: Evidence): readonly number[] {
  const own = [v?.dt, t?.sc.slice(0, 10), r?.df, r?.du, x?.until ?? undefined].filter((day) => day !== undefined);
  const offsets = [0, 1, 2, 3, 14, 15, 180, 181];
  return [...EDGES.map(dayNumber), ...own.flatMap((day) => offsets.map((days) => dayNumber(day) + days))];
}

function clocksOf(evidence: Evidence): readonly number[] {
  const sampled = evidence.t === undefined ? [] : [Date.parse(evidence.t.sc)];
  const days = [...new Set(edgeDaysOf(evidence))].flatMap((day) => {
    const midnight = koreanMidnight(day);
    return [midnight - SECOND_MS, midnight, midnight + SECOND_MS, midnight + 12 * HOUR_MS];
  });
  return [...days, ...sampled.flatMap((atMs) => [atMs - SECOND_MS, atMs, atMs + SECOND_MS])];
}

/** The Korean pass: what a notice on a door says, in the order a person would look. */
function isEnoughInKorea({ kind, v, t, r, x, dob }: Evidence, nowMs: number, born: number, hasLimit: boolean): boolean {
  if (kind === 'ticket') return false;
  if (t !== undefined && !t.isNegative) return false;
  const year = /^\d{4}/.exec(dob ?? '');
  if (year !== null && !dob?.includes('X') && Number(year[0]) >= born) return true;
  const today = koreanDay(nowMs);
  if (v !== undefined) {
    if (v.dn < v.sd) return false;
    const days = today - dayNumber(v.dt);
    if (v.dn >= 3 || v.dn > v.sd) return days >= 0;
    const isLimited = hasLimit && nowMs >= Date.parse('2022-01-03T00:00:00+09:00');
    return days >= 14 && (!isLimited || days <= 180);
  }
  if (t !== undefined) {
    const sampled = Date.parse(t.sc);
    const lastDay = koreanDay(sampled + 48 * HOUR_MS);
    return t.isPcr && nowMs >= sampled && today <= lastDay;
  }
  if (r !== undefined) {
    const days = today - dayNumber(r.df);
    return days >= 0 && days <= 180 && today <= dayNumber(r.du);
  }
  return x !== undefined && (x.until === null || today <= dayNumber(x.until));
}

const PUBLISHED: Readonly<Record<string, (evidence: Evidence, nowMs: number) => boolean>> = {
  'any-genuine': () => true,
  'event-ticket': ({ kind }) => kind === 'ticket',
  membership: ({ kind }, nowMs) => kind === 'membership' && koreanHour(nowMs) >= 6 && koreanHour(nowMs) < 23,
  'kr-2021-12-13': (evidence, nowMs) => isEnoughInKorea(evidence, nowMs, 2003, false),
  'kr-2022-01-10': (evidence, nowMs) => isEnoughInKorea(evidence, nowMs, 2004, true),
};

const COVID = '840539006';
function claimsOf({ kind, v, t, r, x, dob }: Evidence): Claims {
  const list = (entry: JsonObject | undefined): readonly JsonObject[] => (entry === undefined ? [] : [entry]);
  return {
    v: list(v && { tg: COVID, ...v }),
    t: list(
      t && {
        tg: COVID,
        tt: t.isPcr ? 'LP6464-4' : 'LP217198-3',
        sc: t.sc,
        tr: t.isNegative ? '260415000' : '260373001',
      },
    ),
    r: list(r && { tg: COVID, fr: r.df, ...r }),
    x: list(x && { why: 'allergy', ...x }),
    nam: {},
    dob,
    kind,
    ticket: (v ?? t ?? r ?? x) ? null : { product: null },
  };
}

describe.each(PRESETS.map((preset) => [preset.id, preset] as const))('the preset %s', (id, preset) => {
  it('says of every evidence at every edge what the published rule says', () => {
    const published = PUBLISHED[id];
    if (published === undefined) throw new Error(`no reading of ${id}`);
    const wrong: string[] = [];
    let judged = 0;
    let admitted = 0;
    for (const evidence of EVIDENCE) {
      for (const dob of BIRTHS) {
        const held = { ...evidence, dob };
        const pass = passOf({ kind: held.kind, claims: claimsOf(held) });
        for (const nowMs of clocksOf(held)) {
          const { verdict, reason } = decide(pass, preset, NO_HISTORY, around({ atMs: nowMs, trusted: true }));
          const expected = published(held, nowMs) ? 'admit ok' : 'assist rule-failed';
          judged += 1;
          if (verdict === 'admit') admitted += 1;
          if (`${verdict} ${reason}` === expected || wrong.length >= 10) continue;
          wrong.push(
            `${JSON.stringify(held)} at ${new Date(nowMs).toISOString()}: ${verdict} ${reason}, not ${expected}`,
          );
        }
      }
    }
    process.stdout.write(`${id}: ${judged} cases, ${admitted} admitted\n`);
    expect(wrong).toEqual([]);
    expect(admitted).toBeGreaterThan(0);
  });
});

describe('the notices of the time', () => {
  const at = (when: string) => around({ atMs: Date.parse(when), trusted: true });
  const verdictOf = (id: string, evidence: Evidence, when: string): string => {
    const preset = PRESETS.find((each) => each.id === id);
    if (preset === undefined) throw new Error(id);
    return decide(passOf({ kind: evidence.kind, claims: claimsOf(evidence) }), preset, NO_HISTORY, at(when)).verdict;
  };

  it.each([
    ['a second dose of 10 July 2021 is good through 6 January 2022', '2022-01-06T23:59:59+09:00', 'admit'],
    ['and no longer', '2022-01-07T00:00:00+09:00', 'assist'],
  ])('%s', (_, when, verdict) => {
    expect(verdictOf('kr-2022-01-10', vaccination(2, 2, '2021-07-10'), when)).toBe(verdict);
  });

  it.each([
    ['2021-07-07', 'admit'],
    ['2021-07-06', 'assist'],
  ])('on 3 January 2022 a second dose of %s is to %s', (dt, verdict) => {
    expect(verdictOf('kr-2022-01-10', vaccination(2, 2, dt), '2022-01-03T12:00:00+09:00')).toBe(verdict);
  });

  it.each(['2022', '2022-01', '2021-12-14', '9999', '9999-12-31', '1990-13-45'])(
    'a birth date of %s, which nobody at the door can have, makes no minor',
    (dob) => {
      const half = { ...vaccination(1, 2, '2021-07-10'), dob };
      expect(verdictOf('kr-2021-12-13', half, '2021-12-13T12:00:00+09:00')).toBe('assist');
    },
  );

  it.each(['2021', '2021-12', '2021-12-13'])('a child born in %s is one', (dob) => {
    const half = { ...vaccination(1, 2, '2021-07-10'), dob };
    expect(verdictOf('kr-2021-12-13', half, '2021-12-13T12:00:00+09:00')).toBe('admit');
  });

  it('a test that names its day alone counts from the midnight of that day', () => {
    const allDay = test('2021-12-13');
    expect(verdictOf('kr-2021-12-13', allDay, '2021-12-12T23:59:59+09:00')).toBe('assist');
    expect(verdictOf('kr-2021-12-13', allDay, '2021-12-13T00:30:00+09:00')).toBe('admit');
  });

  it('a test whose sample is taken this evening has no result at noon', () => {
    const tonight = test('2021-12-13T23:00:00+09:00');
    expect(verdictOf('kr-2021-12-13', tonight, '2021-12-13T12:00:00+09:00')).toBe('assist');
  });

  it('the day before 3 January nobody is stopped for an old dose', () => {
    expect(verdictOf('kr-2022-01-10', vaccination(2, 2, '2021-03-01'), '2022-01-02T23:59:59+09:00')).toBe('admit');
    expect(verdictOf('kr-2022-01-10', vaccination(2, 2, '2021-03-01'), '2022-01-03T00:00:00+09:00')).toBe('assist');
  });

  it.each([
    ['2021-12-15T23:59:59+09:00', 'admit'],
    ['2021-12-16T00:00:00+09:00', 'assist'],
  ])('a PCR result of Monday 10:00, at %s, is to %s', (when, verdict) => {
    expect(verdictOf('kr-2021-12-13', test('2021-12-13T10:00:00+09:00'), when)).toBe(verdict);
  });

  it('covers every kind of pass', () => {
    expect(new Set(EVIDENCE.map(({ kind }) => kind))).toEqual(new Set(KINDS));
  });
});
