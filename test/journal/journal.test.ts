import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/time.ts';
import { JournalFault } from '../../src/journal/journal.ts';
import { openJournalFile } from '../../src/journal/open.ts';
import { newestEntries } from '../../src/journal/query.ts';
import { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { PERSONAL_DAYS } from '../../src/journal/use.ts';
import {
  anyGenuine,
  eventTicket,
  judge,
  open,
  opened,
  passback,
  path,
  read,
  SECRET,
  time,
  useJournalFile,
} from '../support/journal-file.ts';
import { LUNCH_MS, passOf } from '../support/passes.ts';

useJournalFile();

describe('the file', () => {
  it('syncs at every commit, so that a power cut takes nothing that was acknowledged', () => {
    const db = openJournalFile(path);
    if (!db.ok) throw new Error(db.error);
    expect(db.value.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.value.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.value.pragma('secure_delete', { simple: true })).toBe(1);
    db.value.close();
  });

  it.each([
    [
      'an entry was edited',
      "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'admit', 'ADMIT') AS BLOB) WHERE seq = 4",
    ],
    ['an entry was taken out', 'DELETE FROM entry WHERE seq = 1'],
    ['a leaf was changed', "UPDATE entry SET leaf = x'00' WHERE seq = 2"],
  ])('is not gone on with after %s', (_, tampering) => {
    const journal = open();
    for (let count = 0; count < 4; count += 1) journal.record({ type: 'dropped', count });
    judge(journal, passOf(), eventTicket);
    journal.close();
    const db = new Database(path);
    expect(db.prepare(tampering).run().changes).toBe(1);
    db.close();
    const again = openJournalFile(path);
    expect(again.ok ? '' : again.error).toMatch(/changed or damaged at entry \d/);
  });

  it('of a newer version is left alone', () => {
    open().close();
    const db = new Database(path);
    db.pragma('user_version = 99');
    db.close();
    const again = openJournalFile(path);
    expect(again.ok ? '' : again.error).toContain('newer version');
  });
});

describe('an entry', () => {
  it('is canonical JSON whose leaf hash is RFC 6962’s, numbered from 0 without a gap', () => {
    const journal = open();
    journal.record({ type: 'start', lastEnd: 'first-start', version: '1' });
    judge(journal, passOf(), anyGenuine);
    const rows = read((db) =>
      db.prepare<[], { seq: number; bytes: Buffer; leaf: Buffer }>('SELECT * FROM entry').all(),
    );
    expect(rows.map(({ seq }) => seq)).toEqual([0, 1]);
    for (const { seq, bytes, leaf } of rows) {
      expect(leaf).toEqual(createHash('sha256').update(Buffer.of(0)).update(bytes).digest());
      const entry = JSON.parse(bytes.toString('utf8'));
      expect(Object.keys(entry)).toEqual(Object.keys(entry).sort());
      expect(entry).toMatchObject({ v: 1, seq, boot: 'boot-1', wallMs: LUNCH_MS, clock: 'trusted' });
    }
  });

  it('names a pass by a salted digest, and says nothing else of the person', () => {
    const pass = passOf({
      kind: 'vaccination',
      claims: {
        ...passOf().claims,
        nam: { fnt: 'CANARY' },
        dob: '1958-03-01',
        kind: 'vaccination',
        v: [{ dn: 2, sd: 2, dt: '2021-11-13' }],
      },
    });
    const { seq } = judge(open(), pass, anyGenuine);
    const [entry] = read((db) => newestEntries(db, 1));
    const salt = read((db) =>
      db.prepare<[number], { pass: Buffer }>('SELECT pass FROM salt WHERE seq = ?').get(seq),
    )?.pass;
    const tag = createHmac('sha256', salt ?? '')
      .update(pass.passId)
      .digest()
      .subarray(0, 16)
      .toString('base64url');
    expect(entry).toMatchObject({ verdict: 'admit', reason: 'ok', rule: null, kind: 'vaccination', pass: tag });
    expect(JSON.stringify(entry)).not.toMatch(/CANARY|1958/);
    const facts = read((db) => db.prepare<[], { json: string }>('SELECT json FROM facts').get());
    expect(JSON.parse(facts?.json ?? '')).toEqual({
      kind: 'vaccination',
      doses: 2,
      dosesNeeded: 2,
      daysSinceDose: 30,
      hoursSinceTest: null,
      bornYearClass: 'adult',
    });
  });

  it('keeps its number and order when the wall clock jumps back', () => {
    const journal = open();
    journal.record({ type: 'dropped', count: 1 });
    time.stepWall(-400 * DAY_MS);
    journal.record({ type: 'dropped', count: 2 });
    const stamps = read((db) => newestEntries(db, 2)).map(({ seq, wallMs }) => [seq, wallMs]);
    expect(stamps).toEqual([
      [0, LUNCH_MS],
      [1, LUNCH_MS - 400 * DAY_MS],
    ]);
  });
});

describe('how the last run ended', () => {
  it('is told apart: never ran, stopped, fell over', () => {
    const first = open();
    expect(first.lastEnd).toBe('first-start');
    first.record({ type: 'start', lastEnd: 'first-start', version: '1' });
    first.close();
    const second = open();
    expect(second.lastEnd).toBe('unknown');
    second.record({ type: 'start', lastEnd: 'unknown', version: '1' });
    second.record({ type: 'stop' });
    second.record({ type: 'sticker-revoked', sticker: 'AA123456' });
    second.close();
    expect(open().lastEnd).toBe('stopped');
  });

  it('is not forgotten over a busy week', () => {
    const journal = open();
    journal.record({ type: 'start', lastEnd: 'first-start', version: '1' });
    journal.close();
    const db = new Database(path);
    const bytes = Buffer.from(JSON.stringify({ v: 1, type: 'dropped', wallMs: 1, clock: 'unsure' }));
    const leaf = createHash('sha256').update(Buffer.of(0)).update(bytes).digest();
    const add = db.prepare('INSERT INTO entry (seq, bytes, leaf) VALUES (?, ?, ?)');
    db.transaction(() => {
      for (let seq = 1; seq <= 12_000; seq += 1) add.run(seq, bytes, leaf);
    })();
    db.close();
    const again = open();
    expect([again.lastEnd, again.lastTrustedMs()]).toEqual(['unknown', LUNCH_MS]);
  });
});

describe('a disk that does not take an entry', () => {
  function fill(): { journal: SqliteJournal; free(): void } {
    const handles: Database.Database[] = [];
    const journal = SqliteJournal.open({
      open: () => {
        const file = openJournalFile(path);
        if (file.ok) handles.push(file.value);
        return file;
      },
      clock: time,
      bootId: 'boot-1',
      useKeySecret: SECRET,
    });
    if (!journal.ok) throw new Error(journal.error);
    opened.push(journal.value);
    const db = handles[0];
    db?.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`);
    return { journal: journal.value, free: () => db?.pragma('max_page_count = 1000000') };
  }

  it('makes every write a fault that stores nothing, and goes on when there is room again', () => {
    const { journal, free } = fill();
    const ticket = passOf();
    let stored = 0;
    expect(() => {
      for (;;) {
        judge(journal, passOf(), eventTicket);
        stored += 1;
      }
    }).toThrow(JournalFault);
    expect(journal.size()).toBe(stored);
    expect(() => judge(journal, ticket, eventTicket)).toThrow('SQLITE_FULL');
    free();
    expect(judge(journal, ticket, eventTicket)).toMatchObject({ seq: stored, decision: { verdict: 'admit' } });
    journal.close();
    expect(openJournalFile(path).ok).toBe(true);
  });
});

describe('28 days later', () => {
  it('the salts and facts are gone to the last byte, and every leaf is as it was', () => {
    const journal = open();
    const pass = passOf({ kind: 'test', claims: { ...passOf().claims, kind: 'test', dob: '2004-05-06' } });
    journal.shown(judge(journal, pass, anyGenuine).seq);
    journal.flush();
    const salt = read((db) => db.prepare<[], { pass: Buffer }>('SELECT pass FROM salt').get())?.pass ?? Buffer.alloc(0);
    const leaves = () => read((db) => db.prepare<[], { leaf: Buffer }>('SELECT leaf FROM entry WHERE seq < 2').all());
    const before = leaves();
    const raw = () => Buffer.concat([path, `${path}-wal`].map((file) => readFileSync(file)));
    expect([raw().includes(salt), raw().includes('"bornYearClass"')]).toEqual([true, true]);
    journal.purge(LUNCH_MS + PERSONAL_DAYS * DAY_MS);
    expect(read((db) => db.prepare<[], { n: number }>('SELECT count(*) AS n FROM salt').get())?.n).toBe(1);
    journal.purge(LUNCH_MS + PERSONAL_DAYS * DAY_MS + 1);
    expect([raw().includes(salt), raw().includes('"bornYearClass"')]).toEqual([false, false]);
    expect(leaves()).toEqual(before);
    expect(read((db) => newestEntries(db, 1))[0]).toMatchObject({ type: 'deleted', salts: 1, facts: 1 });
  });

  it('what a clock in another century had stamped is gone too: no later clock would call it old', () => {
    const journal = open();
    journal.record({ type: 'device-ready', device: 'printer' });
    time.stepWall(100 * 365 * DAY_MS);
    time.trust(false);
    judge(journal, passOf(), eventTicket);
    judge(journal, passOf(), passback);
    journal.recordStaff(2, 'admitted');
    time.stepWall(-100 * 365 * DAY_MS);
    time.trust(true);
    journal.purge(LUNCH_MS + PERSONAL_DAYS * DAY_MS + 1);
    const left = read((db) =>
      db
        .prepare<[], object>(
          `SELECT (SELECT count(*) FROM salt) AS salts, (SELECT count(*) FROM facts) AS facts,
                  (SELECT count(*) FROM unshown) AS unshown`,
        )
        .get(),
    );
    expect(left).toEqual({ salts: 0, facts: 0, unshown: 0 });
  });
});
