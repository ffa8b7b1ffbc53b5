import { describe, expect, it, vi } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { signalFor } from '../../src/door/signals.ts';
import { KioskRig } from '../support/kiosk-rig.ts';

const LOOK_MS = 10_000;

describe('a device that fails', () => {
  it('closes the door, is an entry, and is one again when it comes back', async () => {
    const rig = await KioskRig.start();
    expect(rig.entriesOf('device-ready')).toMatchObject([
      { device: 'signal' },
      { device: 'printer' },
      { device: 'scanner' },
    ]);
    rig.scanner.unplug();
    expect(rig.kiosk.state().door).toMatchObject({ state: 'out-of-service' });
    rig.scanner.plug();
    expect(rig.kiosk.state().door).toMatchObject({ state: 'ready' });
    expect(rig.entriesOf('device-lost', 'device-ready').slice(3)).toMatchObject([
      { type: 'device-lost', device: 'scanner' },
      { type: 'device-ready', device: 'scanner' },
    ]);
  });

  it('while someone is being admitted leaves that person the open door', async () => {
    const rig = await KioskRig.start();
    rig.scan(rig.issuer.pass('membership'));
    rig.scanner.unplug();
    expect(rig.kiosk.state()).toMatchObject({ door: { state: 'showing' }, signal: { green: true, relay: true } });
    rig.time.advance(MINUTE_MS);
    expect(rig.kiosk.state()).toMatchObject({ door: { state: 'out-of-service' }, signal: { green: false } });
  });

  it('and is a printer is an entry and nothing else: without paper the door opens as ever', async () => {
    const rig = await KioskRig.start();
    rig.printer.setTrouble('paper-out');
    expect(rig.entriesOf('device-fault')).toMatchObject([{ device: 'printer' }]);
    rig.scan(rig.issuer.pass('membership'));
    expect(rig.levels).toMatchObject({ green: true, relay: true });
    rig.press('sticker');
    await rig.log.next((event) => event === 'sticker-unprinted');
    const [issued] = rig.entriesOf('sticker-issued');
    expect(rig.entriesOf('sticker-unprinted')).toMatchObject([
      { sticker: issued !== undefined && 'sticker' in issued ? issued.sticker : '', fault: 'paper-out' },
    ]);
  });

  it('and is a printer that hangs holds up nobody', async () => {
    const rig = await KioskRig.start();
    rig.printer.setTrouble('hangs');
    rig.scan(rig.issuer.pass('membership'));
    rig.press('sticker');
    await vi.waitFor(() => expect(rig.entriesOf('sticker-issued')).toHaveLength(1));
    rig.scan(rig.issuer.pass('membership'));
    expect(rig.kiosk.state()).toMatchObject({ door: { verdict: 'admit', scan: 2 }, signal: { relay: true } });
    await vi.waitFor(() => {
      rig.time.advance(MINUTE_MS);
      expect(rig.entriesOf('sticker-unprinted')).toMatchObject([{ fault: 'timeout' }]);
    });
  });
});

describe('a wall clock', () => {
  it('that was set is an entry with the size of the step, told once', async () => {
    const rig = await KioskRig.start();
    rig.time.stepWall(-3 * HOUR_MS);
    rig.time.advance(2 * LOOK_MS);
    expect(rig.entriesOf('clock-step')).toMatchObject([{ byMs: -3 * HOUR_MS }]);
  });

  it.each([
    [2_000, 0],
    [2_001, 1],
  ])('that moved by %i ms is %i entries', async (byMs, entries) => {
    const rig = await KioskRig.start();
    rig.time.stepWall(byMs);
    rig.time.advance(LOOK_MS);
    expect(rig.entriesOf('clock-step')).toHaveLength(entries);
  });

  it('that nobody vouches for any more is an entry, and turns an admission into an assist', async () => {
    const rig = await KioskRig.start();
    rig.time.trust(false);
    rig.scan(rig.issuer.pass('membership'));
    expect(rig.verdicts).toEqual(['assist: clock-unsure']);
    rig.time.advance(LOOK_MS);
    rig.time.trust(true);
    rig.time.advance(LOOK_MS);
    expect(rig.entriesOf('clock-trust')).toMatchObject([{ trusted: false }, { trusted: true }]);
    expect(rig.entriesOf('clock-trust')).toMatchObject([{ clock: 'unsure' }, { clock: 'trusted' }]);
  });
});

describe('an owner who spares people who need help', () => {
  const patternsOf = async (assistSoundsLikeAdmit: boolean) => {
    const rig = await KioskRig.start({ settings: { assistSoundsLikeAdmit } });
    rig.scan(rig.issuer.pass('membership'));
    rig.scan('a bus ticket');
    return rig.given.map(({ pattern }) => pattern);
  };

  it('gives assist the sound of an admission; lamp and strike stay what they are', async () => {
    const [admit, assist] = await patternsOf(true);
    expect(assist?.buzzerMs).toEqual(admit?.buzzerMs);
    expect([assist?.lamp, assist?.relayMs]).toEqual(['amber', 0]);
  });

  it('and by default the ear can tell them apart', async () => {
    const [admit, assist] = await patternsOf(false);
    expect(assist?.buzzerMs).not.toEqual(admit?.buzzerMs);
    expect(assist).toEqual(signalFor('assist', { assistSoundsLikeAdmit: false, relayMs: 1_500 }));
  });

  it('sets how long the strike is released', async () => {
    const rig = await KioskRig.start({ settings: { relayMs: 700 } });
    rig.scan(rig.issuer.pass('membership'));
    rig.time.advance(699);
    expect(rig.levels.relay).toBe(true);
    rig.time.advance(1);
    expect(rig.levels).toMatchObject({ relay: false, green: true });
  });
});

it('an orderly stop is the last entry, with every line at rest', async () => {
  const rig = await KioskRig.start();
  rig.scan(rig.issuer.pass('membership'));
  const [admission] = rig.entriesOf('scan');
  await rig.kiosk.stop();
  expect(rig.entries.slice(-2)).toMatchObject([{ type: 'shown', of: admission?.seq }, { type: 'stop' }]);
});
