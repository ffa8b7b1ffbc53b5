import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { ok } from '../../src/base/result.ts';
import { JournalFault } from '../../src/journal/journal.ts';
import { openJournalFile } from '../../src/journal/open.ts';
import { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { eventTicket, judge, opened, path, SECRET, time, useJournalFile } from '../support/journal-file.ts';
import { passOf } from '../support/passes.ts';

useJournalFile();

/** What a commit that was reported as failed has left on the disk. */
type Fault = 'stored' | 'lost';

/** A journal whose next commit can be reported as failed, as after a failed sync. */
function journalWithFailingSync(): { journal: SqliteJournal; failNext(fault: Fault): void } {
  let next: Fault | null = null;
  const open = () => {
    const file = openJournalFile(path);
    if (!file.ok) return file;
    const db = file.value;
    const transaction = db.transaction.bind(db);
    db.transaction = (body) => {
      const made = transaction(body);
      const immediate = (...args: Parameters<typeof made.immediate>) => {
        const fault = next;
        next = null;
        const result = fault === 'lost' ? null : made.immediate(...args);
        if (fault === null) return result;
        throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_FSYNC');
      };
      const late: typeof made = Object.create(made, { immediate: { value: immediate } });
      return late;
    };
    return ok(db);
  };
  const journal = SqliteJournal.open({ open, clock: time, bootId: 'boot-1', useKeySecret: SECRET });
  if (!journal.ok) throw new Error(journal.error);
  opened.push(journal.value);
  return {
    journal: journal.value,
    failNext: (fault) => {
      next = fault;
    },
  };
}

it('an admission that a failed sync had stored after all is doubted, not refused: its bearer saw amber', () => {
  const { journal, failNext } = journalWithFailingSync();
  const [seen, unseen] = [passOf({ single: true }), passOf({ single: true })];
  journal.shown(judge(journal, seen, eventTicket).seq);
  failNext('stored');
  expect(() => judge(journal, unseen, eventTicket)).toThrow(JournalFault);
  expect(judge(journal, unseen, eventTicket).decision).toMatchObject({
    verdict: 'assist',
    rule: 'door-may-not-have-opened',
  });
  expect(judge(journal, seen, eventTicket).decision).toMatchObject({ verdict: 'refuse', reason: 'already-used' });
});

it('an admission that was seen is not doubted because the entry that says so went down with a failed commit', () => {
  const { journal, failNext } = journalWithFailingSync();
  const [seen, next] = [passOf({ single: true }), passOf({ single: true })];
  journal.shown(judge(journal, seen, eventTicket).seq);
  failNext('lost');
  expect(() => judge(journal, next, eventTicket)).toThrow(JournalFault);
  expect(judge(journal, seen, eventTicket).decision).toMatchObject({ verdict: 'refuse', reason: 'already-used' });
  expect(judge(journal, next, eventTicket).decision).toMatchObject({ verdict: 'admit' });
});
