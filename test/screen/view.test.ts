import { describe, expect, it } from 'vitest';
import type { DeviceCondition } from '../../src/base/device.ts';
import { DAY_MS } from '../../src/base/time.ts';
import type { PublicState } from '../../src/door/public-state.ts';
import { decide, type History, NO_HISTORY } from '../../src/policy/decide.ts';
import { REASON_CODES, REASONS } from '../../src/policy/reasons.ts';
import { inOrder, LOCALES } from '../../src/screen/locale.ts';
import { DAMAGE_MARK_DAYS, silentView, type View, view } from '../../src/screen/view.ts';
import { AT_REST, showing } from '../support/fake-kiosk.ts';
import { anyGenuine } from '../support/journal-file.ts';
import { around, LUNCH, passOf } from '../support/passes.ts';

const ISSUED_MS = Date.parse('2021-12-13T00:00:00Z');
const NOW_MS = ISSUED_MS + 60_000;

const at = (door: Partial<PublicState['door']>): PublicState => ({ ...AT_REST, door: { ...AT_REST.door, ...door } });
const seen = (state: PublicState): View => view(state, NOW_MS, 'ko');
const ALL: readonly View[] = [
  seen(AT_REST),
  seen(at({ state: 'checking', scan: 1 })),
  seen(showing('admit', 'ok')),
  seen(showing('assist', 'needs-server')),
  seen(showing('refuse', 'bad-signature')),
  seen(at({ state: 'out-of-service' })),
];

