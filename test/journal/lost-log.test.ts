import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { reportDamage } from '../../src/journal/damage-report.ts';
import { forgetAside } from '../../src/journal/forget-aside.ts';
import { openJournalFile } from '../../src/journal/open.ts';
import { openDamaged } from '../../src/journal/open-damaged.ts';
import { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { walDamage } from '../../src/journal/wal-file.ts';
import { openKioskJournal } from '../../src/kiosk/open-journal.ts';
import { newLogKey } from '../support/exported-log.ts';
import { eventTicket, judge, opened, path, read, SECRET, time, useJournalFile } from '../support/journal-file.ts';
import { passOf } from '../support/passes.ts';

useJournalFile();

const key = newLogKey('7A');
const SIDES = ['', '-wal'] as const;
const [HEADER_BYTES, FRAME_BYTES] = [32, 1_024 + 24];
const headFile = (): string => join(dirname(path), 'journal.head');
const headSize = (): number => Number(readFileSync(headFile(), 'utf8').split('\n')[1]);

async function start(bootId: string) {
  const told: string[] = [];
  const around = { path, key, clock: time, bootId, useKeySecret: SECRET };
  const journal = await openKioskJournal(around, (event) => told.push(event), null);
  if (!journal.ok) throw new Error(journal.error);
  opened.push(journal.value);
  return { journal: journal.value, told };
}

interface Evening {
  readonly used: ReturnType<typeof passOf>[];
  readonly entries: number;
  readonly signed: number;
}

/** A kiosk that was killed at work: half of its visitors came before the newest head, and nothing was folded in. */
async function killed(visitors = 20): Promise<Evening> {
  const { journal } = await start('boot-1');
  const used = Array.from({ length: visitors }, () => passOf({ single: true }));
  const come = (pass: ReturnType<typeof passOf>): void => journal.shown(judge(journal, pass, eventTicket).seq);
  journal.record({ type: 'start', lastEnd: 'first-start', version: '1' });
  used.slice(0, visitors / 2).forEach(come);
  journal.checkpoint(key);
  const signed = journal.size();
  used.slice(visitors / 2).forEach(come);
  journal.flush();
  const entries = journal.size();
  killNow(journal);
  return { used, entries, signed };
}

/** Leaves on the disk what is there now. */
function killNow(journal: SqliteJournal): void {
  const kept = SIDES.map((side) => readFileSync(`${path}${side}`));
  journal.close();
  for (const side of [...SIDES, '-shm']) rmSync(`${path}${side}`, { force: true });
  SIDES.forEach((side, index) => {
    writeFileSync(`${path}${side}`, kept[index] ?? '');
  });
}

/** Where each frame of a write-ahead log begins. */
const framesOf = (wal: Buffer): readonly number[] =>
  Array.from({ length: (wal.length - HEADER_BYTES) / FRAME_BYTES }, (_, at) => HEADER_BYTES + at * FRAME_BYTES);

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

const firstEntry = (): Record<string, unknown> =>
  JSON.parse(
    read((db) => db.prepare<[], Buffer>('SELECT bytes FROM entry WHERE seq = 0').pluck().get())?.toString() ?? '{}',
  );
const admittedAgain = ({ journal }: Awaited<ReturnType<typeof start>>, used: Evening['used']): number =>
  used.filter((pass) => judge(journal, pass, eventTicket).decision.verdict === 'admit').length;

it('one bit in the write-ahead log of a killed kiosk forks no log and lets no used ticket in again', async () => {
  const { used, entries, signed } = await killed();
  flip(`${path}-wal`, HEADER_BYTES + 5 * FRAME_BYTES + 900);
  const again = await start('boot-2');
  expect(again.told).toEqual(['log-continued']);
  expect(firstEntry()).toMatchObject({ type: 'log-continued', size: signed, uses: used.length, whole: false });
  expect(admittedAgain(again, used)).toBe(0);
  expect(again.journal.lastEnd).not.toBe('first-start');
  const kept = openDamaged(join(dirname(path), 'damaged', String(firstEntry()['file'])));
  expect(kept.db.prepare('SELECT count(*) FROM entry').pluck().get()).toBe(entries);
  kept.close();
  expect(readdirSync(join(dirname(path), 'damaged')).filter((name) => name.includes('mended'))).toEqual([]);
});

it.each([
  ['behind the newest head', 0.9],
  ['at its very beginning', 0],
])('one bit in the write-ahead log %s is found without any head too', async (_, where) => {
  const { used } = await killed();
  const frames = (statSync(`${path}-wal`).size - HEADER_BYTES) / FRAME_BYTES;
  rmSync(headFile());
  flip(`${path}-wal`, HEADER_BYTES + Math.floor(frames * where) * FRAME_BYTES + 50);
  expect((await start('boot-2')).told).toEqual(['log-continued']);
  expect(firstEntry()).toMatchObject({ uses: used.length });
});

it('a power cut in the middle of the last transaction is no damage: the log goes on where it was', async () => {
  const { entries } = await killed();
  const wal = readFileSync(`${path}-wal`);
  const frames = (wal.length - HEADER_BYTES) / FRAME_BYTES;
  const last = HEADER_BYTES + (frames - 2) * FRAME_BYTES;
  expect([wal.readUInt32BE(last + 4), wal.readUInt32BE(last + FRAME_BYTES + 4) > 0]).toEqual([0, true]);
  flip(`${path}-wal`, last + 100);
  const { told, journal } = await start('boot-2');
  expect([told, journal.size()]).toEqual([[], entries - 1]);
});

it('a transaction whose last frame lost its header is told from one that a power cut interrupted', async () => {
  await killed();
  rmSync(headFile());
  const wal = readFileSync(`${path}-wal`);
  const frames = framesOf(wal);
  const [beforeLast = 0] = frames.filter((at) => wal.readUInt32BE(at + 4) > 0).slice(-2);
  expect(frames.indexOf(beforeLast)).toBeLessThan(frames.length - 1);
  wal.fill(0, beforeLast, beforeLast + 24);
  writeFileSync(`${path}-wal`, wal);
  expect((await start('boot-2')).told).toEqual(['log-continued']);
});

it.each([
  ['its first', 100, 0],
  ['its last', 1_000, 1],
])('a first page that was spoilt after %s bytes hides no used pass', async (_, from, isLast) => {
  const { used } = await killed();
  const wal = readFileSync(`${path}-wal`);
  const firstPages = framesOf(wal).filter((at) => wal.readUInt32BE(at) === 1);
  expect(firstPages.length).toBeGreaterThan(1);
  const at = (firstPages.at(-1) ?? 0) + 24 + (isLast === 1 ? 1_024 - from : 0);
  wal.fill(0, at, at + from);
  writeFileSync(`${path}-wal`, wal);
  const again = await start('boot-2');
  expect(again.told).toEqual(['log-continued']);
  expect(admittedAgain(again, used)).toBe(0);
});

it('two power cuts, each in the middle of a transaction, are no damage', async () => {
  const cutShort = async (bootId: string, act: (journal: SqliteJournal) => void): Promise<void> => {
    const before = readFileSync(`${path}-wal`);
    const { journal } = await start(bootId);
    act(journal);
    killNow(journal);
    const wal = readFileSync(`${path}-wal`);
    const isSame = (at: number): boolean =>
      wal.subarray(at, at + FRAME_BYTES).equals(before.subarray(at, at + FRAME_BYTES));
    const ends = framesOf(wal).filter((at) => !isSame(at) && wal.readUInt32BE(at + 4) > 0);
    // The first frame of the last transaction did not reach the disk, and those behind it did.
    const lost = (ends.at(-2) ?? Number.NaN) + FRAME_BYTES;
    expect(lost).toBeLessThan(ends.at(-1) ?? 0);
    wal.fill(0, lost, lost + FRAME_BYTES);
    before.subarray(lost, lost + FRAME_BYTES).copy(wal, lost);
    writeFileSync(`${path}-wal`, wal);
    expect(walDamage(path)).toBeNull();
  };
  await killed();
  const begin = (journal: SqliteJournal): void =>
    void journal.record({ type: 'start', lastEnd: 'power', version: '1' });
  await cutShort('boot-2', (journal) => {
    begin(journal);
    judge(journal, passOf({ single: true }), eventTicket);
  });
  // Shorter, over the beginning of what the first has left.
  await cutShort('boot-3', (journal) => {
    begin(journal);
    journal.flush();
    begin(journal);
  });
});

it('a write-ahead log whose checksums are in the other byte order is read as SQLite reads it', async () => {
  const { entries } = await killed();
  const other = join(dirname(path), 'other.db');
  copyFileSync(path, other);
  writeFileSync(`${other}-wal`, inOtherOrder(readFileSync(`${path}-wal`)));
  const db = new Database(other, { readonly: true });
  const count = Number(db.prepare('SELECT count(*) FROM entry').pluck().get());
  db.close();
  expect([count, walDamage(other)]).toEqual([entries, null]);
  flip(`${other}-wal`, HEADER_BYTES + 5 * FRAME_BYTES + 900);
  expect(walDamage(other)).toMatch(/transactions in its write-ahead log are damaged/);
});

it.each(['gone', 'empty'])('a journal that is %s beside its key is no first start', async (how) => {
  const { signed } = await killed();
  for (const side of SIDES) rmSync(`${path}${side}`);
  if (how === 'empty') writeFileSync(path, '');
  const { told, journal } = await start('boot-2');
  expect([told, journal.lastEnd]).toEqual([['log-continued'], 'unknown']);
  expect(firstEntry()).toMatchObject({ size: signed, why: `${signed} entries were signed and the file is ${how}` });
  expect(firstEntry()['file'] === null).toBe(how === 'gone');
  expect(journal.continuedAtMs()).toBe(time.wall().atMs);
});

it.each(['empty', 'gone'])('a journal that is %s beside a whole write-ahead log is read out of that', async (how) => {
  const { used, entries } = await killed();
  rmSync(path);
  if (how === 'empty') writeFileSync(path, '');
  const again = await start('boot-2');
  expect(firstEntry()).toMatchObject({ type: 'log-continued', uses: used.length });
  expect(admittedAgain(again, used)).toBe(0);
  const kept = openDamaged(join(dirname(path), 'damaged', String(firstEntry()['file'])));
  expect(kept.db.prepare('SELECT count(*) FROM entry').pluck().get()).toBe(entries);
  kept.close();
  const folder = join(dirname(path), 'damaged');
  forgetAside({ files: [join(folder, String(firstEntry()['file']))], key: key.verifier });
  const left = readdirSync(folder).filter((name) => !name.endsWith('.since'));
  expect(left).toEqual([`${String(firstEntry()['file'])}.txt`]);
  expect(reportDamage(join(folder, String(firstEntry()['file'])), key.verifier)).toMatchObject({
    value: { sound: entries, stretches: [] },
  });
});

it('a journal that was put back to an older one is not gone on with', async () => {
  const { journal } = await start('boot-1');
  journal.record({ type: 'start', lastEnd: 'first-start', version: '1' });
  journal.close();
  const older = readFileSync(path);
  const later = (await start('boot-2')).journal;
  later.record({ type: 'stop' });
  later.checkpoint(key);
  later.close();
  writeFileSync(path, older);
  expect((await start('boot-3')).told).toEqual(['log-continued']);
  expect(firstEntry()).toMatchObject({ why: '2 entries were signed and only 1 are there', size: 2 });
});

it('a journal that was written anew with as many entries is not gone on with', async () => {
  const { journal } = await start('boot-1');
  journal.record({ type: 'start', lastEnd: 'first-start', version: '1' });
  journal.checkpoint(key);
  journal.close();
  const head = readFileSync(headFile());
  for (const file of [path, headFile()]) rmSync(file);
  const forged = (await start('boot-1')).journal;
  forged.record({ type: 'start', lastEnd: 'killed', version: '1' });
  forged.close();
  writeFileSync(headFile(), head);
  await start('boot-2');
  expect(firstEntry()).toMatchObject({
    type: 'log-continued',
    why: 'entries before 1 are not the ones that were signed',
  });
});

it('a power cut between the new log and its head does not set the new log aside', async () => {
  const { signed } = await killed();
  const head = readFileSync(headFile());
  for (const side of SIDES) rmSync(`${path}${side}`);
  (await start('boot-2')).journal.close();
  expect(headSize()).toBe(1);
  writeFileSync(headFile(), head);
  const { told, journal } = await start('boot-3');
  expect([told, journal.size()]).toEqual([[], 1]);
  expect(firstEntry()).toMatchObject({ size: signed });
});

it('a kept head that is older than the newest in a damaged log is not the one that the new log names', async () => {
  const first = (await start('boot-1')).journal;
  first.record({ type: 'start', lastEnd: 'first-start', version: '1' });
  first.checkpoint(key);
  const older = readFileSync(headFile());
  first.record({ type: 'stop' });
  first.checkpoint(key);
  first.close();
  writeFileSync(headFile(), older);
  const db = new Database(path);
  db.exec("UPDATE entry SET bytes = CAST('{}' AS BLOB) WHERE seq = 0");
  db.close();
  const second = (await start('boot-2')).journal;
  second.close();
  expect(firstEntry()).toMatchObject({ size: 2 });
  expect((await start('boot-3')).told).toEqual([]);
});

it.each([
  ['nonsense', () => 'nonsense'],
  ['a head of another log', () => newHeadOfAnotherLog()],
])('a kept head that is %s stops no start and sets nothing aside', async (_, content) => {
  const { entries } = await killed();
  writeFileSync(headFile(), content());
  const { told, journal } = await start('boot-2');
  expect([told, journal.size()]).toEqual([[], entries]);
});

function newHeadOfAnotherLog(): string {
  return readFileSync(headFile(), 'utf8').replaceAll('/7A/', '/7B/');
}

it('a disk that takes no head file takes checkpoints all the same, and a younger head does as soon as it is taken', async () => {
  const { journal } = await start('boot-1');
  mkdirSync(headFile());
  journal.record({ type: 'stop' });
  expect(journal.checkpoint(key)).toContain(key.origin);
  rmSync(headFile(), { recursive: true });
  expect(journal.checkpoint(key)).toBe(readFileSync(headFile(), 'utf8'));
  expect(existsSync(`${headFile()}.new`)).toBe(false);
});

it('a file that comes back with fewer entries than were acknowledged is damaged, not another log', async () => {
  const { journal: first } = await start('boot-1');
  first.record({ type: 'start', lastEnd: 'first-start', version: '1' });
  first.close();
  const older = join(dirname(path), 'older.db');
  copyFileSync(path, older);
  let file = path;
  const suspicions: (string | null)[] = [];
  const journal = SqliteJournal.open({
    open: (suspicion) => {
      suspicions.push(suspicion);
      return openJournalFile(file);
    },
    clock: time,
    bootId: 'boot-1',
    useKeySecret: SECRET,
  });
  if (!journal.ok) throw new Error(journal.error);
  opened.push(journal.value);
  journal.value.record({ type: 'stop' });
  file = older;
  journal.value.distrust('a bad read');
  for (let tries = 0; tries < 3; tries += 1) {
    expect(() => journal.value.record({ type: 'stop' })).toThrow('2 entries were recorded and only 1 are there');
  }
  expect(suspicions).toEqual([null, 'a bad read', null, '2 entries were recorded and only 1 are there']);
});

/** The same write-ahead log as a machine of the other byte order writes it: section 4.2 of SQLite's file format. */
function inOtherOrder(wal: Buffer): Buffer {
  const out = Buffer.from(wal);
  out[3] = (out[3] ?? 0) ^ 1;
  const isBigEndian = (out[3] & 1) === 1;
  let [one, two] = [0, 0];
  const sum = (from: number, to: number): void => {
    for (let at = from; at < to; at += 8) {
      one = (one + (isBigEndian ? out.readUInt32BE(at) : out.readUInt32LE(at)) + two) % 2 ** 32;
      two = (two + (isBigEndian ? out.readUInt32BE(at + 4) : out.readUInt32LE(at + 4)) + one) % 2 ** 32;
    }
  };
  const put = (at: number): void => {
    out.writeUInt32BE(one, at);
    out.writeUInt32BE(two, at + 4);
  };
  sum(0, 24);
  put(24);
  for (let at = HEADER_BYTES; at < out.length; at += FRAME_BYTES) {
    sum(at, at + 8);
    sum(at + 24, at + FRAME_BYTES);
    put(at + 16);
  }
  return out;
}

it.each([0, 1, 3, 9, 20, 30])('a bit of byte %i in the head of a write-ahead log loses nothing', async (at) => {
  const { used } = await killed();
  flip(`${path}-wal`, at);
  const again = await start('boot-2');
  expect(again.told).toEqual(['log-continued']);
  expect(admittedAgain(again, used)).toBe(0);
});
