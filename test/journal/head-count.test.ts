import { describe, expect, it } from 'vitest';
import type { Note } from '../../src/journal/entry.ts';
import { countAfter, FOLD_EVERY_ENTRIES } from '../../src/journal/head-count.ts';
import { JournalFault, type Occupancy } from '../../src/journal/journal.ts';
import { openJournalFile } from '../../src/journal/open.ts';
import { entriesFrom } from '../../src/journal/query.ts';
import type { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { anyGenuine, judge, open, path, read, useJournalFile } from '../support/journal-file.ts';
import { LUNCH_MS, passOf } from '../support/passes.ts';

useJournalFile();

const admit = (journal: SqliteJournal): void => journal.shown(judge(journal, passOf(), anyGenuine).seq);
const folds = () => read((db) => db.prepare<[], { seq: number }>('SELECT seq FROM head_count').all());
/** The count as anybody gets it who reads all entries from the first. */
const byEntries = (): Occupancy =>
  read((db) =>
    entriesFrom(db, 0, 1_000_000).reduce<Occupancy>((now, entry) => countAfter(now, entry, entry.wallMs), {
      inside: 0,
      sinceMs: 0,
    }),
  );

describe('people inside', () => {
  it('are admissions whose signal was given, less those who were counted out, and never fewer than none', () => {
    const journal = open();
    for (let guest = 0; guest < 3; guest += 1) admit(journal);
    expect(journal.occupancy().inside).toBe(3);
    journal.record({ type: 'counted-out', count: 2 });
    expect(journal.occupancy().inside).toBe(1);
    journal.record({ type: 'counted-out', count: 5 });
    admit(journal);
    expect(journal.occupancy().inside).toBe(1);
    journal.record({ type: 'counted-reset' });
    expect(journal.occupancy()).toEqual({ inside: 0, sinceMs: LUNCH_MS });
  });

  it('do not change with who is refused, nor with who was admitted by a journal whose signal never came', () => {
    const journal = open();
    judge(journal, passOf(), anyGenuine);
    judge(journal, passOf({ kind: 'other' }), { ...anyGenuine, admits: ['ticket'] });
    expect(journal.occupancy().inside).toBe(0);
  });

  it('are the same after a restart, at any length of the log, and by anybody who reads the entries', () => {
    let journal = open();
    for (let round = 0; round < 5; round += 1) {
      for (let guest = 0; guest < FOLD_EVERY_ENTRIES / 5 + 7; guest += 1) admit(journal);
      journal.record({ type: 'counted-out', count: 11 });
      journal.flush();
      const { inside } = journal.occupancy();
      journal.close();
      journal = open();
      expect(journal.occupancy()).toEqual({ inside, sinceMs: 0 });
      expect(journal.occupancy()).toEqual(byEntries());
    }
    expect(folds()).toHaveLength(1);
  });

  it('are written down only once in so many entries: no admission pays for it', () => {
    const journal = open();
    for (let at = 0; at < FOLD_EVERY_ENTRIES; at += 1) journal.record({ type: 'dropped', count: 1 });
    expect(folds()).toEqual([]);
    journal.record({ type: 'dropped', count: 1 });
    expect(folds()).toEqual([{ seq: FOLD_EVERY_ENTRIES - 1 }]);
  });

  it('are not counted twice when the disk refuses and takes it later', () => {
    const note: Note = { type: 'counted-out', count: 1 };
    const journal = open();
    for (let guest = 0; guest < 3; guest += 1) admit(journal);
    journal.flush();
    admit(journal);
    const db = openJournalFile(path);
    if (!db.ok) throw new Error(db.error);
    db.value.exec("CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'full'); END");
    expect(() => journal.record(note)).toThrow(JournalFault);
    expect(journal.occupancy().inside).toBe(4);
    db.value.exec('DROP TRIGGER full');
    db.value.close();
    journal.record(note);
    expect(journal.occupancy().inside).toBe(3);
    expect(journal.occupancy()).toEqual(byEntries());
  });
});
