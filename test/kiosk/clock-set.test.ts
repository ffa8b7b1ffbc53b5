import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, formatInstant, HOUR_MS } from '../../src/base/time.ts';
import { RELEASED_AT_MS } from '../../src/base/version.ts';
import { HandSetClock } from '../../src/devices/clock/hand-set-clock.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { JournalFault } from '../../src/journal/journal.ts';
import { LEAP_PROVES_ITSELF_HOURS } from '../../src/journal/trusted-time.ts';
import { LATEST_SET_MS, restoreHandSetting, setClock } from '../../src/kiosk/clock-set.ts';
import { ClockWatch } from '../../src/kiosk/clock-watch.ts';
import { GRACE_MS } from '../../src/kiosk/deletion-grace.ts';
import { openStores, type Stores } from '../../src/kiosk/stores.ts';
import { clockSettingOf } from '../../src/kiosk/wire-kiosk.ts';
import { SimulatedDisk } from '../../src/simulation/simulated-disk.ts';
import { entriesIn } from '../support/entries.ts';

const NOW_MS = RELEASED_AT_MS + 30 * DAY_MS;
const FUTURE_MS = NOW_MS + 5 * 365 * DAY_MS;

let data: string;
let machine: SimulatedTime;
let clock: HandSetClock<SimulatedTime>;
let stores: Stores | null = null;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'munjigi-clock-set-'));
  machine = new SimulatedTime(FUTURE_MS);
  clock = new HandSetClock(machine);
});
afterEach(() => {
  stores?.close();
  stores = null;
  rmSync(data, { recursive: true });
});

/** A start in the same boot, as after a kill; the machine's clock goes on. */
async function started(bootId = 'boot'): Promise<Stores> {
  stores?.close();
  clock = new HandSetClock(machine);
  const opened = await openStores(data, clock, bootId);
  if (!opened.ok) throw new Error(opened.error);
  stores = opened.value;
  return stores;
}
const set = (kiosk: Stores, text: string, wasSet = () => {}) =>
  setClock(text, clockSettingOf(kiosk, clock, wasSet), kiosk.journal);
const path = (): string => join(data, 'hand-set-clock.json');
const watchOf = (vouchedMs: number | null): ClockWatch => new ClockWatch(clock, () => vouchedMs, null);

describe('an owner who sets the clock', () => {
  it('is in the log with old and new time, and everything after it is marked', async () => {
    machine.trust(false);
    const kiosk = await started();
    let told = 0;
    const answer = set(kiosk, formatInstant(NOW_MS), () => {
      told += 1;
    });
    expect(answer).toEqual({ ok: true, value: { time: formatInstant(NOW_MS), byMs: NOW_MS - FUTURE_MS } });
    expect([told, clock.wall()]).toEqual([1, { atMs: NOW_MS, trusted: true, handSet: true }]);
    kiosk.journal.record({ type: 'stop' });
    expect(entriesIn(data)).toMatchObject([
      { type: 'clock-set', toMs: NOW_MS, byMs: NOW_MS - FUTURE_MS, wallMs: FUTURE_MS },
      { type: 'stop', wallMs: NOW_MS, clock: 'unsure' },
    ]);
  });

  it('lowers the floor under every later clock, over the next start and a signed head too', async () => {
    let kiosk = await started();
    kiosk.journal.record({ type: 'disk-ready' });
    machine.advance(LEAP_PROVES_ITSELF_HOURS * HOUR_MS);
    kiosk.journal.record({ type: 'stop' });
    kiosk.journal.checkpoint(kiosk.logKey);
    kiosk = await started();
    expect(kiosk.clockFloorMs()).toBe(FUTURE_MS + LEAP_PROVES_ITSELF_HOURS * HOUR_MS - DAY_MS);
    set(kiosk, formatInstant(NOW_MS));
    expect(kiosk.clockFloorMs()).toBe(RELEASED_AT_MS);
    expect((await started()).clockFloorMs()).toBe(RELEASED_AT_MS);
    kiosk = await started();
    kiosk.journal.checkpoint(kiosk.logKey);
    expect((await started()).clockFloorMs()).toBe(RELEASED_AT_MS);
  });

  it('by mistake into the future poisons nothing: no floor rises', async () => {
    machine.stepWall(NOW_MS - FUTURE_MS);
    const kiosk = await started();
    kiosk.journal.record({ type: 'stop' });
    set(kiosk, formatInstant(FUTURE_MS));
    kiosk.journal.record({ type: 'stop' });
    expect((await started()).clockFloorMs()).toBe(RELEASED_AT_MS);
  });

  it.each([
    ['yesterday', "'yesterday' is not a time like 2021-12-13T11:40:00+09:00"],
    ['2026-12-01T12:00:00', "'2026-12-01T12:00:00' is not a time like 2021-12-13T11:40:00+09:00"],
    [
      formatInstant(RELEASED_AT_MS - 1),
      `it cannot be earlier than ${formatInstant(RELEASED_AT_MS)}, when this program or its trust list was made`,
    ],
    [formatInstant(LATEST_SET_MS + 1), `${formatInstant(LATEST_SET_MS + 1)} is too far ahead: check the year`],
  ])('to %s is told what is wrong, and nothing changes', async (text, sentence) => {
    const kiosk = await started();
    expect(set(kiosk, text)).toEqual({ ok: false, error: sentence });
    expect([clock.wall().handSet, existsSync(path()), entriesIn(data)]).toEqual([undefined, false, []]);
  });

  it.each([RELEASED_AT_MS, LATEST_SET_MS])('may set it to the first and the last time there is: %i', async (atMs) => {
    expect(set(await started(), formatInstant(atMs)).ok).toBe(true);
    expect(clock.wall().atMs).toBe(atMs);
  });

  it('on a full disk changes nothing: a clock that was set is always in the log', async () => {
    const kiosk = await started();
    const disk = new SimulatedDisk(kiosk.journal);
    disk.setFull(true);
    const parts = clockSettingOf(kiosk, clock, () => {});
    expect(() => setClock(formatInstant(NOW_MS), parts, disk)).toThrow(JournalFault);
    expect([clock.wall().handSet, existsSync(path())]).toEqual([undefined, false]);
  });
});

