import { describe, expect, it } from 'vitest';
import { SAME_PRESENTATION_MS } from '../../src/kiosk/inbox.ts';
import { healthCard } from '../support/health-card.ts';
import { KioskRig } from '../support/kiosk-rig.ts';

const ADMIT = 'admit: ok';
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

  it('comes back after another one as a new presentation, so that nobody enters on the lamp of somebody else', async () => {
    const rig = await KioskRig.start();
    const ticket = rig.issuer.pass('ticket', { single: true });
    rig.scan(ticket);
    rig.scan(rig.issuer.pass('membership'));
    rig.scan(ticket);
    expect(rig.verdicts).toEqual([ADMIT, ADMIT, 'refuse: already-used']);
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

  it('does not hide the pass of whoever came before it', async () => {
    const rig = await KioskRig.start();
    const ticket = rig.issuer.pass('ticket', { single: true });
    rig.scan(ticket);
    for (const line of cardOf(rig, 2)) rig.scan(line);
    rig.scan(ticket);
    expect(rig.verdicts).toEqual([ADMIT, INCOMPLETE, ADMIT, 'refuse: already-used']);
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
