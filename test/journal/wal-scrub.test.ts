import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JournalFault } from '../../src/journal/journal.ts';
import { openJournalFile } from '../../src/journal/open.ts';
import { MAX_REBUILT_USES, rebuildUses } from '../../src/journal/use-rebuild.ts';
import { scrubAtLast, scrubWal } from '../../src/journal/wal-scrub.ts';

let folder: string;
let path: string;
let wal: string;
let db: Database.Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scrub-'));
  path = join(folder, 'journal.db');
  wal = `${path}-wal`;
  const opened = openJournalFile(path);
  if (!opened.ok) throw new Error(opened.error);
  db = opened.value;
});
afterEach(() => {
  vi.restoreAllMocks();
  db.close();
  rmSync(folder, { recursive: true });
});

/** Rows with a salt each, one commit a row. */
function salted(count: number): readonly Buffer[] {
  const add = db.prepare(
    'INSERT INTO salt (seq, pass, wall_ms) VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM salt), ?, 0)',
  );
  const salts = Array.from({ length: count }, () => randomBytes(32));
  for (const salt of salts) add.run(salt);
  return salts;
}

const inLog = (salts: readonly Buffer[]): number => {
  const bytes = readFileSync(wal);
  return salts.filter((salt) => bytes.includes(salt)).length;
};

/** Calls `look` right before the checkpoint of that kind. */
function justBefore(mode: string, look: () => void): void {
  const pragma = db.pragma.bind(db);
  vi.spyOn(db, 'pragma').mockImplementation((source, options) => {
    if (source.includes(mode)) look();
    return pragma(source, options);
  });
}

/** What a power cut at this instant would leave, opened again. */
function saltsAfterPowerCut(): number {
  const cut = join(folder, 'cut.db');
  copyFileSync(path, cut);
  copyFileSync(wal, `${cut}-wal`);
  const after = new Database(cut);
  const count = after.prepare<[], number>('SELECT count(*) FROM salt').pluck().get() ?? 0;
  const sound = after.pragma('integrity_check', { simple: true });
  after.close();
  return sound === 'ok' ? count : -1;
}

describe('what was deleted must not stay in blocks that the write-ahead log gives back:', () => {
  it('they are overwritten before the log is cut off', () => {
    const salts = salted(50);
    db.exec('DELETE FROM salt');
    let left = -1;
    let bytes = 0;
    justBefore('TRUNCATE', () => {
      left = inLog(salts);
      bytes = statSync(wal).size;
    });
    expect(inLog(salts)).toBe(50);
    const { size } = statSync(wal);
    expect([scrubWal(db), left, bytes, statSync(wal).size]).toEqual([true, 0, size, 0]);
    expect(scrubWal(db)).toBe(true);
  });

  it.each(['RESTART', 'user_version =', 'PASSIVE', 'TRUNCATE'])('a power cut before %s loses nothing', (step) => {
    salted(50);
    let after = -1;
    justBefore(step, () => {
      after = saltsAfterPowerCut();
    });
    expect([scrubWal(db), after]).toEqual([true, 50]);
    salted(1);
    expect(saltsAfterPowerCut()).toBe(51);
  });

  it('while somebody reads, nothing is touched, nobody waits, and the next commit is as safe as ever', () => {
    const reader = new Database(path, { readonly: true });
    salted(20);
    reader.exec('BEGIN');
    expect(reader.prepare('SELECT count(*) AS n FROM salt').get()).toEqual({ n: 20 });
    salted(1);
    expect(scrubWal(db)).toBe(false);
    expect(db.pragma('busy_timeout', { simple: true })).toBeGreaterThan(0);
    salted(1);
    expect([saltsAfterPowerCut(), reader.prepare('SELECT count(*) AS n FROM salt').get()]).toEqual([22, { n: 20 }]);
    reader.close();
    expect([scrubWal(db), saltsAfterPowerCut()]).toEqual([true, 22]);
  });

  it('a fault of the disk is a fault of the journal, and at the end nobody can mend it any more', () => {
    salted(5);
    justBefore('PASSIVE', () => rmSync(wal));
    expect(() => scrubWal(db)).toThrow(new JournalFault('ENOENT'));
    expect(db.pragma('busy_timeout', { simple: true })).toBeGreaterThan(0);
    scrubAtLast(null);
  });
});

describe('ended use keys leave copies in half empty pages,', () => {
  const fill = (count: number): void => {
    const add = db.prepare("INSERT INTO use (key, seq, boot, mono_ms, wall_ms, ends_ms) VALUES (?, ?, 'b', 1, 2, ?)");
    db.transaction(() => {
      for (let seq = 0; seq < count; seq += 1) add.run(randomBytes(32), seq, seq % 7);
    })();
  };
  const shape = (): unknown => [
    db.pragma('table_list(use)'),
    db.pragma('table_info(use)'),
    db.pragma('index_xinfo(use_ends)'),
  ];
  const rows = (): unknown => db.prepare('SELECT * FROM use ORDER BY key').all();
  const root = (): unknown => db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'use'").pluck().get();

  it('so those that live are written anew, every one of them and in the same form', () => {
    fill(3_000);
    const [formBefore, rowsBefore, rootBefore] = [shape(), rows(), root()];
    db.transaction(() => rebuildUses(db))();
    expect([shape(), rows()]).toEqual([formBefore, rowsBefore]);
    expect(root()).not.toBe(rootBefore);
    db.transaction(() => rebuildUses(db))();
    expect([shape(), rows()]).toEqual([formBefore, rowsBefore]);
  });

  it(`unless there are more than ${MAX_REBUILT_USES}, for which the door would have to wait`, () => {
    fill(MAX_REBUILT_USES);
    const first = root();
    db.transaction(() => rebuildUses(db))();
    const second = root();
    expect(second).not.toBe(first);
    fill(1);
    db.transaction(() => rebuildUses(db))();
    expect(root()).toBe(second);
  });
});

describe('a journal whose uses were written anew', () => {
  it('is not taken for a damaged one at the next start', () => {
    db.exec("INSERT INTO use (key, seq, boot, mono_ms, wall_ms, ends_ms) VALUES (x'01', 0, 'b', 0, 0, 9)");
    rebuildUses(db);
    db.close();
    const again = openJournalFile(path);
    if (!again.ok) throw new Error(again.error);
    db = again.value;
    expect(db.prepare('SELECT count(*) FROM use').pluck().get()).toBe(1);
  });

  it.each([
    'DROP INDEX use_ends',
    'DROP TABLE salt',
    'ALTER TABLE use ADD COLUMN name TEXT',
    'CREATE VIEW v AS SELECT 1',
  ])('and one with other tables still is: %s', (change) => {
    db.exec(change);
    db.close();
    const again = openJournalFile(path);
    expect(again.ok ? 'opened' : again.error).toContain('its tables are not those of a journal');
    db = new Database(path);
  });
});
