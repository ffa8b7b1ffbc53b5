import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, isEvident } from '../../../src/base/time.ts';
import { HandSetClock } from '../../../src/devices/clock/hand-set-clock.ts';
import { SimulatedTime } from '../../../src/devices/clock/simulated-time.ts';

const MACHINE_MS = Date.UTC(2030, 0, 1);
const NOW_MS = Date.UTC(2026, 11, 1);

function clocks(trusted: boolean) {
  const machine = new SimulatedTime(MACHINE_MS);
  machine.trust(trusted);
  return { machine, clock: new HandSetClock(machine) };
}

describe('a clock that the owner sets', () => {
  test('is the machine’s until then, and afterwards runs on with monotonic time', () => {
    const { machine, clock } = clocks(false);
    expect(clock.wall()).toEqual(machine.wall());
    clock.setByHand(clock.settingFor(NOW_MS));
    expect(clock.wall()).toEqual({ atMs: NOW_MS, trusted: true, handSet: true });
    machine.advance(HOUR_MS);
    machine.stepWall(-DAY_MS);
    expect(clock.wall().atMs).toBe(NOW_MS + HOUR_MS);
  });

  test('is believed at the door and is no evidence for a stranger', () => {
    const { machine, clock } = clocks(true);
    expect(isEvident(clock.wall())).toBe(true);
    clock.setByHand(clock.settingFor(NOW_MS));
    expect([clock.wall().trusted, isEvident(clock.wall())]).toEqual([true, false]);
    machine.trust(false);
    expect(isEvident(clock.wall())).toBe(false);
  });

  test('gives way to a time server that comes later, for good', () => {
    const { machine, clock } = clocks(false);
    clock.setByHand(clock.settingFor(NOW_MS));
    machine.trust(true);
    expect(clock.wall()).toEqual(machine.wall());
    machine.trust(false);
    expect(clock.wall()).toEqual(machine.wall());
  });

  test('does not give way to the one that was wrong when it was set', () => {
    const { machine, clock } = clocks(true);
    clock.setByHand(clock.settingFor(NOW_MS));
    machine.advance(DAY_MS);
    expect(clock.wall().atMs).toBe(NOW_MS + DAY_MS);
  });
});
