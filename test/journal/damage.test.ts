import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DamageReport, damagedNotes, reportDamage } from '../../src/journal/damage-report.ts';
import { asidesOf, forgetAside } from '../../src/journal/forget-aside.ts';
import { salvage } from '../../src/journal/salvage.ts';
import {
  DAMAGES,
  type Damage,
  damageSector,
  type Evening,
  makeEvening,
  SECTOR_BYTES,
} from '../support/damaged-journal.ts';

/** `npm run flips` damages every one of them. */
const EVERY = 8;
const EVERY_OF_WAL = 61;
const EVERY_CUT = 37;

const PERSONAL = ['salt', 'facts', 'use', 'unshown', 'sticker'];
/** The file format of SQLite, section 1.6: the first byte of a page. */
const [INTERIOR_OF_ROWS, LEAF_OF_ROWS, LEAF_OF_KEYS] = [0x05, 0x0d, 0x0a];

let evening: Evening;
let killed: Evening;
const folder = mkdtempSync(join(tmpdir(), 'damage-'));
beforeAll(async () => {
  evening = await makeEvening(folder);
  killed = await makeEvening(join(folder, 'killed'), 'killed');
});
afterAll(() => rmSync(folder, { recursive: true }));

const AT_MS = Date.parse('2021-12-13T02:40:00.000Z');
const journal = (): string => join(folder, 'journal.db');
const aside = (): string => join(folder, 'damaged');
const kept = (): string => join(aside(), 'journal-20211213T024000000Z.db');
const forget = (untilMs = AT_MS + 1): readonly string[] => {
  const due = asidesOf(journal(), Number.POSITIVE_INFINITY).filter(({ atMs }) => atMs < untilMs);
  return forgetAside({ files: due.map(({ file }) => file), key: evening.key.verifier });
};
const leftAside = (): Buffer => Buffer.concat(readdirSync(aside()).map((name) => readFileSync(join(aside(), name))));

function setAside(file: Buffer): void {
  rmSync(aside(), { recursive: true, force: true });
  mkdirSync(aside());
  writeFileSync(kept(), file);
}

it.each([
  ['an entry', (file: Buffer) => file],
  ['a page of the table of salts', (file: Buffer) => spoilPageOf(file, 'salt')],
  ['tables that seem to be empty', (file: Buffer) => PERSONAL.reduce(emptyTable, file)],
])('a log that was set aside for %s holds no salt and no used pass 28 days later', async (_, spoil) => {
  const salts = personalBytes(evening.file);
  expect(salts.length).toBeGreaterThan(100);
  setAside(spoil(Buffer.from(evening.file)));
  forget(AT_MS);
  expect(readdirSync(aside()).map((name) => readFileSync(join(aside(), name)).length)).toEqual([evening.file.length]);
  forget();
  const left = leftAside();
  expect(salts.filter((bytes) => left.includes(bytes))).toEqual([]);
  expect(evening.entries.filter((bytes) => left.includes(bytes)).length).toBe(evening.entries.length);
});

it('one bad page costs the entries that stand on it, not those behind it, 28 days later', () => {
  setAside(spoilLeafOf(Buffer.from(evening.file), 5));
  const before = reported(kept());
  expect(before.sound).toBeGreaterThan(evening.entries.length - 40);
  expect(before.sound).toBeLessThan(evening.entries.length);
  expect(forget()).toEqual([]);
  expect(readdirSync(aside())).toEqual(['journal-20211213T024000000Z.db.txt']);
  // Under the name in the log as well as under its own.
  for (const file of [kept(), `${kept()}.txt`]) {
    const after = reported(file);
    expect(after).toMatchObject({ sound: before.sound, entries: before.entries, signedSize: before.signedSize });
    expect(after.stretches).toEqual(before.stretches.map(({ from, to }) => ({ from, to, what: 'missing' })));
  }
  const kepts: Buffer[] = [];
  reportDamage(kept(), evening.key.verifier, (bytes) => kepts.push(bytes));
  expect(kepts.every((bytes) => evening.entries.some((entry) => entry.equals(bytes)))).toBe(true);
  const notes = damagedNotes(kept(), evening.key.verifier);
  expect(notes.ok && notes.value.length).toBe(4);
});

it('a damaged log that somebody reads is left for later, and not called beyond deletion', () => {
  setAside(evening.file);
  const reader = new Database(kept(), { readonly: true });
  const rows = reader.prepare('SELECT seq FROM entry').iterate();
  rows.next();
  expect(forget()).toEqual([kept()]);
  expect(readdirSync(aside())).not.toContain('journal-20211213T024000000Z.db.txt');
  rows.return?.();
  reader.close();
  expect(forget()).toEqual([]);
  expect(personalBytes(evening.file).filter((bytes) => leftAside().includes(bytes))).toEqual([]);
  expect(reported(kept())).toMatchObject({ sound: evening.entries.length, stretches: [] });
});

it('a kill while a damaged log is overwritten does not lose the lines that were written out of it', () => {
  setAside(spoilLeafOf(Buffer.from(evening.file), 5));
  const half = Buffer.from(readFileSync(kept()));
  expect(forget()).toEqual([]);
  const text = readFileSync(`${kept()}.txt`);
  half.fill(0, 0, half.length / 2);
  writeFileSync(kept(), half);
  expect(forget()).toEqual([]);
  expect(readFileSync(`${kept()}.txt`)).toEqual(text);
  expect(readdirSync(aside())).toEqual(['journal-20211213T024000000Z.db.txt']);
});

