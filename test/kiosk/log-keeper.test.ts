import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { err } from '../../src/base/result.ts';
import { entriesInTime } from '../../src/journal/entries-in-time.ts';
import { keptAside } from '../../src/journal/set-aside.ts';
import { CHECKPOINT_ENTRIES, CHECKPOINT_MINUTES, LogKeeper } from '../../src/kiosk/log-keeper.ts';
import { newLogKey } from '../support/exported-log.ts';
import { KioskRig } from '../support/kiosk-rig.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const PAGE_BYTES = 1_024;

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

  it('and while a clock is wrong for a minute: its entries are found by the day that they bear', async () => {
    const rig = await KioskRig.start();
    rig.time.advance(CHECKPOINT_MINUTES * MINUTE_MS);
    const days = 3_650;
    const rightMs = rig.time.wall().atMs;
    rig.time.stepWall(days * DAY_MS);
    rig.time.advance(10_000);
    rig.scan('a bus ticket');
    rig.time.advance(10_000);
    rig.time.stepWall(-days * DAY_MS);
    rig.time.advance(2 * CHECKPOINT_MINUTES * MINUTE_MS);
    const db = new Database(join(rig.folder, 'journal.db'), { readonly: true });
    onTestFinished(() => void db.close());
    const seq = rig.entriesOf('scan')[0]?.seq ?? -1;
    const { from, to } = entriesInTime(db, rightMs + (days - 1) * DAY_MS, rightMs + (days + 1) * DAY_MS);
    expect([from <= seq, seq < to]).toEqual([true, true]);
  });

  it('and with its last entry when the kiosk stops', async () => {
    const rig = await KioskRig.start();
    await rig.kiosk.stop();
    const last = rig.entries.at(-1);
    expect(last?.type).toBe('stop');
    expect(checkpointSizes(rig).at(-1)).toBe((last?.seq ?? 0) + 1);
  });
});

it('a head of a log that was set aside meanwhile is not handed out again', async () => {
  const rig = await KioskRig.start();
  const parts = { journal: rig.disk, log: () => {}, clock: rig.time, reader: () => err('none') };
  const keeper = new LogKeeper({ ...parts, key: newLogKey('7A') });
  for (let at = 0; at < 50; at += 1) rig.disk.record({ type: 'dropped', count: at });
  keeper.fresh();
  rig.disk.distrust('a damaged page');
  rig.scan('a bus ticket');
  expect(rig.disk.size()).toBeLessThan(50);
  expect(keeper.fresh().split('\n')[1]).toBe(String(rig.disk.size()));
});

it('a disk that gives no second reader has damaged nothing: the log goes on, and says so', async () => {
  const rig = await KioskRig.start();
  const { journal, log, trouble } = { journal: rig.disk, log: () => {}, trouble: 'cannot read the journal' };
  const key = newLogKey('7A');
  const keeper = new LogKeeper({ journal, log, key, clock: rig.time, reader: () => err(trouble) });
  keeper.look();
  expect(rig.entries.at(-1)).toMatchObject({ type: 'log-audited', entries: 0, problem: trouble });
  rig.scan('a bus ticket');
  expect(keptAside(join(rig.folder, 'journal.db'))).toEqual([]);
});

it('a head that somebody photographs says to whom visits are sealed, like every other', async () => {
  const rig = await KioskRig.start();
  const key = newLogKey('7A');
  const register = 'register of-the-authority';
  const parts = { journal: rig.disk, log: () => {}, key, clock: rig.time, reader: () => err('none') };
  rig.scan('a bus ticket');
  expect(new LogKeeper({ ...parts, checkpointLines: () => [register] }).fresh()).toContain(`\n${register}\n`);
});

