import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { asidesOf, forgetAside } from '../../src/journal/forget-aside.ts';
import { openJournalReader } from '../../src/journal/open.ts';
import { damagedFolder, setAside } from '../../src/journal/set-aside.ts';
import type { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { PERSONAL_DAYS } from '../../src/journal/use.ts';
import { openKioskJournal } from '../../src/kiosk/open-journal.ts';
import type { Pass } from '../../src/pass/pass.ts';
import { newLogKey } from '../support/exported-log.ts';
import { eventTicket, judge, opened, path, SECRET, time, useJournalFile } from '../support/journal-file.ts';
import { LUNCH_MS, passOf } from '../support/passes.ts';

useJournalFile();

const key = newLogKey('7A');
const PEOPLE = 20;
const ticket = (): Pass => passOf({ single: true, validUntilMs: LUNCH_MS + 60 * DAY_MS });
const told = (journal: SqliteJournal, pass: Pass): string => judge(journal, pass, eventTicket).decision.verdict;
const spoil = (): void => changed((db) => void db.exec("UPDATE entry SET bytes = CAST('{}' AS BLOB) WHERE seq = 0"));
const salts = (): readonly Buffer[] => changed((db) => db.prepare<[], Buffer>('SELECT pass FROM salt').pluck().all());
const asideBytes = (): Buffer => {
  const folder = damagedFolder(path);
  return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
};

function changed<T>(act: (db: Database.Database) => T): T {
  const db = new Database(path);
  try {
    return act(db);
  } finally {
    db.close();
  }
}

async function start(bootId: string): Promise<SqliteJournal> {
  const around = { path, key, clock: time, bootId, useKeySecret: SECRET };
  const journal = await openKioskJournal(around, () => {}, null);
  if (!journal.ok) throw new Error(journal.error);
  opened.push(journal.value);
  return journal.value;
}

async function begun(people = PEOPLE): Promise<SqliteJournal> {
  const journal = await start('boot-1');
  journal.record({ type: 'start', lastEnd: 'first-start', version: '1' });
  for (let number = 0; number < people; number += 1) told(journal, ticket());
  return journal;
}

/** What a purge would hand to the thread now. */
function due(): readonly string[] {
  const nowMs = time.wall().atMs;
  const isDue = ({ sinceMs }: { sinceMs: number }): boolean => sinceMs < nowMs - PERSONAL_DAYS * DAY_MS;
  return asidesOf(path, nowMs)
    .filter(isDue)
    .map(({ file }) => file);
}

it('a renewal that a power cut ended leaves no name by which the living journal forgets 28 days later', async () => {
  let journal = await begun();
  const used = ticket();
  expect(told(journal, used)).toBe('admit');
  journal.close();
  setAside(path, time.wall().atMs);
  // Here the power is cut, and the next start finds nothing wrong with the file.
  journal = await start('boot-2');
  expect(readdirSync(damagedFolder(path))).toEqual([]);
  time.advance(29 * DAY_MS);
  expect(forgetAside({ files: due(), key: key.verifier })).toEqual([]);
  expect(told(journal, used)).toBe('refuse');
});

it('a renewal that was cut short once loses no write-ahead log the next time', async () => {
  const reading = () => {
    const reader = openJournalReader(path);
    if (!reader.ok) throw new Error(reader.error);
    reader.value.prepare('SELECT 1 FROM entry').get();
    return reader.value;
  };
  let journal = await begun();
  // The audit reads long after a start: while it does, the write-ahead log stays when the file is closed.
  let reader = reading();
  journal.close();
  setAside(path, time.wall().atMs);
  reader.close();
  journal = await start('boot-2');
  journal.close();
  journal = await start('boot-3');
  const used = ticket();
  expect(told(journal, used)).toBe('admit');
  const size = journal.size();
  reader = reading();
  journal.distrust('SQLITE_CORRUPT');
  // Its signal was never told to have been given.
  const again = told(journal, used);
  reader.close();
  const [aside = ''] = readdirSync(damagedFolder(path)).filter((name) => name.endsWith('.db'));
  const db = new Database(join(damagedFolder(path), aside), { readonly: true });
  const kept = db.prepare('SELECT count(*) FROM entry').pluck().get();
  db.close();
  expect({ again, kept }).toEqual({ again: 'assist', kept: size });
});

it('a second attempt to set a journal aside takes the write-ahead log as it is now', async () => {
  const journal = await begun();
  journal.close();
  writeFileSync(`${path}-wal`, 'of the first attempt');
  const name = setAside(path, time.wall().atMs) ?? '';
  const aside = join(damagedFolder(path), `${name}-wal`);
  writeFileSync(`${path}-wal.other`, 'of the second');
  renameSync(`${path}-wal.other`, `${path}-wal`);
  expect(setAside(path, time.wall().atMs + 1)).toBe(name);
  expect(readFileSync(aside, 'utf8')).toBe('of the second');
  rmSync(`${path}-wal`);
  expect(setAside(path, time.wall().atMs + 2)).toBe(name);
  expect(readdirSync(damagedFolder(path))).toEqual([name]);
});

it('a journal that was set aside before the time server answered is not forgotten when it does, and the owner is told', async () => {
  const journal = await begun();
  journal.checkpoint(key);
  journal.close();
  spoil();
  time.advance(3 * HOUR_MS);
  // A board without a battery: the date of its image until the time server answers.
  time.stepWall(-200 * DAY_MS);
  time.trust(false);
  const renewed = await start('boot-2');
  time.stepWall(200 * DAY_MS);
  time.trust(true);
  time.advance(MINUTE_MS);
  expect(due()).toEqual([]);
  renewed.purge(time.wall().atMs);
  expect(time.wall().atMs - (renewed.continuedAtMs() ?? 0)).toBeLessThan(DAY_MS);
});

it('nothing personal gets older than 28 days for being in a damaged journal', async () => {
  const journal = await begun();
  time.advance(27 * DAY_MS);
  journal.close();
  const personal = salts();
  spoil();
  await start('boot-2');
  expect(due()).toEqual([]);
  expect(personal.filter((salt) => asideBytes().includes(salt)).length).toBe(PEOPLE);
  time.advance(2 * DAY_MS);
  expect(forgetAside({ files: due(), key: key.verifier })).toEqual([]);
  expect(personal.filter((salt) => asideBytes().includes(salt))).toEqual([]);
});

it('a damaged journal that cannot be written out keeps no other from forgetting', async () => {
  const journal = await begun();
  journal.close();
  const personal = salts();
  const [first, second] = ['20250101', '20250202'].map((day) =>
    join(damagedFolder(path), `journal-${day}T000000000Z.db`),
  ) as [string, string];
  mkdirSync(damagedFolder(path));
  writeFileSync(first, 'no journal any more');
  // As on a disk that has no room for its lines.
  mkdirSync(`${first}.txt.new`);
  writeFileSync(second, readFileSync(path));
  expect(forgetAside({ files: [first, second], key: key.verifier })).toEqual([first]);
  expect(personal.filter((salt) => readFileSync(second).includes(salt))).toEqual([]);
});

it('a new log does not call the used passes whole where entries that were signed are gone', async () => {
  let journal = await start('boot-1');
  journal.record({ type: 'start', lastEnd: 'first-start', version: '1' });
  journal.close();
  const older = readFileSync(path);
  journal = await start('boot-1');
  expect(told(journal, ticket())).toBe('admit');
  journal.checkpoint(key);
  journal.close();
  writeFileSync(path, older);
  await start('boot-2');
  const first = changed((db) => db.prepare<[], Buffer>('SELECT bytes FROM entry WHERE seq = 0').pluck().get());
  expect(JSON.parse(String(first))).toMatchObject({ type: 'log-continued', whole: false });
});
