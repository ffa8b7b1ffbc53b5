import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { TrustedTime } from '../../src/journal/trusted-time.ts';
import { ClockWatch } from '../../src/kiosk/clock-watch.ts';
import { GRACE_MS } from '../../src/kiosk/deletion-grace.ts';
import { anyGenuine } from '../../src/policy/presets/any-genuine.ts';
import { eventTicket } from '../../src/policy/presets/event-ticket.ts';
import { ClockedJournal, NINE_MS } from '../support/clocked-journal.ts';
import { passback } from '../support/journal-file.ts';
import { passOf } from '../support/passes.ts';
import { RegisterSite } from '../support/register-site.ts';

it('a battery a year ahead that a hand puts right each morning is never believed: the used ticket stays used', () => {
  const kiosk = new ClockedJournal();
  const ticket = passOf({ single: true, validUntilMs: NINE_MS + 60 * DAY_MS });
  const verdicts = Array.from({ length: 15 }, (_, day) => {
    const rightMs = NINE_MS + day * DAY_MS;
    kiosk.switchOn(rightMs + 365 * DAY_MS);
    kiosk.run(20 * MINUTE_MS);
    kiosk.setByHand(rightMs + 20 * MINUTE_MS);
    kiosk.run(10 * MINUTE_MS);
    const verdict = kiosk.scan(ticket, eventTicket);
    kiosk.run(HOUR_MS);
    expect(kiosk.journal.lastTrustedMs() ?? 0).toBeLessThan(NINE_MS + 60 * DAY_MS);
    kiosk.switchOff();
    return verdict;
  });
  expect(verdicts).toEqual(['admit', ...Array.from({ length: 14 }, () => 'refuse')]);
});

it.each([1, 2, 20])(
  'a slip of the hand by %i day(s), noticed after an hour and a half, opens no used ticket',
  (days) => {
    const kiosk = new ClockedJournal();
    kiosk.switchOn(NINE_MS, false);
    kiosk.setByHand(NINE_MS);
    kiosk.run(25 * HOUR_MS);
    // Until the evening of this day.
    const ticket = passOf({ single: true, validUntilMs: NINE_MS + 36 * HOUR_MS });
    expect(kiosk.scan(ticket, eventTicket)).toBe('admit');
    kiosk.setByHand(NINE_MS + 25 * HOUR_MS + days * DAY_MS);
    kiosk.run(90 * MINUTE_MS);
    kiosk.setByHand(NINE_MS + 26.5 * HOUR_MS);
    expect(kiosk.scan(ticket, eventTicket)).toBe('refuse');
  },
);

describe('a time server that is 40 days behind', () => {
  it.each([1.5, 3.5])('for %s hours has nobody forgotten', (hours) => {
    const kiosk = new ClockedJournal();
    kiosk.switchOn(NINE_MS);
    kiosk.run(5 * HOUR_MS);
    for (let people = 0; people < 5; people += 1) kiosk.scan(passOf({ validUntilMs: null }), anyGenuine);
    kiosk.run(HOUR_MS);
    kiosk.machine.stepWall(-40 * DAY_MS);
    kiosk.run(hours * HOUR_MS);
    kiosk.machine.stepWall(40 * DAY_MS);
    kiosk.run(6 * HOUR_MS);
    expect(kiosk.counts()).toMatchObject({ salts: 5, facts: 5 });
  });

  it.each([
    ['a step', true],
    ['what it sets after nobody had vouched for the time', false],
  ])('for some hours deletes no visitor of today (%s)', async (_how, staysTrusted) => {
    const site = new RegisterSite();
    const trusted = new TrustedTime(site.time.wall().atMs);
    const watch = new ClockWatch(site.clock, () => trusted.atMs, null);
    const run = (ms: number): void => {
      for (let left = ms; left > 0; left -= 10 * MINUTE_MS) {
        site.time.advance(10 * MINUTE_MS);
        watch.look();
        const byMs = watch.deletesByMs();
        if (byMs !== null) expect(site.register.purge(byMs)).toBeNull();
        trusted.recorded(site.clock.wall(), 'boot', site.time.monotonicMs());
      }
    };
    run(2 * HOUR_MS);
    await site.added();
    site.time.trust(staysTrusted);
    run(10 * MINUTE_MS);
    site.time.trust(true);
    site.time.stepWall(-40 * DAY_MS);
    run(GRACE_MS.back);
    site.time.stepWall(40 * DAY_MS);
    run(8 * HOUR_MS);
    expect(site.exported()).toHaveLength(1);
  });
});

describe('what a wrong clock has dated into the future', () => {
  it('is as it was for a clock that is wrong in the past: the month before, for a day, has nobody forgotten', () => {
    const kiosk = new ClockedJournal();
    kiosk.switchOn(NINE_MS, false);
    kiosk.setByHand(NINE_MS);
    for (let people = 0; people < 5; people += 1) kiosk.scan(passOf({ validUntilMs: null }), passback);
    kiosk.run(DAY_MS, HOUR_MS);
    kiosk.setByHand(NINE_MS - 30 * DAY_MS);
    kiosk.run(2 * DAY_MS, HOUR_MS);
    kiosk.setByHand(NINE_MS + 3 * DAY_MS);
    kiosk.run(20 * DAY_MS, 6 * HOUR_MS);
    expect(kiosk.counts()).toMatchObject({ salts: 5, facts: 5 });
    kiosk.run(6 * DAY_MS, 6 * HOUR_MS);
    expect(kiosk.counts()).toEqual({ salts: 0, facts: 0, uses: 0 });
  });

  it('is forgotten within 29 days, the key of a passback too, and a ticket that opens once stays used', () => {
    const kiosk = new ClockedJournal();
    kiosk.switchOn(NINE_MS);
    kiosk.run(5 * HOUR_MS);
    const ticket = passOf({ single: true, validUntilMs: NINE_MS + 300 * DAY_MS });
    kiosk.machine.stepWall(365 * DAY_MS);
    kiosk.scan(passOf({ validUntilMs: null }), passback);
    kiosk.scan({ ...ticket, validUntilMs: NINE_MS + 400 * DAY_MS }, eventTicket);
    kiosk.run(HOUR_MS);
    kiosk.machine.stepWall(-365 * DAY_MS);
    kiosk.run(27 * DAY_MS, 6 * HOUR_MS);
    expect(kiosk.counts()).toEqual({ salts: 2, facts: 2, uses: 2 });
    kiosk.run(2 * DAY_MS, 6 * HOUR_MS);
    expect(kiosk.counts()).toEqual({ salts: 0, facts: 0, uses: 1 });
    expect(kiosk.scan(ticket, eventTicket)).toBe('refuse');
  });

  it('is forgotten too where the clock was put back twice, and what was noticed under the wrong one does not count', () => {
    const kiosk = new ClockedJournal();
    kiosk.switchOn(NINE_MS, false);
    kiosk.setByHand(NINE_MS + 900 * DAY_MS);
    kiosk.scan(passOf({ validUntilMs: null }), passback);
    kiosk.setByHand(NINE_MS + 400 * DAY_MS);
    kiosk.run(2 * DAY_MS, HOUR_MS);
    kiosk.setByHand(NINE_MS);
    kiosk.run(28 * DAY_MS, 6 * HOUR_MS);
    expect(kiosk.counts()).toMatchObject({ salts: 1 });
    kiosk.run(2 * DAY_MS, 6 * HOUR_MS);
    expect(kiosk.counts()).toEqual({ salts: 0, facts: 0, uses: 0 });
  });
});
