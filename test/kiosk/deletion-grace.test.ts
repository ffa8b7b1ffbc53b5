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
  /** @returns for how long of this time things may be deleted by a time that is not before `notBeforeMs` */
  pass(ms: number, notBeforeMs?: number): number;
  /** The latest time by which things could be deleted while time passed; null if they could not. */
  readonly deletedByMs: number | null;
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
  let deletedByMs: number | null = null;
  return {
    watch,
    get deletedByMs() {
      return deletedByMs;
    },
    set(toMs) {
      clock.setByHand(clock.settingFor(toMs));
      watch.wasSet();
    },
    pass(ms, notBeforeMs = 0) {
      let may = 0;
      for (let left = ms; left > 0; left -= LOOK_MS) {
        watch.look();
        const byMs = watch.deletesByMs();
        if (byMs !== null) deletedByMs = Math.max(deletedByMs ?? 0, byMs);
        if (byMs !== null && byMs >= notBeforeMs) may += LOOK_MS;
        machine.advance(LOOK_MS);
      }
      watch.look();
      return may;
    },
  };
}

/** A day on which a hand sets the clock as soon as the kiosk runs. @returns for how long things may be deleted by that */
function dayOf(toMs: number, lastsMs: number): number {
  const run = switchedOn();
  run.set(toMs);
  return run.pass(lastsMs, toMs);
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

  it('deletes nothing by the date of a slip of the hand, nor on the next day by the one that puts it right', () => {
    dayOf(NINE_MS, 30 * HOUR_MS);
    expect(dayOf(NINE_MS + YEAR_MS, 14 * HOUR_MS)).toBe(0);
    expect(dayOf(NINE_MS + 2 * DAY_MS, 14 * HOUR_MS)).toBe(0);
    expect(dayOf(NINE_MS + 3 * DAY_MS, 14 * HOUR_MS)).toBe(4 * HOUR_MS);
  });
});

describe('a kiosk without battery and network that is off for days', () => {
  const RESTS_MS = 7 * DAY_MS;
  it.each([
    ['a church, for eight hours on Sundays', [6], 8],
    ['a club, for fifty minutes on Sundays', [6], 5 / 6],
    ['a canteen, for four hours from Monday to Friday', [0, 1, 2, 3, 4], 4],
    ['a theatre, for six hours from Thursday to Sunday', [3, 4, 5, 6], 6],
  ] as const)('keeps nobody for ever, and nobody a week longer than that: %s', (_who, weekdays, hours) => {
    const lags: number[] = [];
    for (let day = 0; day < 9 * 7; day += 1) {
      if (!weekdays.some((weekday) => weekday === day % 7)) continue;
      const run = switchedOn();
      run.set(NINE_MS + day * DAY_MS);
      run.pass(hours * HOUR_MS);
      if (run.deletedByMs !== null) lags.push(NINE_MS + day * DAY_MS + hours * HOUR_MS - run.deletedByMs);
    }
    expect(lags.length).toBeGreaterThan(3);
    expect(Math.max(...lags)).toBeLessThanOrEqual(RESTS_MS + LOOK_MS);
  });

  /** Sundays of a church: each is set to one of these times, in milliseconds after the first. */
  const sundays = (...setTo: readonly (readonly number[])[]): readonly (number | null)[] =>
    setTo.map((times) => {
      const run = switchedOn();
      for (const ms of times) {
        run.set(NINE_MS + ms);
        run.pass(2 * HOUR_MS);
      }
      return run.deletedByMs === null ? null : run.deletedByMs - NINE_MS;
    });
  const WEEK_MS = 7 * DAY_MS;
  const ENDS_MS = 2 * HOUR_MS;

  it('deletes by what it knew on the day before that, after an hour', () => {
    expect(sundays([0], [WEEK_MS], [2 * WEEK_MS])).toEqual([null, ENDS_MS, WEEK_MS + ENDS_MS]);
    const run = switchedOn();
    run.set(NINE_MS + 3 * WEEK_MS);
    expect(run.pass(GRACE_MS.small + LOOK_MS)).toBe(LOOK_MS);
  });

  it('deletes by neither of two slips in a row', () => {
    expect(sundays([0], [WEEK_MS + YEAR_MS, WEEK_MS + 2 * YEAR_MS], [2 * WEEK_MS])).toEqual([null, ENDS_MS, null]);
  });

  it('goes by nothing from before a hand that went back, until the second day after it', () => {
    expect(sundays([10 * WEEK_MS], [11 * WEEK_MS, 6 * WEEK_MS], [7 * WEEK_MS], [12 * WEEK_MS])).toEqual([
      null,
      10 * WEEK_MS + ENDS_MS,
      null,
      7 * WEEK_MS + ENDS_MS,
    ]);
  });

  it('deletes nothing after a hand that went back, not by what was known long ago either', () => {
    sundays([0]);
    const run = switchedOn();
    run.set(NINE_MS + 11 * WEEK_MS);
    expect(run.pass(2 * HOUR_MS)).toBe(HOUR_MS);
    run.set(NINE_MS + 6 * WEEK_MS);
    expect(run.pass(2 * HOUR_MS)).toBe(0);
  });

  it('goes by nothing from before a time server that sets it far back', () => {
    const waits = { graceMs: 10 * HOUR_MS, earlierGraceMs: 0 };
    const known = { knownMs: NINE_MS + 40 * DAY_MS, knownAtMs: null, earlierMs: NINE_MS - DAY_MS, hasGoneBack: false };
    clockMemoryFile(path, 'boot-0', () => {}).keep({ ...waits, ...known });
    const machine = new SimulatedTime(NINE_MS);
    expect(started(machine, new HandSetClock(machine), NINE_MS).pass(3 * HOUR_MS)).toBe(0);
  });
});

describe('a time that a hand sets', () => {
  const aheadMs = (ms: number): number => {
    const run = switchedOn(NINE_MS);
    run.set(NINE_MS + ms);
    return run.pass(GRACE_MS.small + LOOK_MS, NINE_MS + ms);
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
