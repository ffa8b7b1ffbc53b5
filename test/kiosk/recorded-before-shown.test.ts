import { describe, expect, it } from 'vitest';
import { SAME_PRESENTATION_MS } from '../../src/kiosk/inbox.ts';
import { KioskRig } from '../support/kiosk-rig.ts';

const SHOWN_MS = 60_000;

describe('no lamp before its entry', () => {
  it('holds for each verdict at the door', async () => {
    const rig = await KioskRig.start();
    const ticket = rig.issuer.pass('ticket', { single: true });
    rig.scan(ticket);
    rig.scan('a bus ticket');
    rig.time.advance(SAME_PRESENTATION_MS);
    rig.scan(ticket);
    const scans = rig.entriesOf('scan').map(({ seq }) => seq);
    expect(rig.verdicts).toEqual(['admit: ok', 'assist: unsupported-format', 'refuse: already-used']);
    expect(rig.given.map(({ pattern, seq }) => [pattern.lamp, seq])).toEqual([
      ['green', scans[0]],
      ['amber', scans[1]],
      ['red', scans[2]],
    ]);
    for (const { seq, recorded } of rig.given) expect(recorded).toBeGreaterThan(seq ?? Number.POSITIVE_INFINITY);
  });

  it.each([
    ['admit', 'staff-admitted', 'green', { green: true, relay: true }],
    ['refuse', 'staff-refused', 'red', { red: true, relay: false }],
  ] as const)('holds when staff %s after an assist', async (button, type, lamp, levels) => {
    const rig = await KioskRig.start();
    rig.scan('a bus ticket');
    const { scan } = rig.kiosk.state().door;
    rig.kiosk.dispatch({ kind: 'staff-button', button, scan, because: 'issuer-app' });
    const [assist] = rig.entriesOf('scan');
    const [staff] = rig.entriesOf(type);
    expect(staff).toMatchObject({ of: assist?.seq, because: 'issuer-app' });
    const last = rig.given.at(-1);
    expect([last?.pattern.lamp, last?.seq]).toEqual([lamp, staff?.seq]);
    expect(last?.recorded).toBeGreaterThan(staff?.seq ?? Number.POSITIVE_INFINITY);
    expect(rig.levels).toMatchObject(levels);
  });

  it('and staff cannot overrule a verdict that is no assist', async () => {
    const rig = await KioskRig.start();
    const ticket = rig.issuer.pass('ticket', { single: true });
    rig.scan(ticket);
    rig.press('refuse');
    rig.scan('a bus ticket');
    rig.time.advance(SAME_PRESENTATION_MS);
    rig.scan(ticket);
    rig.press('admit');
    expect(rig.entriesOf('staff-admitted', 'staff-refused')).toEqual([]);
    expect(rig.levels).toMatchObject({ red: true, relay: false });
  });
});

describe('staff who press for the one before', () => {
  it('let in nobody else: the press is noted, and the one in view waits for the next', async () => {
    const rig = await KioskRig.start();
    rig.scan('a bus ticket');
    const { scan } = rig.kiosk.state().door;
    rig.scan('a library card');
    rig.press('admit', scan);
    expect(rig.levels).toMatchObject({ green: false, relay: false });
    expect(rig.entriesOf('staff-missed', 'staff-admitted')).toMatchObject([{ type: 'staff-missed', button: 'admit' }]);
    rig.press('admit');
    expect(rig.levels).toMatchObject({ green: true, relay: true });
  });
});

describe('what was shown', () => {
  it('is noted after the lamp, for admissions alone', async () => {
    const rig = await KioskRig.start();
    rig.scan(rig.issuer.pass('membership'));
    const [admission] = rig.entriesOf('scan');
    expect(rig.entriesOf('shown')).toEqual([]);
    rig.time.advance(SHOWN_MS);
    rig.scan('a bus ticket');
    rig.time.advance(SHOWN_MS);
    expect(rig.entriesOf('shown')).toMatchObject([{ of: admission?.seq }]);
  });

  it('and was not noted before a power cut makes the same pass an assist, until staff decide; the next restart too', async () => {
    const rig = await KioskRig.start();
    const ticket = rig.issuer.pass('ticket', { single: true });
    rig.scan(ticket);
    rig.cutPower();
    await rig.boot();
    rig.scan(ticket);
    expect(rig.entriesOf('scan').at(-1)).toMatchObject({ verdict: 'assist', rule: 'door-may-not-have-opened' });
    rig.press('admit');
    rig.time.advance(SHOWN_MS);
    rig.cutPower();
    await rig.boot();
    rig.scan(ticket);
    expect(rig.entriesOf('scan').at(-1)).toMatchObject({ verdict: 'refuse', reason: 'already-used', rule: null });
  });
});
