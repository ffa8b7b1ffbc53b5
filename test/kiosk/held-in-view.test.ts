import { describe, expect, it } from 'vitest';
import { MAX_IN_VIEW, SAME_PRESENTATION_MS } from '../../src/kiosk/inbox.ts';
import { healthCard } from '../support/health-card.ts';
import { KioskRig } from '../support/kiosk-rig.ts';

const ADMIT = 'admit: ok';
const USED = 'refuse: already-used';
const INCOMPLETE = 'assist: incomplete';
const cardOf = (rig: KioskRig, codes: number): readonly string[] =>
  healthCard(rig.issuer.signer, 'https://cards.example', codes);

describe('a code that is held up', () => {
  it.each([300, 1_000, 2_900, SAME_PRESENTATION_MS - 1])(
    'and read again after %i ms is judged once',
    async (afterMs) => {
      const rig = await KioskRig.start();
      const pass = rig.issuer.pass('membership');
      rig.scan(pass);
      rig.time.advance(afterMs);
      rig.scan(pass);
      expect(rig.verdicts).toEqual([ADMIT]);
      expect(rig.kiosk.state().door).toMatchObject({ scan: 1 });
    },
  );

  it('and read again after 3 seconds is presented anew', async () => {
    const rig = await KioskRig.start();
    const pass = rig.issuer.pass('membership');
    rig.scan(pass);
    rig.time.advance(SAME_PRESENTATION_MS);
    rig.scan(pass);
    expect(rig.verdicts).toEqual([ADMIT, ADMIT]);
    expect(rig.kiosk.state().door).toMatchObject({ scan: 2 });
  });

  it('for a minute is judged once: what counts is its last sight, not its first', async () => {
    const rig = await KioskRig.start();
    const ticket = rig.issuer.pass('ticket', { single: true });
    for (let sight = 0; sight < 60_000 / 500; sight += 1) {
      rig.scan(ticket);
      rig.time.advance(500);
    }
    expect(rig.verdicts).toEqual([ADMIT]);
  });

  it('comes back after another one as a new presentation once it was out of view', async () => {
    const rig = await KioskRig.start();
    const ticket = rig.issuer.pass('ticket', { single: true });
    rig.scan(ticket);
    rig.scan(rig.issuer.pass('membership'));
    rig.time.advance(SAME_PRESENTATION_MS);
    rig.scan(ticket);
    expect(rig.verdicts).toEqual([ADMIT, ADMIT, USED]);
  });

  it('while the door is out of service counts as soon as the door is back', async () => {
    const rig = await KioskRig.start();
    const pass = rig.issuer.pass('membership');
    rig.kiosk.dispatch({ kind: 'part', part: 'signal', up: false });
    for (let sight = 0; sight < 5; sight += 1) {
      rig.scan(pass);
      rig.time.advance(300);
    }
    expect(rig.verdicts).toEqual([]);
    rig.kiosk.dispatch({ kind: 'part', part: 'signal', up: true });
    rig.scan(pass);
    expect(rig.verdicts).toEqual([ADMIT]);
  });

  it('and is too long is told each time: nothing of it is known that could be compared', async () => {
    const rig = await KioskRig.start();
    rig.scanner.overlong();
    rig.scanner.overlong();
    expect(rig.verdicts).toEqual(['assist: too-long', 'assist: too-long']);
  });
});