/** What stands on the page of one text cannot be read any more. */
function spoilPageWith(path: string, text: string): void {
  new Database(path).close();
  const file = readFileSync(path);
  const at = file.indexOf(text);
  expect(at).toBeGreaterThan(0);
  const page = Math.floor(at / PAGE_BYTES) * PAGE_BYTES;
  writeFileSync(path, file.fill(0xff, page, page + 16));
}

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
  const TICKET = { single: true };

  it('is noticed by the kiosk itself, kept aside, and the door goes on in a new log that names its last head', async () => {
    const rig = await KioskRig.start({ policy: 'event-ticket' });
    const used = rig.issuer.pass('ticket', TICKET);
    rig.scan(used);
    for (let at = 0; at < 1_200; at += 1) rig.disk.record({ type: 'dropped', count: at });
    rig.time.advance(6 * MINUTE_MS);
    expect(rig.entriesOf('log-audited')).toMatchObject([{ problem: null }]);
    rig.cutPower();
    const db = new Database(join(rig.folder, 'journal.db'));
    db.exec(
      `UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), '"count":', '"count":9') AS BLOB) WHERE seq = 20`,
    );
    db.close();
    await rig.boot();
    const started = rig.entries.length;
    rig.time.advance(MINUTE_MS);
    const problem = 'entry 20 was changed or damaged';
    expect(rig.entries.slice(0, 2)).toMatchObject([
      { seq: 0, type: 'log-continued', why: problem, uses: 1, whole: true },
      { seq: 1, type: 'log-audited', entries: 20, problem },
    ]);
    const [file] = keptAside(join(rig.folder, 'journal.db'));
    const aside = new Database(join(rig.folder, 'damaged', file ?? ''), { readonly: true });
    expect(aside.prepare('SELECT count(*) >= ? AS whole FROM entry').get(started)).toEqual({ whole: 1 });
    const size = aside.prepare<[], number>('SELECT max(size) FROM checkpoint').pluck().get();
    expect(rig.entriesOf('log-continued')).toMatchObject([{ file, size }]);
    aside.close();
    rig.scan(used);
    rig.scan(rig.issuer.pass('ticket', TICKET));
    expect(rig.verdicts).toEqual(['refuse: already-used', 'admit: ok']);
    rig.time.advance(6 * MINUTE_MS);
    expect(checkpointSizes(rig).at(-1)).toBeGreaterThan(rig.entriesOf('scan').at(-1)?.seq ?? Number.POSITIVE_INFINITY);
  });

  it('where a page cannot be read at all is kept aside too, by the second look at it', async () => {
    const rig = await KioskRig.start({ policy: 'event-ticket' });
    const used = rig.issuer.pass('ticket', TICKET);
    rig.scan(used);
    for (let at = 0; at < 1_500; at += 1) rig.disk.record({ type: 'dropped', count: at });
    rig.time.advance(6 * MINUTE_MS);
    rig.cutPower();
    const path = join(rig.folder, 'journal.db');
    spoilPageWith(path, '"seq":120,');
    await rig.boot();
    rig.time.advance(MINUTE_MS);
    // No start reads so far back: it is the audit that comes upon it.
    const problem = 'database disk image is malformed';
    expect(rig.entries.slice(0, 2)).toMatchObject([
      { type: 'log-continued', why: problem, uses: 1, whole: true },
      { type: 'log-audited', problem },
    ]);
    expect(keptAside(path)).toHaveLength(1);
    rig.scan(used);
    rig.scan(rig.issuer.pass('ticket', TICKET));
    expect(rig.verdicts).toEqual(['refuse: already-used', 'admit: ok']);
  });

  it('while somebody stands at the door is not written to by what staff press for them', async () => {
    const rig = await KioskRig.start();
    for (let at = 0; at < 20; at += 1) rig.disk.record({ type: 'dropped', count: at });
    rig.scan('a bus ticket');
    rig.disk.distrust('entry 3 was changed or damaged');
    rig.disk.record({ type: 'dropped', count: 1 });
    rig.press('admit');
    expect(rig.entriesOf('staff-admitted')).toEqual([]);
    expect(rig.levels).toMatchObject({ green: false, relay: false });
  });
});

it('a log key that was lost once is no damage: the log goes on, and says so', async () => {
  const rig = await KioskRig.start();
  rig.time.advance(6 * MINUTE_MS);
  rig.cutPower();
  rmSync(join(rig.folder, 'log-key.jwk'));
  await rig.boot();
  rig.time.advance(6 * MINUTE_MS);
  expect(rig.entriesOf('log-continued')).toEqual([]);
  expect(rig.entriesOf('log-audited').at(-1)).toMatchObject({ problem: expect.stringContaining('none of the keys') });
});
