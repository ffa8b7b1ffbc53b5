import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { siteDaySpan } from '../../src/base/site-day.ts';
import { HOUR_MS } from '../../src/base/time.ts';
import { dayCounters } from '../../src/journal/counters.ts';
import { entriesInTime } from '../../src/journal/entries-in-time.ts';
import { openJournalReader } from '../../src/journal/open.ts';
import { entriesBetween, UnknownEntry } from '../../src/journal/query.ts';
import { newLogKey } from '../support/exported-log.ts';
import { anyGenuine, judge, open, path, subject, time, useJournalFile } from '../support/journal-file.ts';
import { LUNCH_MS, passOf } from '../support/passes.ts';

useJournalFile();
const ZONE = 'Asia/Seoul';
const MIDNIGHT_MS = Date.parse('2021-12-13T00:00:00+09:00');

function reading<T>(use: (db: Database.Database) => T): T {
  const db = openJournalReader(path);
  if (!db.ok) throw new Error(db.error);
  try {
    return use(db.value);
  } finally {
    db.value.close();
  }
}
const countersOf = (fromMs: number, toMs: number) =>
  reading((db) => {
    const { from, to } = entriesInTime(db, fromMs, toMs);
    return dayCounters(entriesBetween(db, from, to), ZONE, fromMs, toMs);
  });

describe('an owner who asks how the day was', () => {
  it('is told by hour, reason, format and kind, for that day alone', () => {
    const journal = open();
    const key = newLogKey('7A');
    for (let day = 0; day < 3; day += 1) {
      judge(journal, passOf({ kind: 'ticket' }), anyGenuine);
      time.advance(HOUR_MS);
      const scan = judge(journal, passOf({ kind: 'vaccination', format: 'eu-dcc' }), anyGenuine);
      const refused = { ...subject(passOf(), anyGenuine), pass: null, format: null, kind: null, facts: null };
      journal.judge(refused, () => ({
        verdict: 'refuse',
        reason: 'bad-signature',
        rule: null,
        advice: null,
        validFromMs: null,
        validUntilMs: null,
      }));
      journal.recordStaff(scan.seq, 'refused', 'papers');
      journal.checkpoint(key);
      time.advance(23 * HOUR_MS);
    }
    const dayMs = 24 * HOUR_MS;
    for (let day = 0; day < 3; day += 1) {
      expect(countersOf(MIDNIGHT_MS + day * dayMs, MIDNIGHT_MS + (day + 1) * dayMs)).toEqual({
        admit: 2,
        assist: 0,
        refuse: 1,
        staffAdmitted: 0,
        staffRefused: 1,
        staffReasons: { papers: 1 },
        stickers: 0,
        hours: [
          { hour: 11, admit: 1, assist: 0, refuse: 0 },
          { hour: 12, admit: 1, assist: 0, refuse: 1 },
        ],
        reasons: { ok: 2, 'bad-signature': 1 },
        formats: { 'entry-pass': 1, 'eu-dcc': 1, none: 1 },
        kinds: { ticket: 1, vaccination: 1, none: 1 },
      });
    }
    expect(countersOf(MIDNIGHT_MS - dayMs, MIDNIGHT_MS)).toMatchObject({ admit: 0, hours: [] });
  });

  it('finds the guests after midnight behind those of the evening that they came with', () => {
    const journal = open();
    for (const hours of [0, 10, 3]) {
      time.advance(hours * HOUR_MS);
      judge(journal, passOf({ kind: 'ticket' }), anyGenuine);
    }
    const span = siteDaySpan(ZONE, '2021-12-13');
    if (span === null) throw new Error('there is such a day');
    expect(countersOf(span.fromMs, span.toMs).hours.map(({ hour }) => hour)).toEqual([11, 21, 0]);
  });

  it('does not have the whole log read for one day of it', () => {
    const journal = open();
    const key = newLogKey('7A');
    for (let day = 0; day < 20; day += 1) {
      for (let at = 0; at < 10; at += 1) journal.record({ type: 'dropped', count: at });
      journal.checkpoint(key);
      time.advance(24 * HOUR_MS);
    }
    const { from, to } = reading((db) => entriesInTime(db, LUNCH_MS + 5 * 24 * HOUR_MS, LUNCH_MS + 6 * 24 * HOUR_MS));
    expect(to - from).toBeLessThanOrEqual(30);
    expect([from <= 50, to >= 70]).toEqual([true, true]);
  });

  it('is told in a sentence that a newer version wrote some of it', () => {
    const journal = open();
    journal.record({ type: 'dropped', count: 1 });
    journal.close();
    const db = new Database(path);
    db.exec(`UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'dropped', 'teleported') AS BLOB)`);
    db.close();
    expect(() => countersOf(MIDNIGHT_MS, MIDNIGHT_MS + 24 * HOUR_MS)).toThrow(UnknownEntry);
  });
});
