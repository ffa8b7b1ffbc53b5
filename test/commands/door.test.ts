import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { door } from '../../src/commands/door.ts';
import { complaintOf, ran } from '../support/command.ts';
import { entriesIn } from '../support/entries.ts';
import { refusedBy } from '../support/in-process.ts';
import { KioskProcess, Site } from '../support/kiosk-process.ts';

let site: Site;
let kiosk: KioskProcess | null = null;
beforeEach(() => {
  site = new Site();
});
afterEach(async () => {
  if (kiosk !== null && kiosk.child.exitCode === null && kiosk.child.signalCode === null) await kiosk.kill();
  kiosk = null;
  site.remove();
});

const on = (...args: readonly string[]) => ran([...args, '--data', site.data]);
function limit(occupancyLimit: number): void {
  mkdirSync(site.data, { recursive: true });
  writeFileSync(join(site.data, 'settings.json'), JSON.stringify({ occupancyLimit }));
}
const counted = () => entriesIn(site.data).filter(({ type }) => type.startsWith('counted-'));

describe('counting people out from the shell', () => {
  it('counts for the very next visitor of a running kiosk, and is in its log', async () => {
    limit(1);
    kiosk = await KioskProcess.start(site, site.hardware('{driver: stdin}'));
    await kiosk.until(({ door: { state } }) => state === 'ready');
    for (const lamp of ['green', 'amber']) {
      kiosk.scan(site.issue('membership'));
      expect(await kiosk.nextVerdict()).toMatchObject({ [lamp]: true });
    }
    expect(await on('door', 'count-out')).toMatchObject({ code: 0, out: '0\n' });
    kiosk.scan(site.issue('membership'));
    expect(await kiosk.nextVerdict()).toMatchObject({ green: true, relay: true });
    expect(await on('door', 'count-reset')).toMatchObject({ code: 0, out: '0\n' });
    expect(counted()).toMatchObject([
      { type: 'counted-reset' },
      { type: 'counted-out', count: 1 },
      { type: 'counted-reset' },
    ]);
  });

  it('works on the folder of a kiosk that is off', async () => {
    limit(5);
    expect(await on('door', 'count-out', '3')).toMatchObject({ code: 0, out: '0\n' });
    expect(counted()).toMatchObject([{ type: 'counted-out', count: 3 }]);
  });

  it('is refused where nobody counts, and nothing is written', async () => {
    const { code, says } = complaintOf(await on('door', 'count-out'));
    expect([code, says]).toEqual([2, 'nobody counts at this door: set occupancyLimit in settings.json first']);
    expect(counted()).toEqual([]);
  });

  it.each([
    [['count-out', '0'], "N must be a number from 1 to 999, not '0'"],
    [['count-out', '1000'], "N must be a number from 1 to 999, not '1000'"],
    [['count-out', '1e2'], "N must be a number from 1 to 999, not '1e2'"],
    [['count-out', 'all'], "N must be a number from 1 to 999, not 'all'"],
    [['count-out', '1', '2'], "'2' is not expected; see --help"],
    [['count-reset', '1'], "'1' is not expected; see --help"],
    [['open'], "say 'munjigi door count-out' or 'count-reset'; see --help"],
  ])('%j is one sentence', async (args, sentence) => {
    expect(await refusedBy(door, args)).toBe(sentence);
  });
});
