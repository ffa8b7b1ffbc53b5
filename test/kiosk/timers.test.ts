import { describe, expect, it } from 'vitest';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { NamedTimers } from '../../src/kiosk/timers.ts';
import { KioskRig } from '../support/kiosk-rig.ts';

describe('a named timer', () => {
  it('that is started again fires once, at the later time', () => {
    const time = new SimulatedTime(0);
    const timers = new NamedTimers<'lamp' | 'bell'>(time);
    const fired: string[] = [];
    timers.start('lamp', 10, () => fired.push('first'));
    time.advance(9);
    timers.start('lamp', 10, () => fired.push('second'));
    time.advance(9);
    expect([fired, timers.names()]).toEqual([[], ['lamp']]);
    time.advance(1);
    expect([fired, timers.names()]).toEqual([['second'], []]);
  });

  it('that is stopped never fires, and stops no other', () => {
    const time = new SimulatedTime(0);
    const timers = new NamedTimers<'lamp' | 'bell'>(time);
    const fired: string[] = [];
    timers.start('lamp', 10, () => fired.push('lamp'));
    timers.start('bell', 10, () => fired.push('bell'));
    timers.stop('lamp');
    time.advance(20);
    expect(fired).toEqual(['bell']);
    timers.start('bell', 10, () => fired.push('bell'));
    timers.stopAll();
    time.advance(20);
    expect([fired, timers.names()]).toEqual([['bell'], []]);
  });
});

describe('a verdict', () => {
  it('gives way to rest after its time, all lines off', async () => {
    const rig = await KioskRig.start();
    rig.scan(rig.issuer.pass('membership'));
    rig.time.advance(2_999);
    expect(rig.kiosk.state()).toMatchObject({ door: { state: 'showing' }, signal: { green: true, relay: false } });
    rig.time.advance(1);
    expect(rig.kiosk.state()).toMatchObject({ door: { state: 'ready', scan: null }, signal: { green: false } });
  });

  it('is shown for its whole time although the one before it ends', async () => {
    const rig = await KioskRig.start();
    rig.scan(rig.issuer.pass('membership'));
    rig.time.advance(2_000);
    rig.scan('a bus ticket');
    rig.time.advance(20_000);
    expect(rig.kiosk.state().door).toMatchObject({ state: 'showing', verdict: 'assist' });
  });
});
