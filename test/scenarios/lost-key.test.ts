import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KioskProcess, Site } from '../support/kiosk-process.ts';

let site: Site;
let hardware: string;
const running: KioskProcess[] = [];
beforeEach(() => {
  site = new Site();
  hardware = site.hardware('{driver: stdin}');
});
afterEach(async () => {
  for (const kiosk of running.splice(0)) await kiosk.stop();
  site.remove();
});

async function start(): Promise<KioskProcess> {
  const kiosk = await KioskProcess.start(site, hardware);
  running.push(kiosk);
  return kiosk;
}

const keyPath = (): string => join(site.data, 'keys', 'use.key');

describe('a kiosk whose use key was lost', () => {
  it.each([
    ['deleted', () => rmSync(keyPath())],
    ['cut short', () => writeFileSync(keyPath(), readFileSync(keyPath()).subarray(0, 9))],
  ])('%s: it starts by itself, says so, and a used ticket does not open it again', async (_, lose) => {
    const ticket = site.issue('ticket', '--claims', site.claims({ single: true }));
    const before = await start();
    before.scan(ticket);
    expect(await before.nextVerdict()).toMatchObject({ green: true });
    await before.stop();
    lose();
    const after = await start();
    const entries = site.entries();
    const at = entries.findIndex(({ type }) => type === 'use-key-lost');
    expect(entries.slice(at - 1, at + 1)).toMatchObject([{ type: 'start' }, { untilMs: Date.parse('2099-01-02') }]);
    expect((await after.state()).journal['forgotten']).toBe('2099-01-02T00:00:00.000Z');
    after.scan(ticket);
    expect(await after.nextVerdict()).toMatchObject({ green: false, amber: true, relay: false });
    after.scan(site.issue('membership'));
    expect(await after.nextVerdict()).toMatchObject({ green: true });
    expect(existsSync(`${keyPath()}.damaged`)).toBe(_ === 'cut short');
  });
});
