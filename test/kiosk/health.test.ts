import { describe, expect, it } from 'vitest';
import { SECOND_MS } from '../../src/base/time.ts';
import { ailmentOf, statusLine } from '../../src/kiosk/health.ts';
import { KioskRig } from '../support/kiosk-rig.ts';

const WATCHDOG_MS = 5 * SECOND_MS;
const well = { waitingLines: 0, sinceLastLineMs: 0, troubles: [] };

describe('the watchdog is fed', () => {
  it.each([
    ['nobody comes for a day', { ...well, sinceLastLineMs: 86_400_000 }, true],
    ['lines wait and one was just judged', { ...well, waitingLines: 9, sinceLastLineMs: 5_000 }, true],
    ['lines wait and none was judged for longer', { ...well, waitingLines: 9, sinceLastLineMs: 5_001 }, false],
    ['a device is away, which no restart would mend', { ...well, troubles: ['unplugged'] }, true],
  ])('or not when %s', (_, vitals, isWell) => {
    expect(ailmentOf(vitals) === null).toBe(isWell);
  });

  it('with a line that names what is wrong', () => {
    expect(statusLine({ ...well, troubles: ['unplugged', 'full'] }, 'out-of-service')).toBe(
      'out-of-service; unplugged; full',
    );
    expect(ailmentOf({ ...well, waitingLines: 3, sinceLastLineMs: 7_400 })).toBe(
      '3 scanned lines wait and none was judged for 7 s',
    );
  });

  it('as often as the supervisor asked, and told of a lost scanner and a full disk', async () => {
    const rig = await KioskRig.start({ aliveEveryMs: WATCHDOG_MS });
    expect(rig.told).toEqual(['alive: ready']);
    rig.time.advance(2 * WATCHDOG_MS);
    expect(rig.told).toHaveLength(3);
    rig.scanner.unplug();
    rig.disk.setFull(true);
    rig.scanner.plug();
    rig.scanner.unplug();
    rig.time.advance(WATCHDOG_MS);
    expect(rig.told.at(-1)).toBe('alive: out-of-service; The simulated scanner was unplugged.; SQLITE_FULL');
  });

  it('by nobody where no supervisor watches', async () => {
    const rig = await KioskRig.start();
    rig.time.advance(10 * WATCHDOG_MS);
    expect(rig.told).toEqual([]);
  });

  it('no longer by a kiosk whose lines never get their turn', async () => {
    const rig = await KioskRig.start({ aliveEveryMs: WATCHDOG_MS + SECOND_MS });
    rig.time.after = () => () => {};
    for (let line = 0; line < 20; line += 1) rig.scan(`line-${line}`);
    rig.time.advance(WATCHDOG_MS + SECOND_MS);
    expect(rig.told.at(-1)).toBe('ailing: 12 scanned lines wait and none was judged for 6 s');
  });
});
