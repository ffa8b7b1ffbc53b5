import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { CHECKPOINT_ENTRIES, CHECKPOINT_MINUTES } from '../../src/kiosk/log-keeper.ts';
import { KioskRig } from '../support/kiosk-rig.ts';

const MINUTE_MS = 60_000;

function checkpointSizes(rig: KioskRig): readonly number[] {
  const db = new Database(join(rig.folder, 'journal.db'), { readonly: true });
  const rows = db.prepare<[], { size: number }>('SELECT size FROM checkpoint ORDER BY size').all();
  db.close();
  return rows.map(({ size }) => size);
}

describe('a log that nobody signs proves nothing:', () => {
  it(`it is signed ${CHECKPOINT_MINUTES} minutes after the last time, between two people`, async () => {
    const rig = await KioskRig.start();
    const before = checkpointSizes(rig).length;
    rig.scan('a bus ticket');
    expect(checkpointSizes(rig)).toHaveLength(before);
    rig.time.advance(CHECKPOINT_MINUTES * MINUTE_MS + 10_000);
    expect(checkpointSizes(rig)).toHaveLength(before + 1);
    expect(checkpointSizes(rig).at(-1)).toBeGreaterThan(rig.entriesOf('scan')[0]?.seq ?? Number.POSITIVE_INFINITY);
  });

  it('also where nobody comes: the signs of life are evidence too, and no more often', async () => {
    const rig = await KioskRig.start();
    rig.time.advance(3 * CHECKPOINT_MINUTES * MINUTE_MS);
    const before = checkpointSizes(rig);
    rig.time.advance(3 * CHECKPOINT_MINUTES * MINUTE_MS);
    expect(checkpointSizes(rig)).toHaveLength(before.length + 3);
  });

  it(`and after ${CHECKPOINT_ENTRIES} entries, however quick they came`, async () => {
    const rig = await KioskRig.start();
    const before = checkpointSizes(rig).length;
    for (let at = 0; at <= CHECKPOINT_ENTRIES; at += 1) rig.disk.record({ type: 'dropped', count: at });
    rig.scan('a bus ticket');
    rig.time.advance(30_000);
    expect(checkpointSizes(rig).length).toBeGreaterThan(before);
  });

  it('and with its last entry when the kiosk stops', async () => {
    const rig = await KioskRig.start();
    await rig.kiosk.stop();
    const last = rig.entries.at(-1);
    expect(last?.type).toBe('stop');
    expect(checkpointSizes(rig).at(-1)).toBe((last?.seq ?? 0) + 1);
  });
});

describe('a full disk', () => {
  it('stops the signatures, not the door, and they go on when there is room', async () => {
    const rig = await KioskRig.start();
    rig.scan('a bus ticket');
    rig.disk.setFull(true);
    rig.time.advance(2 * CHECKPOINT_MINUTES * MINUTE_MS);
    const before = checkpointSizes(rig).length;
    rig.scan(rig.issuer.pass('ticket'));
    expect(rig.given.at(-1)?.pattern.lamp).toBe('amber');
    rig.disk.setFull(false);
    rig.time.advance(CHECKPOINT_MINUTES * MINUTE_MS);
    expect(checkpointSizes(rig).length).toBeGreaterThan(before);
  });
});

describe('a log that was changed while the kiosk was off', () => {
  it('is noticed by the kiosk itself, in an entry, and the door goes on', async () => {
    const rig = await KioskRig.start();
    for (let at = 0; at < 1_200; at += 1) rig.disk.record({ type: 'dropped', count: at });
    rig.time.advance(MINUTE_MS);
    expect(rig.entriesOf('log-audited')).toMatchObject([{ problem: null }]);
    rig.cutPower();
    const db = new Database(join(rig.folder, 'journal.db'));
    db.exec(
      `UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), '"count":', '"count":9') AS BLOB) WHERE seq = 20`,
    );
    db.close();
    await rig.boot();
    rig.time.advance(MINUTE_MS);
    expect(rig.entriesOf('log-audited').at(-1)).toMatchObject({
      entries: 20,
      problem: 'entry 20 was changed or damaged',
    });
    rig.scan(rig.issuer.pass('ticket'));
    expect(rig.verdicts.at(-1)).toBe('admit: ok');
  });
});
