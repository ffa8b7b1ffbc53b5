import { describe, expect, it } from 'vitest';
import type { PublicState } from '../../src/door/public-state.ts';
import { presetNamed } from '../../src/policy/presets.ts';
import { KioskRig } from '../support/kiosk-rig.ts';

const SETTLED_MS = 60_000;

describe('a full disk', () => {
  it('opens for nobody, says why in amber, and is told in the journal once there is room again', async () => {
    const rig = await KioskRig.start();
    rig.disk.setFull(true);
    for (const kind of ['membership', 'ticket'] as const) {
      rig.scan(rig.issuer.pass(kind));
      expect(rig.levels).toMatchObject({ green: false, amber: true, relay: false });
      expect(rig.kiosk.state().door).toMatchObject({ verdict: 'assist', reason: 'journal-fault' });
    }
    rig.time.advance(SETTLED_MS);
    expect(rig.entriesOf('scan', 'unrecorded', 'shown')).toEqual([]);
    expect(rig.given.map(({ pattern, seq }) => [pattern.lamp, pattern.relayMs, seq])).toEqual([
      ['amber', 0, null],
      ['amber', 0, null],
    ]);

    rig.disk.setFull(false);
    rig.time.advance(SETTLED_MS);
    expect(rig.entriesOf('scan', 'unrecorded')).toMatchObject([{ type: 'unrecorded', count: 2, fault: 'SQLITE_FULL' }]);
    rig.time.advance(SETTLED_MS);
    expect(rig.entriesOf('unrecorded')).toHaveLength(1);
    rig.scan(rig.issuer.pass('membership'));
    expect(rig.levels).toMatchObject({ green: true, relay: true });
  });

  it('is announced before anybody stands at the door, and its end is told in the journal', async () => {
    const rig = await KioskRig.start();
    rig.disk.setFull(true);
    expect(rig.kiosk.state().journal.low).toBe(true);
    rig.time.advance(SETTLED_MS);
    rig.disk.setFull(false);
    expect(rig.kiosk.state().journal.low).toBe(false);
    rig.time.advance(SETTLED_MS);
    expect(rig.entriesOf('disk-low', 'disk-ready', 'unrecorded')).toMatchObject([
      { type: 'unrecorded', count: 1, fault: 'SQLITE_FULL' },
      { type: 'disk-ready' },
    ]);
  });

  it('is not opened by staff either: no opening without a record', async () => {
    const rig = await KioskRig.start();
    rig.scan('somebody’s shopping list');
    expect(rig.kiosk.state().door).toMatchObject({ verdict: 'assist', reason: 'unsupported-format' });
    rig.disk.setFull(true);
    rig.press('admit');
    expect(rig.kiosk.state().door).toMatchObject({ verdict: 'assist', reason: 'journal-fault' });
    expect(rig.levels).toMatchObject({ green: false, relay: false });
    rig.disk.setFull(false);
    rig.press('admit');
    expect(rig.levels).toMatchObject({ green: true, relay: true });
    expect(rig.entriesOf('staff-admitted')).toHaveLength(1);
  });

  it('that filled up while it had something to tell keeps it until there is room', async () => {
    const rig = await KioskRig.start();
    rig.scan(rig.issuer.pass('membership'));
    const [admission] = rig.entriesOf('scan');
    rig.disk.setFull(true);
    rig.time.advance(SETTLED_MS);
    expect(rig.entriesOf('shown')).toEqual([]);
    rig.disk.setFull(false);
    rig.time.advance(SETTLED_MS);
    expect(rig.entriesOf('shown')).toMatchObject([{ of: admission?.seq }]);
  });

  it('does not hide that a device failed meanwhile', async () => {
    const rig = await KioskRig.start();
    rig.disk.setFull(true);
    rig.scanner.unplug();
    expect(rig.kiosk.state()).toMatchObject({
      door: { state: 'out-of-service' },
      devices: { scanner: { state: 'lost' } },
    });
    rig.disk.setFull(false);
    rig.time.advance(SETTLED_MS);
    expect(rig.entriesOf('unrecorded')).toMatchObject([{ count: 1 }]);
  });

  it('gives out no sticker that the journal does not know', async () => {
    const rig = await KioskRig.start();
    rig.scan(rig.issuer.pass('membership'));
    rig.disk.setFull(true);
    rig.press('sticker');
    await rig.log.next((event) => event === 'sticker-refused');
    expect(rig.printer.printed).toEqual([]);
    expect(rig.entriesOf('sticker-issued')).toEqual([]);
  });
});

describe('what a door does that cannot write', () => {
  it.each([
    ['assist', 'amber'],
    ['refuse', 'red'],
  ] as const)('is %s where the owner chose that, on the screen in the same turn', async (verdict, lamp) => {
    const preset = presetNamed('any-genuine');
    if (preset === null) throw new Error('there is no such preset');
    const rig = await KioskRig.start({ policy: { ...preset, verdicts: { 'journal-fault': verdict } } });
    const told: PublicState[] = [];
    rig.kiosk.subscribe((state) => told.push(state));
    rig.disk.setFull(true);
    rig.scan(rig.issuer.pass('membership'));
    expect(told.at(-1)?.door).toMatchObject({ verdict, reason: 'journal-fault' });
    expect(told.at(-1)?.signal).toMatchObject({ green: false, relay: false, [lamp]: true });
  });
});