describe('what the visitor sees', () => {
  it('can be told apart by outline alone and by words alone', () => {
    expect(new Set(ALL.map(({ shape }) => shape)).size).toBe(ALL.length);
    expect(new Set(ALL.map(({ title }) => title[0]?.text)).size).toBe(ALL.length);
    expect(new Set(ALL.map(({ title }) => title[1]?.text)).size).toBe(ALL.length);
  });

  it('is green only for an admission, whatever else the state says', () => {
    for (const reason of REASON_CODES) {
      for (const verdict of REASONS[reason].choices) {
        expect(seen(showing(verdict, reason)).tone).toBe(verdict);
        for (const state of ['starting', 'ready', 'checking', 'out-of-service'] as const) {
          expect(seen(at({ state, verdict, reason, scan: 1 })).tone).not.toBe('admit');
        }
      }
    }
  });

  it('never looks like an answer while there is none', () => {
    expect(seen(at({ state: 'showing', scan: 3 })).tone).toBe('busy');
    expect(seen(at({ state: 'showing', verdict: 'admit', scan: 3 })).tone).toBe('busy');
  });

  it.each([
    ['ko', ['ko', 'en', 'ja', 'zh']],
    ['en', ['en', 'ko', 'ja', 'zh']],
    ['ja', ['ja', 'ko', 'en', 'zh']],
    ['zh', ['zh', 'ko', 'en', 'ja']],
  ] as const)('speaks %s first and every language always', (locale, order) => {
    const shown = view(showing('refuse', 'expired'), NOW_MS, locale);
    expect(shown.title.map(({ lang }) => lang)).toEqual(order);
    expect(shown.line.map(({ lang }) => lang)).toEqual(order);
  });

  it('tells the staff what to look at instead, and nothing after they or the policy said no', () => {
    for (const reason of REASON_CODES) {
      if (reason === 'ok') continue;
      for (const verdict of REASONS[reason].choices) {
        const isSettled = verdict === 'admit' || (verdict === 'refuse' && REASONS[reason].verdict === 'assist');
        expect(seen(showing(verdict, reason)).staff, `${verdict} ${reason}`).toHaveLength(
          isSettled ? 0 : LOCALES.length,
        );
      }
    }
    expect(seen(showing('admit', 'ok')).staff).toEqual([]);
  });

  it('a good code that the staff or the policy turned away is not called a bad one', () => {
    for (const reason of ['needs-server', 'unknown-issuer', 'rule-failed', 'journal-fault', 'trust-stale'] as const) {
      expect(seen(showing('refuse', reason)).title[1]?.text).toBe('You cannot come in now');
      expect(seen(showing('refuse', reason)).line).toEqual(seen(showing('assist', reason)).line);
    }
    for (const reason of ['bad-signature', 'revoked', 'expired', 'already-used'] as const) {
      expect(seen(showing('refuse', reason)).title[1]?.text).toBe('This code cannot be accepted');
    }
  });

  it('a visitor with several codes is asked for the next one, not told to wait for the staff', () => {
    const shown = seen(showing('assist', 'incomplete'));
    expect(shown).toMatchObject({ condition: 'assist', tone: 'assist', shape: 'hold-up' });
    expect(shown.title[1]?.text).toBe('Now the next code');
    expect(JSON.stringify([shown.title, shown.line])).not.toMatch(/staff|직원/);
    expect(seen(showing('refuse', 'incomplete')).shape).toBe('cross-octagon');
  });

  it('an admission by the staff does not repeat the reason that called them', () => {
    expect(seen(showing('admit', 'needs-server')).line[1]?.text).toBe('Checked by staff');
    expect(seen(showing('admit', 'ok')).line[1]?.text).toBe('All is well');
    expect(seen(showing('admit', 'trust-stale')).line[1]?.text).toBe('All is well');
  });

  it('a rule that failed says itself what to look at, in every language and in the place of the staff', () => {
    const advice = { ko: '3차 접종', en: 'Third dose', ja: '3回目接種', zh: '第三剂' };
    const shown = seen(showing('assist', 'rule-failed', 1, { rule: 'VR-KR-0001', advice }));
    expect(shown.staff).toEqual(inOrder(advice, 'ko'));
    expect(shown.line[1]?.text).toBe('This code alone is not enough');
    expect(view(showing('assist', 'rule-failed', 1, { rule: 'VR-KR-0001', advice }), 0, 'ja').staff[0]?.text).toBe(
      '3回目接種',
    );
    for (const verdict of ['admit', 'refuse'] as const) {
      expect(seen(showing(verdict, 'rule-failed', 1, { rule: 'VR-KR-0001', advice })).staff).toEqual([]);
    }
  });

  it('a rule with much to say says it in one language: a second would push the answer off the screen', () => {
    const advised = (length: number): View => {
      const advice = { ko: '가'.repeat(length / 2), en: 'a'.repeat(length), ja: '', zh: '' };
      return seen(showing('assist', 'rule-failed', 1, { rule: 'VR-KR-0001', advice }));
    };
    expect(advised(130).staff).toHaveLength(LOCALES.length);
    expect(advised(132).staff.map(({ lang }) => lang)).toEqual(['ko']);
  });

  it('a rule about people or the door does not blame the code', () => {
    const lineOf = (history: Partial<History>): string | undefined => {
      const pass = passOf();
      const policy = { ...anyGenuine, reuse: { ...anyGenuine.reuse, samePerson: 'assist' } } as const;
      const { verdict, reason, rule, advice } = decide(pass, policy, { ...NO_HISTORY, ...history }, around(LUNCH));
      return seen(showing(verdict, reason, 1, { rule, advice })).line[1]?.text;
    };
    expect(lineOf({ inside: { count: 2, limit: 2 } })).toBe('We are full at the moment');
    expect(lineOf({ inside: { count: 1, limit: 2 } })).toBe('All is well');
    expect(lineOf({ samePersonUsed: true })).toBe('Another code of yours was used here');
    expect(lineOf({ unshownAdmission: true })).toBe('The door may not have opened');
  });

  it.each(['constructor', '__proto__', 'toString'])('a rule called %s is a rule of no words', (rule) => {
    expect(seen(showing('assist', 'rule-failed', 1, { rule }))).toEqual(seen(showing('assist', 'rule-failed')));
  });

  it.each([
    ['scanner', 'lost', 'The reader is not connected: check its cable'],
    ['scanner', 'fault', 'The reader is broken: call the technician'],
    ['signal', 'fault', 'The signal lamp is broken: call the technician'],
    ['printer', 'fault', 'The kiosk needs a check: see the technician’s page'],
  ] as const)('out of service names the part: %s %s', (part, condition, words) => {
    const state = at({ state: 'out-of-service' });
    const devices = { ...state.devices, [part]: { state: condition, detail: 'EIO' } };
    const shown = seen({ ...state, devices });
    expect(shown.staff[1]?.text).toBe(words);
    expect(JSON.stringify(shown)).not.toContain('EIO');
  });
});