describe('a clock that was set by hand', () => {
  it('is so again after a restart of the program, and not after one of the machine', async () => {
    machine.trust(false);
    set(await started(), formatInstant(NOW_MS));
    machine.advance(HOUR_MS);
    let kiosk = await started();
    expect(restoreHandSetting(clock, kiosk.folder, 'boot')).toBe(true);
    expect(clock.wall()).toEqual({ atMs: NOW_MS + HOUR_MS, trusted: true, handSet: true });
    kiosk = await started('next-boot');
    expect(restoreHandSetting(clock, kiosk.folder, 'next-boot')).toBe(false);
    expect(clock.wall().trusted).toBe(false);
  });

  it.each(['', '{', '[]', '{"boot":"boot"}', '{"boot":"boot","leadMs":"1","sinceMs":0,"wasTrusted":true}'])(
    'and whose file holds %j is the machine’s clock',
    async (text) => {
      const kiosk = await started();
      writeFileSync(path(), text);
      expect(restoreHandSetting(clock, kiosk.folder, 'boot')).toBe(false);
      expect(clock.wall()).toEqual(machine.wall());
    },
  );

  it('is no step of the clock; that it ended is told once', () => {
    machine.trust(false);
    const watch = watchOf(null);
    clock.setByHand(clock.settingFor(NOW_MS));
    watch.wasSet();
    expect(watch.look()).toEqual([]);
    machine.advance(HOUR_MS);
    machine.stepWall(NOW_MS - FUTURE_MS);
    machine.trust(true);
    expect(watch.look()).toEqual([{ type: 'clock-trust', trusted: true }]);
    expect(watch.look()).toEqual([]);
  });

  it('that a time server takes over in the same breath is told to have ended', () => {
    machine.trust(false);
    const watch = watchOf(null);
    clock.setByHand(clock.settingFor(FUTURE_MS));
    machine.trust(true);
    watch.wasSet();
    expect(watch.look()).toEqual([{ type: 'clock-trust', trusted: true }]);
  });

  it('deletes nothing before the owner had time to notice a wrong date', () => {
    const watch = watchOf(clock.wall().atMs);
    expect(watch.deletesByMs()).not.toBeNull();
    clock.setByHand(clock.settingFor(NOW_MS));
    watch.wasSet();
    machine.advance(GRACE_MS.wild - 1);
    expect(watch.deletesByMs()).toBeNull();
    machine.advance(1);
    expect(watch.deletesByMs()).not.toBeNull();
  });

  it('leaves a time server that takes over the hour of every leap, whatever is left of the hand’s day', () => {
    machine.trust(false);
    const watch = watchOf(FUTURE_MS);
    clock.setByHand(clock.settingFor(NOW_MS));
    watch.wasSet();
    machine.trust(true);
    watch.look();
    machine.advance(GRACE_MS.small - 1);
    expect(watch.deletesByMs()).toBeNull();
    machine.advance(1);
    expect(watch.deletesByMs()).not.toBeNull();
  });

  it('is not held to an hour by a leap in the middle of the day that a slip of the hand has', () => {
    const watch = watchOf(null);
    clock.setByHand(clock.settingFor(NOW_MS));
    watch.wasSet();
    clock.setByHand(clock.settingFor(NOW_MS + HOUR_MS));
    watch.look();
    machine.advance(GRACE_MS.small);
    expect(watch.deletesByMs()).toBeNull();
  });
});
