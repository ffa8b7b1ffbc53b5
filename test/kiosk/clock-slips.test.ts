import { expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { eventTicket } from '../../src/policy/presets/event-ticket.ts';
import { ClockedJournal, NINE_MS } from '../support/clocked-journal.ts';
import { passOf } from '../support/passes.ts';

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
