import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { RELEASED_AT_MS } from '../../src/base/version.ts';
import { HandSetClock } from '../../src/devices/clock/hand-set-clock.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { clockMemoryFile } from '../../src/kiosk/clock-memory.ts';
import { ClockWatch } from '../../src/kiosk/clock-watch.ts';
import { FITTING_MS, GRACE_MS } from '../../src/kiosk/deletion-grace.ts';

const NINE_MS = RELEASED_AT_MS + 30 * DAY_MS;
/** Often enough for the test; the kiosk looks every few seconds. */
const LOOK_MS = 10 * MINUTE_MS;
const YEAR_MS = 365 * DAY_MS;

let data: string;
let path: string;
let boots: number;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'munjigi-grace-'));
  path = join(data, 'clock-memory.json');
  boots = 0;
});
afterEach(() => rmSync(data, { recursive: true }));

interface Run {
  readonly watch: ClockWatch;
  /** A hand sets the clock. */
  set(toMs: number): void;
  /** @returns for how long of this time things may be deleted */
  pass(ms: number): number;
}

/** A machine without network and battery is switched on: what it shows is nobody's time. */
function switchedOn(vouchedMs: number | null = null): Run {
  boots += 1;
  const machine = new SimulatedTime(RELEASED_AT_MS + HOUR_MS);
  machine.trust(false);
  machine.advance(MINUTE_MS);
  return started(machine, new HandSetClock(machine), vouchedMs);
}

/** The program starts, on a machine whose clock may have been set in this boot. */
function started(machine: SimulatedTime, clock: HandSetClock<SimulatedTime>, vouchedMs: number | null = null): Run {
  const watch = new ClockWatch(
    clock,
    () => vouchedMs,
    clockMemoryFile(path, `boot-${boots}`, () => {}),
  );
  return {
    watch,
    set(toMs) {
      clock.setByHand(clock.settingFor(toMs));
      watch.wasSet();
    },
    pass(ms) {
      let may = 0;
      for (let left = ms; left > 0; left -= LOOK_MS) {
        watch.look();
        if (watch.deletesByMs() !== null) may += LOOK_MS;
        machine.advance(LOOK_MS);
      }
      watch.look();
      return may;
    },
  };
}

/** A day on which a hand sets the clock as soon as the kiosk runs. */
function dayOf(toMs: number, lastsMs: number): number {
  const run = switchedOn();
  run.set(toMs);
  return run.pass(lastsMs);
}

describe('a kiosk whose clock is set by hand each morning and that is off at night', () => {
  it('does not keep everybody for ever: from the third day on it deletes after an hour', () => {
    const may = Array.from({ length: 12 }, (_, day) => dayOf(NINE_MS + day * DAY_MS, 14 * HOUR_MS) / HOUR_MS);
    expect(may.slice(0, 3)).toEqual([0, 4, 13]);
    expect(new Set(may.slice(2))).toEqual(new Set([13]));
  });

  it('and runs for less than an hour deletes all the same, every other day', () => {
    dayOf(NINE_MS, 24 * HOUR_MS);
    const may = Array.from({ length: 6 }, (_, day) => dayOf(NINE_MS + (day + 1) * DAY_MS, 50 * MINUTE_MS) / MINUTE_MS);
    expect(may).toEqual([0, 40, 0, 40, 0, 40]);
  });

  it('deletes nothing on the day of a slip of the hand, nor on the next one, which puts it right', () => {
    dayOf(NINE_MS, 30 * HOUR_MS);
    expect(dayOf(NINE_MS + YEAR_MS, 14 * HOUR_MS)).toBe(0);
    expect(dayOf(NINE_MS + 2 * DAY_MS, 14 * HOUR_MS)).toBe(0);
    expect(dayOf(NINE_MS + 3 * DAY_MS, 14 * HOUR_MS)).toBe(4 * HOUR_MS);
  });
});

describe('a time that a hand sets', () => {
  const aheadMs = (ms: number): number => {
    const run = switchedOn(NINE_MS);
    run.set(NINE_MS + ms);
    return run.pass(GRACE_MS.small + LOOK_MS);
  };
  it.each([-FITTING_MS.before, 0, FITTING_MS.after])('fits the log at its edges (%i)', (ms) => {
    expect(aheadMs(ms)).toBe(LOOK_MS);
  });
  it.each([-FITTING_MS.before - 1, FITTING_MS.after + 1])('is wild beyond them (%i): the owner has a day', (ms) => {
    expect(aheadMs(ms)).toBe(0);
  });

  it('is wild where the log knows none', () => {
    expect(dayOf(NINE_MS, GRACE_MS.wild)).toBe(0);
  });

  it('counts what has passed since by monotonic time: a week without a look is no slip', () => {
    const run = switchedOn(NINE_MS);
    run.set(NINE_MS);
    run.pass(2 * HOUR_MS);
    run.set(NINE_MS + 2 * HOUR_MS + FITTING_MS.after);
    expect(run.pass(GRACE_MS.small + LOOK_MS)).toBe(LOOK_MS);
  });

  it('twice in one run has its whole hour anew: a second slip is not hidden by the first setting', () => {
    const run = switchedOn(NINE_MS);
    run.set(NINE_MS);
    run.pass(GRACE_MS.small - LOOK_MS);
    run.set(NINE_MS + DAY_MS);
    expect(run.pass(GRACE_MS.small)).toBe(0);
  });

  it('leaves what is left of its grace to a restart of the program, no more and no less', () => {
    boots += 1;
    const machine = new SimulatedTime(RELEASED_AT_MS);
    machine.trust(false);
    const clock = new HandSetClock(machine);
    const first = started(machine, clock);
    first.set(NINE_MS);
    first.pass(20 * HOUR_MS);
    const next = started(machine, clock);
    expect(next.pass(4 * HOUR_MS + LOOK_MS)).toBe(LOOK_MS);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"boot":"boot-1","knownMs":1e300,"knownAtMs":0,"graceMs":0}',
    '{"knownMs":null,"graceMs":-1}',
  ])('is wild if what is known of the clock is damaged (%j)', (text) => {
    dayOf(NINE_MS, 25 * HOUR_MS);
    writeFileSync(path, text);
    expect(dayOf(NINE_MS + 2 * DAY_MS, GRACE_MS.wild)).toBe(0);
  });
});

describe('a board without a battery that a time server sets at each start', () => {
  it('and that runs for half an hour a day deletes in each of them', () => {
    const may = Array.from({ length: 5 }, (_, day) => {
      boots += 1;
      const machine = new SimulatedTime(RELEASED_AT_MS);
      machine.trust(false);
      const run = started(machine, new HandSetClock(machine), NINE_MS + day * DAY_MS);
      machine.stepWall(NINE_MS + day * DAY_MS - RELEASED_AT_MS);
      machine.trust(true);
      return run.pass(30 * MINUTE_MS) / MINUTE_MS;
    });
    expect(may).toEqual([30, 30, 30, 30, 30]);
  });
});

it('a clock that was trusted and is stepped deletes nothing for an hour', () => {
  boots += 1;
  const machine = new SimulatedTime(NINE_MS);
  const run = started(machine, new HandSetClock(machine), NINE_MS);
  machine.stepWall(20 * HOUR_MS);
  expect(run.pass(GRACE_MS.small + LOOK_MS)).toBe(LOOK_MS);
});
