import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { HealthMinute } from '../../src/kiosk/health-minute.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { KioskRig } from '../support/kiosk-rig.ts';
import { LUNCH_MS } from '../support/passes.ts';

const READY = { state: 'ready', detail: '' } as const;
const ABSENT = { state: 'absent', detail: '' } as const;
const DEVICES = { scanner: READY, signal: READY, printer: ABSENT, voice: ABSENT };

describe('a minute in which nothing was checked is told from one in which nobody came, because a kiosk', () => {
  it('says every minute what works and how many it served', async () => {
    const rig = await KioskRig.start();
    rig.time.advance(30_000);
    rig.scan(rig.issuer.pass('ticket'));
    rig.scan('a bus ticket');
    rig.scanner.unplug();
    rig.time.advance(3 * MINUTE_MS - 30_000);
    expect(rig.entriesOf('health')).toMatchObject([
      { scanner: 'lost', signal: 'ready', printer: 'ready', trust: 'current', trustHours: null, served: 2 },
      { scanner: 'lost', freeMib: 1_024, served: 0 },
      { served: 0 },
    ]);
  });

  it('is silent while the disk takes nothing, and does not count that as a lost record', async () => {
    const rig = await KioskRig.start();
    rig.time.advance(MINUTE_MS);
    rig.disk.setFull(true);
    rig.time.advance(3 * MINUTE_MS);
    expect(rig.entriesOf('health')).toHaveLength(1);
    rig.disk.setFull(false);
    rig.time.advance(MINUTE_MS);
    expect(rig.entriesOf('health')).toHaveLength(2);
    // The one is the word that the disk is full.
    expect(rig.entriesOf('unrecorded')).toMatchObject([{ count: 1 }]);
  });

  it('does not wait for the minute when its trust data goes out of date', () => {
    const time = new SimulatedTime(LUNCH_MS);
    const list = {
      version: 1,
      issuedAtMs: LUNCH_MS - 5 * HOUR_MS,
      staleAfterMs: LUNCH_MS + 70_000,
      expiresAtMs: LUNCH_MS + 95_000,
    };
    const trust = trustOf([], () => false, list);
    const minute = new HealthMinute({ clock: time, trust: () => trust, freeBytes: () => null });
    const said: string[] = [];
    for (let at = 0; at < 17; at += 1) {
      const note = minute.look(DEVICES);
      if (note?.type === 'health') said.push(`${at * 10} s: ${note.trust}, ${note.trustHours} h, ${note.freeMib}`);
      time.advance(10_000);
    }
    expect(said).toEqual([
      '60 s: current, 5 h, null',
      '70 s: stale, 5 h, null',
      '100 s: expired, 5 h, null',
      '160 s: expired, 5 h, null',
    ]);
  });
});
