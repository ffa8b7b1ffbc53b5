import { randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/base/time.ts';
import { openJournalFile } from '../../src/journal/open.ts';
import { newestEntries } from '../../src/journal/query.ts';
import { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { fitOf } from '../../src/journal/use-key.ts';
import { openKioskJournal } from '../../src/kiosk/open-journal.ts';
import type { Pass } from '../../src/pass/pass.ts';
import { RULE_FORGOTTEN } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { newLogKey } from '../support/exported-log.ts';
import {
  anyGenuine,
  eventTicket,
  judge,
  opened,
  passback,
  path,
  read,
  time,
  useJournalFile,
} from '../support/journal-file.ts';
import { LUNCH_MS, passOf } from '../support/passes.ts';

useJournalFile();

const [FIRST, SECOND] = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)];

/** A start of a kiosk with the key that lies in its folder. */
function start(useKeySecret: Buffer, isUseKeyNew = false): SqliteJournal {
  const open = () => openJournalFile(path);
  const journal = SqliteJournal.open({ open, clock: time, bootId: 'boot', useKeySecret, isUseKeyNew });
  if (!journal.ok) throw new Error(journal.error);
  opened.push(journal.value);
  journal.value.settleUseKey();
  return journal.value;
}

const end = (journal: SqliteJournal): void => journal.close();
/** Judges a pass, and gives the signal where it is admitted. */
const comes = (journal: SqliteJournal, pass: Pass, policy: Policy) => {
  const judged = judge(journal, pass, policy);
  if (judged.decision.verdict === 'admit') journal.shown(judged.seq);
  journal.flush();
  return judged;
};
const losses = () => read((db) => newestEntries(db, 1_000)).filter(({ type }) => type === 'use-key-lost');
const untilMs = LUNCH_MS + 30 * DAY_MS;
const ticket = () => passOf({ single: true, validUntilMs: untilMs });
const UNKNOWN = { verdict: 'assist', reason: 'already-used', rule: RULE_FORGOTTEN };

describe('a lost use key lets nobody in twice unseen:', () => {
  it('a ticket goes to staff until the last used one has ended, and is refused once they let it in', () => {
    const used = ticket();
    const before = start(FIRST);
    expect(comes(before, used, eventTicket).decision.verdict).toBe('admit');
    end(before);
    const after = start(SECOND, true);
    expect(losses()).toMatchObject([{ untilMs: untilMs + DAY_MS }]);
    expect(after.forgottenUntilMs()).toBe(untilMs + DAY_MS);
    const again = comes(after, used, eventTicket);
    expect(again.decision).toMatchObject(UNKNOWN);
    after.recordStaff(again.seq, 'admitted', 'papers');
    expect(comes(after, used, eventTicket).decision).toMatchObject({ verdict: 'refuse', reason: 'already-used' });
    end(after);
    const later = start(SECOND);
    expect(comes(later, ticket(), eventTicket).decision).toMatchObject(UNKNOWN);
    expect(losses()).toHaveLength(1);
    const nextSeason = passOf({ single: true, validUntilMs: untilMs + 300 * DAY_MS });
    time.advance(31 * DAY_MS - 1);
    expect(comes(later, nextSeason, eventTicket).decision).toMatchObject(UNKNOWN);
    time.advance(1);
    expect(comes(later, nextSeason, eventTicket).decision.verdict).toBe('admit');
  });

  it('whoever was let in inside the passback window is asked for it, and nobody after it', () => {
    const before = start(FIRST);
    const member = passOf();
    comes(before, member, passback);
    end(before);
    const after = start(SECOND, true);
    time.advance(10 * MINUTE_MS - 1);
    expect(comes(after, member, passback).decision).toMatchObject(UNKNOWN);
    time.advance(1);
    expect(comes(after, member, passback).decision.verdict).toBe('admit');
  });

  it('a pass that may come as often as it likes is asked for nothing', () => {
    const before = start(FIRST);
    comes(before, ticket(), eventTicket);
    end(before);
    expect(comes(start(SECOND, true), passOf(), anyGenuine).decision.verdict).toBe('admit');
  });

  it('a clock that is put back a year does not ask everybody for a year', () => {
    const before = start(FIRST);
    comes(before, passOf(), passback);
    end(before);
    const after = start(SECOND, true);
    time.stepWall(-365 * DAY_MS);
    expect(comes(after, passOf(), passback).decision.verdict).toBe('admit');
  });

  it('also where another key lies in its place, as from the backup of another kiosk', () => {
    const used = ticket();
    const before = start(FIRST);
    comes(before, used, eventTicket);
    end(before);
    expect(comes(start(SECOND), used, eventTicket).decision).toMatchObject(UNKNOWN);
    expect(losses()).toHaveLength(1);
  });

  it('also in a log of the time before keys were told apart', () => {
    const used = ticket();
    const open = () => openJournalFile(path);
    const older = SqliteJournal.open({ open, clock: time, bootId: 'boot', useKeySecret: FIRST });
    if (!older.ok) throw new Error(older.error);
    comes(older.value, used, eventTicket);
    older.value.close();
    const kept = start(FIRST);
    expect([losses(), kept.forgottenUntilMs()]).toEqual([[], null]);
    end(kept);
    read((db) => expect(db.prepare('SELECT fits FROM use_key').pluck().all()).toEqual([fitOf(FIRST)]));
    expect(comes(start(SECOND, true), used, eventTicket).decision).toMatchObject(UNKNOWN);
  });

  it('nor does a kill between the new key and the entry: the next start tells it', () => {
    const used = ticket();
    const before = start(FIRST);
    comes(before, used, eventTicket);
    end(before);
    const open = () => openJournalFile(path);
    const killed = SqliteJournal.open({ open, clock: time, bootId: 'boot', useKeySecret: SECOND, isUseKeyNew: true });
    if (!killed.ok) throw new Error(killed.error);
    expect(comes(killed.value, used, eventTicket).decision).toMatchObject(UNKNOWN);
    killed.value.close();
    expect(comes(start(SECOND), used, eventTicket).decision).toMatchObject(UNKNOWN);
    expect(losses()).toHaveLength(1);
  });
});

