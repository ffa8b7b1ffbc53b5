import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';

import { tmpdir, uptime } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isVouchedFor, RTC_TOLERANCE_MS } from '../../../src/devices/clock/clock-evidence.ts';
import { systemClock } from '../../../src/devices/clock/system-clock.ts';

const LONG_AGO_MS = Date.UTC(2020, 0, 1);
const FAR_AHEAD_MS = Date.UTC(2999, 0, 1);

describe('system clock', () => {
  test('a clock behind its floor is not trusted, whoever vouches', () => {
    const clock = systemClock({ floorMs: FAR_AHEAD_MS, isVouchedFor: () => true });
    expect(clock.wall().trusted).toBe(false);
    clock.setFloor(LONG_AGO_MS);
    expect(clock.wall().trusted).toBe(true);
  });

  test('the floor itself is not behind the floor', () => {
    const clock = systemClock({ floorMs: 0, isVouchedFor: () => true });
    const { atMs } = clock.wall();
    clock.setFloor(atMs);
    expect(clock.wall().trusted).toBe(true);
    clock.setFloor(atMs + 3_600_000);
    expect(clock.wall().trusted).toBe(false);
  });

  test('a clock that nobody vouches for is not trusted until a refresh finds someone, and again when he is gone', () => {
    let vouched = false;
    const clock = systemClock({ floorMs: LONG_AGO_MS, isVouchedFor: () => vouched });
    expect(clock.wall().trusted).toBe(false);
    vouched = true;
    expect(clock.wall().trusted).toBe(false);
    clock.refresh();
    expect(clock.wall().trusted).toBe(true);
    vouched = false;
    clock.refresh();
    expect(clock.wall().trusted).toBe(false);
  });

  test('reading the clock asks nobody, so that no scan waits for a file', () => {
    let asked = 0;
    const clock = systemClock({ floorMs: LONG_AGO_MS, isVouchedFor: () => ++asked > 0 });
    for (let reading = 0; reading < 100; reading += 1) clock.wall();
    expect(asked).toBe(1);
  });

  test('monotonic time is that of the machine, not of this process', () => {
    const clock = systemClock({ floorMs: LONG_AGO_MS });
    const first = clock.monotonicMs();
    expect(Math.abs(first - uptime() * 1_000)).toBeLessThan(5_000);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(first);
  });
});

describe('evidence for the clock', () => {
  let root = '';
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const NOW_MS = Date.UTC(2021, 11, 13, 3, 0, 0);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'munjigi-clock-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('a kiosk with neither time server nor battery is not trusted', () => {
    mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
    expect(isVouchedFor(NOW_MS, root)).toBe(false);
  });

  test('a container, whose host keeps the time, is trusted', () => {
    expect(isVouchedFor(NOW_MS, root)).toBe(true);
  });

  test('a time server since this boot vouches', () => {
    put('run/systemd/timesync/synchronized', '');
    expect(isVouchedFor(NOW_MS, root)).toBe(true);
  });

  test('a time server that has not answered yet does not vouch', () => {
    for (const folder of ['system', 'timesync']) mkdirSync(join(root, 'run/systemd', folder), { recursive: true });
    expect(isVouchedFor(NOW_MS, root)).toBe(false);
  });

  test('a battery-backed clock vouches up to the tolerance either way and no further', () => {
    const seconds = (ms: number) => `${ms / 1_000}\n`;
    for (const direction of [-1, 1]) {
      put('sys/class/rtc/rtc0/since_epoch', seconds(NOW_MS + direction * RTC_TOLERANCE_MS));
      expect(isVouchedFor(NOW_MS, root)).toBe(true);
      put('sys/class/rtc/rtc0/since_epoch', seconds(NOW_MS + direction * (RTC_TOLERANCE_MS + 1_000)));
      expect(isVouchedFor(NOW_MS, root)).toBe(false);
    }
  });

  test('a battery-backed clock without a battery says 1970 and does not vouch', () => {
    put('sys/class/rtc/rtc0/since_epoch', '37\n');
    expect(isVouchedFor(NOW_MS, root)).toBe(false);
  });

  test('a battery-backed clock that cannot be read does not vouch', () => {
    put('sys/class/rtc/rtc0/since_epoch', 'garbage');
    expect(isVouchedFor(NOW_MS, root)).toBe(false);
  });
});