describe('codes that lie side by side', () => {
  const ticketsOf = (rig: KioskRig, count: number): readonly string[] =>
    Array.from({ length: count }, () => rig.issuer.pass('ticket', { single: true }));

  it.each([2, MAX_IN_VIEW])('%i of them, read in turn, are each judged once and none is called used', async (count) => {
    const rig = await KioskRig.start();
    const tickets = ticketsOf(rig, count);
    for (let sight = 0; sight < 60; sight += 1) {
      rig.scan(tickets[sight % count] ?? '');
      rig.time.advance(500);
    }
    expect(rig.verdicts).toEqual(tickets.map(() => ADMIT));
  });

  it('and are one more than the reader can have in view are told apart by their use alone', async () => {
    const rig = await KioskRig.start();
    const tickets = ticketsOf(rig, MAX_IN_VIEW + 1);
    for (const ticket of [...tickets, tickets[0] ?? '']) rig.scan(ticket);
    expect(rig.verdicts).toEqual([...tickets.map(() => ADMIT), USED]);
  });

  it('let nobody in on a copy: the door shows what it showed, and the strike is not released again', async () => {
    const rig = await KioskRig.start();
    const [ticket = ''] = ticketsOf(rig, 1);
    rig.scan(ticket);
    rig.time.advance(500);
    rig.scan(rig.issuer.pass('membership'));
    rig.time.advance(1_600);
    const [before, given] = [rig.kiosk.state(), rig.given.length];
    rig.scan(ticket);
    expect(rig.kiosk.state()).toEqual(before);
    expect([rig.given.length, rig.levels.relay]).toEqual([given, false]);
    rig.time.advance(SAME_PRESENTATION_MS);
    rig.scan(ticket);
    expect(rig.verdicts).toEqual([ADMIT, ADMIT, USED]);
  });

  it('and of which one was turned away show that one red again: nobody enters on the lamp of somebody else', async () => {
    const rig = await KioskRig.start();
    const [used = '', good = ''] = ticketsOf(rig, 2);
    rig.scan(used);
    rig.time.advance(SAME_PRESENTATION_MS);
    for (const line of [used, good, used, good]) rig.scan(line);
    expect(rig.verdicts).toEqual([ADMIT, USED, ADMIT, USED]);
    expect(rig.levels).toMatchObject({ red: true, green: false, relay: false });
  });

  it('and of which one was let in by staff do not call that one used', async () => {
    const rig = await KioskRig.start({ policy: 'event-ticket' });
    const [ticket = ''] = ticketsOf(rig, 1);
    rig.time.trust(false);
    rig.scan(ticket);
    rig.press('admit');
    rig.scan('a bus ticket');
    rig.scan(ticket);
    expect(rig.verdicts).toEqual(['assist: clock-unsure', 'assist: unsupported-format']);
  });
});

describe('a card of several codes', () => {
  it('is one presentation while its codes are read in turn, before and after it is whole', async () => {
    const rig = await KioskRig.start();
    const [first = '', second = '', third = ''] = cardOf(rig, 3);
    for (const line of [first, second, first, second, first]) rig.scan(line);
    expect(rig.verdicts).toEqual([INCOMPLETE, INCOMPLETE]);
    for (const line of [third, first, second, third, first]) {
      rig.scan(line);
      rig.time.advance(700);
    }
    expect(rig.verdicts).toEqual([INCOMPLETE, INCOMPLETE, ADMIT]);
  });

  it('beside a ticket is read as if it lay there alone, and hides nothing once the ticket was away', async () => {
    const rig = await KioskRig.start();
    const ticket = rig.issuer.pass('ticket', { single: true });
    const [first = '', second = ''] = cardOf(rig, 2);
    for (const line of [ticket, first, ticket, second, first, ticket]) rig.scan(line);
    expect(rig.verdicts).toEqual([ADMIT, INCOMPLETE, ADMIT]);
    rig.time.advance(SAME_PRESENTATION_MS);
    rig.scan(ticket);
    expect(rig.verdicts).toEqual([ADMIT, INCOMPLETE, ADMIT, USED]);
  });

  it('does not hide the codes of a card before it', async () => {
    const rig = await KioskRig.start();
    const [left = ''] = cardOf(rig, 3);
    rig.scan(left);
    rig.scan(rig.issuer.pass('membership'));
    for (const line of cardOf(rig, 2)) rig.scan(line);
    rig.scan(left);
    expect(rig.verdicts).toEqual([INCOMPLETE, ADMIT, INCOMPLETE, ADMIT, INCOMPLETE]);
  });
});