describe('the marks in the corner', () => {
  const marksAt = (nowMs: number, state: PublicState = AT_REST) => view(state, nowMs, 'en').marks;

  it('the age of the data shows from one whole day on', () => {
    expect(marksAt(ISSUED_MS + DAY_MS - 1)).toEqual([]);
    expect(marksAt(ISSUED_MS + DAY_MS)).toMatchObject([
      { kind: 'data-age', urgent: false, text: [{ text: 'Data 1 day old' }, {}, {}, {}] },
    ]);
  });

  it('becomes urgent exactly when the data is stale', () => {
    const staleMs = Date.parse('2021-12-20T00:00:00Z');
    expect(marksAt(staleMs - 1)).toMatchObject([{ urgent: false }]);
    expect(marksAt(staleMs)).toMatchObject([{ urgent: true, text: [{ text: 'Data 7 days old' }, {}, {}, {}] }]);
  });

  it('an unsure clock says so and claims no age', () => {
    const unsure = { ...AT_REST, clock: { trusted: false, late: false, handSet: false } };
    expect(marksAt(ISSUED_MS + 30 * DAY_MS, unsure)).toMatchObject([{ kind: 'clock-unsure', urgent: true }]);
  });

  it('a clock that is late says so, sure of itself or not, and keeps no age from the owner', () => {
    for (const trusted of [true, false]) {
      expect(marksAt(NOW_MS, { ...AT_REST, clock: { trusted, late: true, handSet: false } })).toMatchObject([
        { kind: 'clock-late', urgent: true, text: [{ text: 'The clock seems late' }, {}, {}, {}] },
      ]);
    }
    const late = { ...AT_REST, clock: { trusted: true, late: true, handSet: false } };
    expect(marksAt(ISSUED_MS + DAY_MS, late).map(({ kind }) => kind)).toEqual(['clock-late', 'data-age']);
  });

  it('people inside are told where somebody counts, urgently once the house is full', () => {
    const withInside = (inside: number) => marksAt(NOW_MS, { ...AT_REST, occupancy: { inside, limit: 20 } });
    expect(withInside(19)).toMatchObject([
      { kind: 'inside', urgent: false, text: [{ text: '19 of 20 inside' }, {}, {}, {}] },
    ]);
    expect(withInside(20)).toMatchObject([{ kind: 'inside', urgent: true }]);
  });

  it('a register says in whose hands it is, and is urgent only where nobody can use it', () => {
    const fingerprint = 'f'.repeat(43);
    expect(marksAt(NOW_MS, { ...AT_REST, register: { authority: 'Health office', fingerprint } })).toMatchObject([
      {
        kind: 'register',
        urgent: false,
        text: [{ text: 'Only Health office can open the visitor register' }, {}, {}, {}],
      },
      { kind: 'register-key', urgent: false, text: [{ text: `Public key of the register ${fingerprint}` }] },
    ]);
    expect(marksAt(NOW_MS, { ...AT_REST, register: { authority: null, fingerprint: null } })).toMatchObject([
      { kind: 'register', urgent: true, text: [{ text: 'The visitor register cannot be used' }, {}, {}, {}] },
    ]);
  });

  it('a printer that is lost or out of paper says so beside the age, and one that was never there does not', () => {
    const withPrinter = (state: DeviceCondition): PublicState => ({
      ...AT_REST,
      devices: { ...AT_REST.devices, printer: { state, detail: '' } },
    });
    for (const state of ['lost', 'fault'] as const) {
      expect(marksAt(NOW_MS, withPrinter(state))).toMatchObject([
        { kind: 'printer', urgent: true, text: [{ text: 'Check the sticker printer' }, {}, {}, {}] },
      ]);
      expect(marksAt(ISSUED_MS + DAY_MS, withPrinter(state)).map(({ kind }) => kind)).toEqual(['printer', 'data-age']);
    }
    for (const state of ['ready', 'absent'] as const) expect(marksAt(NOW_MS, withPrinter(state))).toEqual([]);
  });

  it('a disk that is nearly full says so, or nobody makes room before the door stops recording', () => {
    const low = { ...AT_REST, journal: { ...AT_REST.journal, low: true } };
    expect(marksAt(NOW_MS, low)).toMatchObject([
      { kind: 'disk', urgent: true, text: [{ text: 'Storage is nearly full' }, {}, {}, {}] },
    ]);
  });

  it('a disk that has damaged a log says so for four weeks, or the owner trusts it with the next', () => {
    const continued = new Date(NOW_MS).toISOString();
    const damaged = { ...AT_REST, journal: { ...AT_REST.journal, continued } };
    const loose = { ...damaged, trust: { version: 0, issuedAt: null, staleAfter: null } };
    expect(marksAt(NOW_MS, damaged)).toMatchObject([
      { kind: 'damage', urgent: true, text: [{ text: 'The storage has damaged the log: tell the owner' }, {}, {}, {}] },
    ]);
    const weeksMs = DAMAGE_MARK_DAYS * DAY_MS;
    expect(marksAt(NOW_MS + weeksMs - 1, loose).map(({ kind }) => kind)).toEqual(['damage']);
    expect(marksAt(NOW_MS + weeksMs, loose)).toEqual([]);
  });

  it('loose keys have no age', () => {
    expect(marksAt(NOW_MS, { ...AT_REST, trust: { version: 0, issuedAt: null, staleAfter: null } })).toEqual([]);
  });
});

it('a page that hears nothing waits first and then says that nobody answers', () => {
  expect(silentView(false, 'ko')).toMatchObject({ condition: 'starting', tone: 'busy', staff: [] });
  expect(silentView(true, 'ko')).toMatchObject({
    condition: 'out-of-service',
    tone: 'broken',
    shape: 'warning-triangle',
  });
});
