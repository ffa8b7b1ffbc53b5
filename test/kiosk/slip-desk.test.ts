import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/base/time.ts';
import { carryOut } from '../../src/commands/control-client.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { LOOK_EVERY_MS, MAX_MISSED_DAYS } from '../../src/kiosk/slip-desk.ts';
import type { Settings } from '../../src/settings/schema.ts';
import { WiredSite } from '../support/wired-kiosk.ts';

const TODAY = '2021-12-13';
/** The day of a site in Seoul ends at 04:00. */
const TURN_MS = Date.parse('2021-12-14T04:00:00+09:00');
const AROUND_MS = 5 * MINUTE_MS;

/** A kiosk five minutes before the day of its site ends. */
const beforeTurn = (settings: Partial<Settings> = { dailySlip: true }): Promise<WiredSite> =>
  WiredSite.start({ settings, time: new SimulatedTime(TURN_MS - AROUND_MS) });

/** What was begun in the background has ended: the picture is there, and the printer has taken it. */
async function settled(site: WiredSite): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  site.time.advance(LOOK_EVERY_MS);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

describe('the slip of a day', () => {
  it('comes out once, when the day of the site has turned, and the log says so', async () => {
    const site = await beforeTurn();
    site.time.advance(AROUND_MS - LOOK_EVERY_MS);
    await settled(site);
    expect(site.printed).toEqual([]);
    site.time.advance(AROUND_MS);
    await settled(site);
    await settled(site);
    expect(site.printed).toEqual([TODAY]);
    expect(site.entriesOf('slip-printed')).toMatchObject([{ day: TODAY }]);
    site.time.advance(AROUND_MS);
    await settled(site);
    expect(site.printed).toEqual([TODAY]);
  });

  it('is not printed where nobody asked for it, nor for the weeks before somebody did', async () => {
    const site = await beforeTurn({});
    site.time.advance(2 * AROUND_MS);
    await settled(site);
    expect(site.printed).toEqual([]);
    const { settingsStore, journal } = site.stores;
    expect(settingsStore.change([{ name: 'dailySlip', part: null, value: 'true' }], 'shell', journal).ok).toBe(true);
    await settled(site);
    expect(site.printed).toEqual([]);
    await site.stop();
    site.time.advance(DAY_MS);
    await site.boot();
    await settled(site);
    expect(site.printed).toEqual(['2021-12-14']);
  });

  it('of a kiosk that is switched off at night comes out in the morning', async () => {
    const site = await beforeTurn();
    await site.stop();
    site.time.advance(DAY_MS);
    await site.boot();
    await settled(site);
    expect(site.printed).toEqual([TODAY]);
  });

  it('waits for a clock that somebody vouches for', async () => {
    const site = await beforeTurn();
    site.time.trust(false);
    site.time.stepWall(30 * DAY_MS);
    site.time.advance(2 * AROUND_MS);
    await settled(site);
    expect(site.printed).toEqual([]);
    site.time.stepWall(-30 * DAY_MS);
    site.time.trust(true);
    await settled(site);
    await settled(site);
    expect(site.printed).toEqual([TODAY]);
  });

  it('that did not come out is said, is not printed by itself at noon, and comes when the owner asks', async () => {
    const site = await beforeTurn();
    site.printer.setTrouble('paper-out');
    site.time.advance(AROUND_MS);
    await settled(site);
    expect(site.entriesOf('slip-unprinted')).toMatchObject([{ day: TODAY, fault: 'paper-out' }]);
    expect(site.log.all).toContain('slip-unprinted');
    site.printer.setTrouble('none');
    site.time.advance(AROUND_MS);
    await settled(site);
    expect(site.printed).toEqual([]);
    const { token, view } = await site.enter();
    expect(view).toMatchObject({ missedSlips: [TODAY], canPrint: true });
    expect(site.owner.printSlip(token, '2021-12-01').ok).toBe(true);
    expect(site.owner.printSlip(token, TODAY).ok).toBe(true);
    await settled(site);
    expect(site.printed).toEqual([TODAY]);
    expect(site.owner.look(token)).toMatchObject({ value: { missedSlips: [] } });
  });

  it('that a kill cut short is still known to be missing', async () => {
    const site = await beforeTurn();
    site.printer.setTrouble('hangs');
    site.time.advance(AROUND_MS);
    const remembered = JSON.parse(readFileSync(site.stores.folder.dailySlip, 'utf8')) as object;
    expect(remembered).toMatchObject({ missed: [TODAY] });
  });

  it('waits for a sticker that is being printed', async () => {
    const site = await beforeTurn();
    site.time.advance(AROUND_MS - LOOK_EVERY_MS);
    const picture = { width: 8, height: 8, rows: Buffer.alloc(8) };
    site.time.after(LOOK_EVERY_MS - 1, () => void site.printer.print({ id: '7ASTICKER', picture }));
    await settled(site);
    await settled(site);
    await settled(site);
    expect(site.printed).toEqual(['7ASTICKER', TODAY]);
    expect(site.entriesOf('slip-unprinted')).toEqual([]);
  });

  it('never costs a visitor the sticker that is wanted while it comes out', async () => {
    const site = await beforeTurn();
    site.time.advance(AROUND_MS);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    const request = { command: 'sticker-issue', kind: 'vaccination', via: 'paper', print: true } as const;
    const asked = carryOut(site.folder, request);
    await vi.waitFor(() => expect(site.entriesOf('sticker-issued')).toHaveLength(1));
    await settled(site);
    await settled(site);
    expect(await asked).toMatchObject({ ok: true, value: { printFault: null } });
    expect(site.printed).toEqual([TODAY, expect.any(String)]);
    expect(site.entriesOf('sticker-unprinted', 'slip-unprinted')).toEqual([]);
  });

  it('a damaged memory of it costs one slip, and no start', async () => {
    const site = await beforeTurn();
    const path = site.stores.folder.dailySlip;
    await site.stop();
    for (const damaged of ['', '[]', '{"day":5,"missed":{}}', '{"day":"../..","missed":["x",7]}']) {
      writeFileSync(path, damaged);
      await site.boot();
      await settled(site);
      expect((await site.enter()).view.missedSlips).toEqual([]);
      await site.stop();
    }
    const many = Array.from({ length: MAX_MISSED_DAYS + 1 }, (_, at) => `2021-10-${String(at % 28).padStart(2, '0')}`);
    writeFileSync(path, JSON.stringify({ day: TODAY, missed: many }));
    await site.boot();
    expect((await site.enter()).view.missedSlips).toHaveLength(MAX_MISSED_DAYS);
    expect(existsSync(path)).toBe(true);
  });
});