function reported(file: string): DamageReport {
  const report = reportDamage(file, evening.key.verifier);
  if (!report.ok) throw new Error(report.error);
  return report.value;
}

/** Damages one of the pages on which the entries stand. */
function spoilLeafOf(file: Buffer, which: number): Buffer {
  const db = opened(file);
  const size = Number(db.pragma('page_size', { simple: true }));
  db.close();
  const marker = Buffer.from('"type":"scan"');
  const pages = Array.from({ length: file.length / size }, (_, page) => page * size).filter(
    (at) => file[at] === LEAF_OF_ROWS && file.subarray(at, at + size).includes(marker),
  );
  const at = pages[which] ?? 0;
  file.fill(0xff, at, at + 16);
  return file;
}

/** Damages the heads of a table and of its indices, so that no row of it can be seen any more. */
function emptyTable(file: Buffer, table: string): Buffer {
  const db = opened(file);
  const of = 'SELECT rootpage FROM sqlite_schema WHERE tbl_name = ? AND rootpage > 0';
  const roots = db.prepare<[string], number>(of).pluck().all(table);
  const size = Number(db.pragma('page_size', { simple: true }));
  db.close();
  for (const root of roots) {
    const at = (root - 1) * size;
    const isOfRows = file[at] === INTERIOR_OF_ROWS || file[at] === LEAF_OF_ROWS;
    file[at] = isOfRows ? LEAF_OF_ROWS : LEAF_OF_KEYS;
    file.writeUInt16BE(0, at + 3);
  }
  return file;
}

/** A file in the mode of a write-ahead log cannot be opened out of memory. */
function opened(file: Buffer): Database.Database {
  const path = join(folder, 'looked-at.db');
  writeFileSync(path, file);
  return new Database(path);
}

function personalBytes(file: Buffer): readonly Buffer[] {
  const db = opened(file);
  try {
    const keys = db.prepare<[], Buffer>('SELECT pass FROM salt UNION SELECT key FROM use').pluck().all();
    return keys.filter((bytes) => file.includes(bytes));
  } finally {
    db.close();
  }
}

/** Damages the first page of a table, so that no row of it can be deleted. */
function spoilPageOf(file: Buffer, table: string): Buffer {
  const db = opened(file);
  const root = db.prepare<[string], number>('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table);
  const size = Number(db.pragma('page_size', { simple: true }));
  db.close();
  file.fill(0xff, ((root ?? 1) - 1) * size, ((root ?? 1) - 1) * size + 16);
  return file;
}

describe('a sector of the disk that goes bad', () => {
  it.each(DAMAGES)('(%s) changes no admission unnoticed, lets nobody in again and stops no start', async (damage) => {
    const outcomes = await damageEach(evening, 'file', damage, EVERY);
    expect(outcomes.noticed).toBeGreaterThan(0);
  });

  it.each(DAMAGES)(
    '(%s) in a write-ahead log that nobody folded in loses nothing that was acknowledged',
    async (damage) => {
      expect(killed.wal.length).toBeGreaterThan(killed.file.length);
      const outcomes = await damageEach(killed, 'wal', damage, EVERY_OF_WAL);
      expect(outcomes.noticed).toBeGreaterThan(0);
      expect(outcomes.lostUses).toBe(0);
    },
  );
});

it.each([
  [1, 150],
  [2_049, 145],
  [20_000, 125],
])('a journal that lost its last %i bytes still knows at least %i of 150 used tickets', (bytes, least) => {
  setAside(evening.file.subarray(0, evening.file.length - bytes));
  const { uses, head } = salvage(kept(), evening.key.verifier);
  expect(uses.length).toBeGreaterThanOrEqual(least);
  expect(head?.size).toBeGreaterThan(100);
  expect(reported(kept()).sound).toBeGreaterThan(evening.entries.length - 60);
});

it('a journal that is cut off anywhere is noticed, and stops no start', async () => {
  expect(await damageEach(evening, 'file', 'cut off', EVERY_CUT)).toMatchObject({ unharmed: 0 });
});

it('a start on a damaged journal does not verify each head that was ever signed', () => {
  setAside(Buffer.from(evening.file));
  const { verifier } = evening.key;
  let asked = 0;
  const counting = {
    ...verifier,
    get publicKey() {
      asked += 1;
      return verifier.publicKey;
    },
  };
  expect(salvage(kept(), counting).head?.size).toBe(evening.entries.length);
  expect(asked).toBe(1);
});

async function damageEach(of: Evening, where: 'file' | 'wal', damage: Damage, every: number) {
  const problems: string[] = [];
  const outcomes = { unharmed: 0, noticed: 0, lostUses: 0 };
  const sectors = Math.floor(of[where].length / SECTOR_BYTES);
  for (let sector = every - 1; sector < sectors; sector += every) {
    const flip = await damageSector(of, where, sector, damage);
    outcomes[flip.outcome] += 1;
    outcomes.lostUses += flip.lostUses;
    problems.push(...flip.problems.map((problem) => `sector ${sector}: ${problem}`));
  }
  expect(problems).toEqual([]);
  return outcomes;
}
