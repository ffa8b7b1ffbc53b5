import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { journal } from '../../src/commands/journal.ts';
import { complaintOf, ran } from '../support/command.ts';
import { refusedBy } from '../support/in-process.ts';

let folder: string;
let data: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-lost-'));
  data = join(folder, 'data');
  await ran(['sticker', 'issue', '--kind', 'ticket', '--data', data]);
  await on('checkpoint');
  await ran(['sticker', 'issue', '--kind', 'ticket', '--data', data]);
  await on('checkpoint');
});
afterEach(() => rmSync(folder, { recursive: true }));

const on = (...args: readonly string[]) => ran(['journal', ...args, '--data', data], { cwd: folder });

/** As a disk does that has lost the end of the write-ahead log: entries, their tree and their heads. */
function loseAfter(size: number): void {
  const db = new Database(join(data, 'journal.db'));
  db.prepare('DELETE FROM entry WHERE seq >= ?').run(size);
  db.prepare('DELETE FROM checkpoint WHERE size > ?').run(size);
  db.close();
}

describe('a log that lost what was signed, and its own heads with it', () => {
  it('is not called as it was signed: the head that lies beside it says how much there was', async () => {
    expect((await on('verify')).code).toBe(0);
    loseAfter(1);
    const { code, out } = await on('verify');
    expect([code, out]).toEqual([1, expect.stringContaining('More entries were signed than are here')]);
  });

  it('is found out also where only its beginning is asked for', async () => {
    loseAfter(1);
    expect((await on('verify', '--to', '0')).code).toBe(1);
  });

  it('has nothing held against it by a head of another log, or one that is no head', async () => {
    writeFileSync(join(data, 'journal.head'), 'not a head');
    expect((await on('verify')).code).toBe(0);
  });

  it('is called empty where it is, and not of an older version', async () => {
    for (const side of ['-wal', '-shm']) rmSync(join(data, `journal.db${side}`), { force: true });
    truncateSync(join(data, 'journal.db'));
    const { code, says } = complaintOf(await on('verify'));
    expect([code, says]).toEqual([2, expect.stringMatching(/journal\.db is empty: keep the folder as it is/)]);
  });
});

describe('a day that has not come', () => {
  const [from, to] = ['2999-01-01T00:00:00Z', '2999-01-02T00:00:00Z'];

  it('has no certificate, and nothing is given away', async () => {
    const before = (await on('tail')).out;
    expect(await refusedBy(journal, ['outage', '--from', from, '--to', to, '--data', data])).toBe(
      'that time has not come yet by this clock: ask for one that has',
    );
    expect((await on('tail')).out).toBe(before);
  });

  it('has no slip, on paper or as a picture', async () => {
    const out = join(folder, 'slip.png');
    expect(await refusedBy(journal, ['slip', '--day', '2999-01-01', '--out', out, '--data', data])).toBe(
      '2999-01-01 has not come yet',
    );
    expect(existsSync(out)).toBe(false);
  });
});