it('a disk that spoils the journal as well as the key lets nobody in twice either', async () => {
  const used = ticket();
  const before = start(FIRST);
  comes(before, used, eventTicket);
  end(before);
  const db = new Database(path);
  db.exec("UPDATE entry SET bytes = CAST('{}' AS BLOB) WHERE seq = 0");
  db.close();
  const around = { path, key: newLogKey('7A'), clock: time, bootId: 'boot', useKeySecret: SECOND };
  const renewed = await openKioskJournal(around, () => {}, null);
  if (!renewed.ok) throw new Error(renewed.error);
  renewed.value.settleUseKey();
  expect([renewed.value.continuedAtMs(), losses().length]).toEqual([LUNCH_MS, 1]);
  expect(comes(renewed.value, used, eventTicket).decision).toMatchObject(UNKNOWN);
  end(renewed.value);
  expect(comes(start(SECOND), used, eventTicket).decision).toMatchObject(UNKNOWN);
});

describe('a key that is put back finds its uses again:', () => {
  it('the used ticket is refused, another is let in', () => {
    const used = ticket();
    const before = start(FIRST);
    comes(before, used, eventTicket);
    end(before);
    end(start(SECOND, true));
    const back = start(FIRST);
    expect(comes(back, used, eventTicket).decision).toMatchObject({ verdict: 'refuse', reason: 'already-used' });
    expect(comes(back, ticket(), eventTicket).decision.verdict).toBe('admit');
    expect([back.forgottenUntilMs(), losses().length]).toEqual([null, 1]);
  });

  it('but what was used under the other one meanwhile is in doubt', () => {
    const [one, two] = [ticket(), ticket()];
    const before = start(FIRST);
    comes(before, one, eventTicket);
    end(before);
    const meanwhile = start(SECOND, true);
    const { seq } = comes(meanwhile, two, eventTicket);
    meanwhile.recordStaff(seq, 'admitted', 'papers');
    end(meanwhile);
    const back = start(FIRST);
    expect(comes(back, one, eventTicket).decision.verdict).toBe('refuse');
    expect(comes(back, two, eventTicket).decision).toMatchObject(UNKNOWN);
    expect(losses()).toHaveLength(2);
  });
});

describe('a first start is no loss:', () => {
  it('where nothing was ever used, whatever key there is, the log says nothing and passes are let in', () => {
    end(start(FIRST, true));
    const another = start(randomBytes(32), true);
    expect([losses(), another.forgottenUntilMs()]).toEqual([[], null]);
    expect(comes(another, ticket(), eventTicket).decision.verdict).toBe('admit');
  });
});
