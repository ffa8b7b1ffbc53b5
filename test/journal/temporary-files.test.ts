import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/time.ts';
import { loadLogKey } from '../../src/journal/log-key.ts';
import { renewingFile } from '../../src/journal/renew.ts';
import { damagedFolder, finishTakingPlace, keptAside } from '../../src/journal/set-aside.ts';
import { open, path, time, useJournalFile } from '../support/journal-file.ts';
import { hasStrace, traceCalls } from '../support/strace.ts';

useJournalFile();

/** More than SQLite keeps in memory of a statement that may have to be put back. */
const LIVING = 3_000;

/** A journal with one use key that is over and many that are not. */
function fill(): void {
  open().close();
  const db = new Database(path);
  const add = db.prepare<[Buffer, number]>(
    "INSERT INTO use (key, seq, boot, mono_ms, wall_ms, ends_ms) VALUES (?, 0, 'boot', 0, 0, ?)",
  );
  db.transaction(() => {
    for (let at = 0; at <= LIVING; at += 1) add.run(randomBytes(32), time.wall().atMs + (at === 0 ? -1 : DAY_MS));
  })();
  db.close();
}

describe.skipIf(!hasStrace)('use keys that are written anew', () => {
  it('lie in no temporary file, which nothing overwrites', async () => {
    fill();
    const journal = open();
    const ended = await traceCalls(process.pid, 'openat', join(dirname(path), 'trace'));
    journal.purge(time.wall().atMs);
    const calls = await ended();
    const left = new Database(path, { readonly: true });
    expect(left.prepare('SELECT count(*) FROM use').pluck().get()).toBe(LIVING);
    left.close();
    const opened = calls.map(({ rest }) => /"([^"]*)"/.exec(rest)?.[1] ?? '');
    expect(opened.filter((name) => name.includes('journal.db'))).not.toEqual([]);
    expect(opened.filter((name) => name.includes('etilqs'))).toEqual([]);
  });
});

/** As on a kiosk: a journal that is damaged is replaced, and its use keys are carried over. */
function renewing(): () => void {
  const key = loadLogKey(join(dirname(path), 'log-key.jwk'), { venueId: 'venue', kioskId: '7A' });
  if (!key.ok) throw new Error(key.error);
  const file = renewingFile({ path, clock: time, bootId: 'boot-2', key: key.value, continued: () => {} });
  return () => {
    const opened = file('a sector turned over');
    if (!opened.ok) throw new Error(opened.error.says);
    opened.value.close();
  };
}

describe('a new log that is built beside a damaged one', () => {
  it.skipIf(!hasStrace)('leaves no use key in the log that it was written through', async () => {
    fill();
    const renew = renewing();
    const ended = await traceCalls(process.pid, 'pwrite64,ftruncate', join(dirname(path), 'trace'));
    renew();
    const calls = (await ended()).filter(({ rest }) => rest.includes('journal.db.new-wal'));
    const cut = calls.findIndex(({ name }) => name === 'ftruncate');
    expect(calls.slice(0, cut).filter(({ rest }) => /"(\\0){64}"\.\.\., \d{5,}/.test(rest))).not.toEqual([]);
  });

  it.each(['.new', '.new-wal', '-wal'])('and was not finished leaves nothing in the blocks of its %s', (side) => {
    fill();
    const canary = randomBytes(32);
    const file = `${path}${side}`;
    writeFileSync(file, canary);
    if (side === '-wal') writeFileSync(`${path}.ready`, '');
    const blocks = openSync(file, 'r');
    finishTakingPlace(path);
    expect([readFileSync(blocks).includes(canary), existsSync(file)]).toEqual([false, false]);
    closeSync(blocks);
  });

  it('has not overwritten the damaged one, which has a second name', () => {
    fill();
    const before = readFileSync(path);
    renewing()();
    const [kept = ''] = keptAside(path);
    expect(readFileSync(join(damagedFolder(path), kept)).equals(before)).toBe(true);
  });
});
