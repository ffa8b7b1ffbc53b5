import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { ok } from '../../src/base/result.ts';
import { JournalFault } from '../../src/journal/journal.ts';
import { openJournalFile } from '../../src/journal/open.ts';
import { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import {
  anyGenuine,
  eventTicket,
  judge,
  opened,
  path,
  read,
  SECRET,
  time,
  useJournalFile,
} from '../support/journal-file.ts';
import { LUNCH_MS, passOf } from '../support/passes.ts';

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

it('an opening that a failed sync had stored is recorded once, and people are counted as the log says', () => {
  const { journal, failNext } = journalWithFailingSync();
  journal.shown(judge(journal, passOf(), anyGenuine).seq);
  failNext('stored');
  expect(() => journal.record({ type: 'device-lost', device: 'printer' })).toThrow(JournalFault);
  journal.record({ type: 'device-ready', device: 'printer' });
  const openings = read((db) => db.prepare<[], { bytes: Buffer }>('SELECT bytes FROM entry ORDER BY seq').all())
    .map(({ bytes }) => bytes.toString('utf8'))
    .filter((text) => text.includes('"type":"shown"'));
  expect(openings).toHaveLength(1);
  expect(journal.occupancy().inside).toBe(1);
  failNext('stored');
  expect(() => journal.record({ type: 'counted-out', count: 1 })).toThrow(JournalFault);
  journal.record({ type: 'device-lost', device: 'printer' });
  expect(journal.occupancy().inside).toBe(0);
});

it('a sticker whose taking back a failed sync had stored stays taken back', () => {
  const { journal, failNext } = journalWithFailingSync();
  const untilMs = LUNCH_MS + 3_600_000;
  journal.recordSticker({ id: '7A000000', pass: null, of: null, kind: 'ticket', via: 'paper', untilMs });
  failNext('stored');
  expect(() => journal.revokeSticker('7A000000')).toThrow(JournalFault);
  journal.record({ type: 'device-ready', device: 'printer' });
  expect(journal.isStickerRevoked('7A000000')).toBe(true);
});

it('a disk that fails while the journal is opened is one sentence, and no exception', () => {
  const open = () => {
    const file = openJournalFile(path);
    if (file.ok) {
      file.value.prepare = () => {
        throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_READ');
      };
    }
    return file;
  };
  const refused = SqliteJournal.open({ open, clock: time, bootId: 'boot-1', useKeySecret: SECRET });
  expect(refused).toEqual({
    ok: false,
    error: 'the journal cannot be read (SQLITE_IOERR_READ): check the disk, then start again',
  });
});
