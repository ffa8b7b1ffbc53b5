import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/base/time.ts';
import { HEALTH_KINDS, KINDS, NO_FINDING, type PassReason } from '../../src/pass/pass.ts';
import {
  type Decision,
  decide,
  decideRefusal,
  type History,
  NO_HISTORY,
  RULE_KIND,
  RULE_STICKER_AGE,
  RULE_STICKER_KIND,
  RULE_UNSHOWN,
} from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { PRESETS, presetNamed } from '../../src/policy/presets.ts';
import { REASONS } from '../../src/policy/reasons.ts';
import { around, LUNCH, LUNCH_MS, passOf } from '../support/passes.ts';

const anyGenuine = presetNamed('any-genuine') as Policy;
const eventTicket = presetNamed('event-ticket') as Policy;
const passback: Policy = { ...anyGenuine, reuse: { mode: 'passback', minutes: 10, samePerson: 'ignore' } };
const used = (agoMs: number): History => ({ ...NO_HISTORY, lastUse: { agoMs } });
const said = ({ verdict, reason, rule }: Decision) => ({ verdict, reason, rule });

describe('a genuine pass', () => {
  it('opens a door that takes its kind', () => {
    expect(said(decide(passOf(), anyGenuine, NO_HISTORY, around(LUNCH)))).toEqual({
      verdict: 'admit',
      reason: 'ok',
      rule: null,
    });
  });

  it('of a kind that the venue does not take goes to staff, not to the street', () => {
    const decision = decide(passOf({ kind: 'vaccination' }), eventTicket, NO_HISTORY, around(LUNCH));
    expect(said(decision)).toEqual({ verdict: 'assist', reason: 'rule-failed', rule: RULE_KIND });
  });

  it('never opens the door by itself while the clock is unsure, unless the owner chose so', () => {
    const unsure = { atMs: LUNCH_MS, trusted: false };
    expect(said(decide(passOf(), anyGenuine, NO_HISTORY, around(unsure))).verdict).toBe('assist');
    expect(said(decide(passOf(), { ...anyGenuine, clockUnsure: 'admit' }, NO_HISTORY, around(unsure)))).toEqual({
      verdict: 'admit',
      reason: 'clock-unsure',
      rule: null,
    });
  });
});

describe('a pass that was used before', () => {
  it.each([
    ['just now', 0, 'refuse'],
    ['a millisecond before the window ends', 10 * MINUTE_MS - 1, 'refuse'],
    ['as the window ends', 10 * MINUTE_MS, 'admit'],
    ['by a clock that has been set back since', -9 * MINUTE_MS, 'refuse'],
    ['by a clock that stood far in the future', -400 * DAY_MS, 'admit'],
  ])('%s, under passback', (_, agoMs, verdict) => {
    expect(decide(passOf(), passback, used(agoMs), around(LUNCH)).verdict).toBe(verdict);
  });

  it('is refused however long ago, where it opens once', () => {
    expect(said(decide(passOf(), eventTicket, used(300 * DAY_MS), around(LUNCH)))).toEqual({
      verdict: 'refuse',
      reason: 'already-used',
      rule: null,
    });
  });

  it('is refused where its issuer allows one use, whatever the policy', () => {
    expect(decide(passOf({ single: true }), anyGenuine, used(DAY_MS), around(LUNCH)).reason).toBe('already-used');
  });

  it.each([...HEALTH_KINDS])('of kind %s is never used up for good', (kind) => {
    const single: Policy = { ...eventTicket, admits: [...KINDS] };
    expect(decide(passOf({ kind, single: true }), single, used(0), around(LUNCH)).verdict).toBe('admit');
  });

  it('is assisted where the owner wants that instead', () => {
    const kind: Policy = { ...eventTicket, verdicts: { 'already-used': 'assist' } };
    expect(decide(passOf(), kind, used(0), around(LUNCH)).verdict).toBe('assist');
  });

  it('is assisted, not refused, if a power cut may have swallowed the opening', () => {
    const swallowed: History = { ...NO_HISTORY, lastUse: { agoMs: 1_000 }, unshownAdmission: true };
    for (const policy of PRESETS) {
      expect(said(decide(passOf(), policy, swallowed, around(LUNCH)))).toEqual({
        verdict: 'assist',
        reason: 'already-used',
        rule: RULE_UNSHOWN,
      });
    }
  });
});

describe('a sticker', () => {
  const issued = LUNCH_MS - 23 * 60 * MINUTE_MS;
  const sticker = passOf({
    format: 'sticker',
    kind: 'vaccination',
    validFromMs: issued,
    validUntilMs: LUNCH_MS + 9 * DAY_MS,
  });

  it('is judged by the sticker part of the policy and not by the kinds of pass', () => {
    const noPasses: Policy = { ...anyGenuine, admits: ['ticket'] };
    expect(decide(sticker, noPasses, NO_HISTORY, around(LUNCH)).verdict).toBe('admit');
    const noStickers: Policy = { ...anyGenuine, sticker: { kinds: [], maxDays: 1 } };
    expect(decide(sticker, noStickers, NO_HISTORY, around(LUNCH)).rule).toBe(RULE_STICKER_KIND);
  });

  it('ends after the days that the policy gives it, to the millisecond', () => {
    const end = issued + DAY_MS;
    expect(decide(sticker, anyGenuine, NO_HISTORY, around({ atMs: end - 1, trusted: true })).reason).toBe('ok');
    expect(decide(sticker, anyGenuine, NO_HISTORY, around({ atMs: end, trusted: true })).rule).toBe(RULE_STICKER_AGE);
    expect(decide(sticker, anyGenuine, NO_HISTORY, around(LUNCH)).validUntilMs).toBe(end);
  });

  it('is a matter of the clock, not of the policy, where an unsure clock says that its own end has come', () => {
    const short = { ...sticker, validUntilMs: issued + 1_000 };
    const late = around({ atMs: issued + 2_000, trusted: false });
    expect(decide(short, anyGenuine, NO_HISTORY, late).reason).toBe('clock-unsure');
  });
});

describe('a scan that is no genuine pass', () => {
  const refusals = Object.keys(REASONS).filter(
    (reason) => !['ok', 'clock-unsure', 'already-used', 'rule-failed', 'trust-stale', 'journal-fault'].includes(reason),
  ) as PassReason[];

  it.each(refusals)('is never admitted for %s, whatever a policy says', (reason) => {
    const generous: Policy = {
      ...anyGenuine,
      clockUnsure: 'admit',
      verdicts: Object.fromEntries(Object.keys(REASONS).map((code) => [code, 'admit'])),
    };
    const refused = { reason, detail: '', finding: NO_FINDING };
    expect(decideRefusal(refused, generous).verdict).not.toBe('admit');
    expect(decideRefusal(refused, null).verdict).not.toBe('admit');
  });

  it.each(['bad-signature', 'algorithm-not-allowed', 'key-not-allowed', 'revoked'] as const)(
    'is refused for %s even if a policy would send it to staff',
    (reason) => {
      const soft: Policy = { ...anyGenuine, verdicts: { [reason]: 'assist' } };
      expect(decideRefusal({ reason, detail: '', finding: NO_FINDING }, soft).verdict).toBe('refuse');
    },
  );
});
