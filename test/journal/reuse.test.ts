import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/base/time.ts';
import { newestEntries } from '../../src/journal/query.ts';
import { UNSHOWN_MINUTES } from '../../src/journal/use-key.ts';
import { decide, type History } from '../../src/policy/decide.ts';
import {
  anyGenuine,
  eventTicket,
  judge,
  open,
  passback,
  read,
  subject,
  time,
  useJournalFile,
} from '../support/journal-file.ts';
import { around, LUNCH_MS, passOf } from '../support/passes.ts';

useJournalFile();

describe('a single-use ticket', () => {
  it('opens once, over a restart and another boot', () => {
    const ticket = passOf();
    const first = open();
    const admitted = judge(first, ticket, eventTicket);
    first.shown(admitted.seq);
    first.flush();
    first.close();
    time.advance(DAY_MS);
    expect([admitted.decision.verdict, judge(open('boot-2'), ticket, eventTicket).decision.reason]).toEqual([
      'admit',
      'already-used',
    ]);
  });

  it('opens once even if the rule that should refuse it were broken', () => {
    const ticket = passOf();
    const journal = open();
    const blind = (history: History) => decide(ticket, eventTicket, { ...history, lastUse: null }, around(time.wall()));
    expect(journal.judge(subject(ticket, eventTicket), blind).decision.verdict).toBe('admit');
    const seen: History[] = [];
    journal.judge(subject(ticket, eventTicket), (history) => {
      seen.push(history);
      return seen.length === 1 ? blind(history) : decide(ticket, eventTicket, history, around(time.wall()));
    });
    expect(read((db) => newestEntries(db, 1))[0]).toMatchObject({ verdict: 'refuse', reason: 'already-used' });
  });

  it('is still good if it was only refused or assisted', () => {
    const ticket = passOf();
    const journal = open();
    time.trust(false);
    expect(judge(journal, ticket, eventTicket).decision.reason).toBe('clock-unsure');
    time.trust(true);
    expect(judge(journal, ticket, eventTicket).decision.verdict).toBe('admit');
  });

  it('is used up when staff let its bearer in', () => {
    const ticket = passOf();
    const journal = open();
    time.trust(false);
    const { seq } = judge(journal, ticket, eventTicket);
    journal.recordStaff(seq, 'admitted', 'papers');
    time.trust(true);
    expect(judge(journal, ticket, eventTicket).decision.reason).toBe('already-used');
  });

  it('is forgotten a day after it ended, not before', () => {
    const ticket = passOf({ validUntilMs: LUNCH_MS + 1_000 });
    const journal = open();
    journal.shown(judge(journal, ticket, eventTicket).seq);
    const uses = () => read((db) => db.prepare<[], { n: number }>('SELECT count(*) AS n FROM use').get())?.n;
    journal.purge(LUNCH_MS + 1_000 + DAY_MS);
    expect(uses()).toBe(1);
    journal.purge(LUNCH_MS + 1_001 + DAY_MS);
    expect(uses()).toBe(0);
  });
});

describe('passback', () => {
  it('is not forgotten inside its window because the clock is set forward', () => {
    const pass = passOf();
    const journal = open();
    journal.shown(judge(journal, pass, passback).seq);
    time.stepWall(20 * MINUTE_MS);
    journal.purge(time.wall().atMs);
    time.advance(9 * MINUTE_MS);
    expect(judge(journal, pass, passback).decision.reason).toBe('already-used');
    time.advance(MINUTE_MS);
    journal.purge(time.wall().atMs);
    expect(read((db) => db.prepare<[], { n: number }>('SELECT count(*) AS n FROM use').get())?.n).toBe(0);
  });

  it('counts monotonic time within a boot, so that setting the clock opens no second way in', () => {
    const member = passOf();
    const journal = open();
    judge(journal, member, passback);
    time.stepWall(3 * DAY_MS);
    time.advance(10 * MINUTE_MS - 1);
    expect(judge(journal, member, passback).decision.reason).toBe('already-used');
    time.advance(1);
    expect(judge(journal, member, passback).decision.verdict).toBe('admit');
  });
});

describe('an admission whose signal a power cut swallowed', () => {
  it('makes the same pass an assist for ten minutes after the start', () => {
    const ticket = passOf();
    judge(open(), ticket, eventTicket);
    time.advance(UNSHOWN_MINUTES * MINUTE_MS - 1);
    const after = judge(open('boot-2'), ticket, eventTicket).decision;
    expect(after).toMatchObject({ verdict: 'assist', reason: 'already-used', rule: 'door-may-not-have-opened' });
    time.advance(1);
    expect(judge(open('boot-3'), ticket, eventTicket).decision.verdict).toBe('refuse');
  });

  it('does not trouble a bearer whose opening was recorded', () => {
    const journal = open();
    const member = passOf();
    journal.shown(judge(journal, member, anyGenuine).seq);
    journal.record({ type: 'dropped', count: 1 });
    expect(read((db) => newestEntries(db, 2)).map(({ type }) => type)).toEqual(['shown', 'dropped']);
    expect(judge(open('boot-2'), member, anyGenuine).decision.verdict).toBe('admit');
  });

  it('does not trouble anybody else', () => {
    judge(open(), passOf(), anyGenuine);
    expect(judge(open('boot-2'), passOf(), anyGenuine).decision.verdict).toBe('admit');
  });
});

describe('a sticker', () => {
  const ticketOf = (id: string) => ({ ...passOf().claims, ticket: { jti: id } });

  it('and the pass it was printed for are one: whoever comes second is known', () => {
    const journal = open();
    const member = passOf();
    journal.recordSticker({
      id: 'AA123456',
      pass: member,
      of: null,
      kind: 'ticket',
      via: 'pass',
      untilMs: LUNCH_MS + DAY_MS,
    });
    const sticker = passOf({ format: 'sticker', claims: ticketOf('AA123456') });
    expect(judge(journal, sticker, passback).decision.verdict).toBe('admit');
    expect(judge(journal, member, passback).decision.reason).toBe('already-used');
  });

  it('of a pass that opens once opens once too, and never after the pass', () => {
    const journal = open();
    const ticket = passOf({ single: true, validUntilMs: LUNCH_MS + 30 * DAY_MS });
    const stickerOf = (id: string) => {
      journal.recordSticker({ id, pass: ticket, of: null, kind: 'ticket', via: 'pass', untilMs: LUNCH_MS + DAY_MS });
      return passOf({
        format: 'sticker',
        validFromMs: LUNCH_MS,
        validUntilMs: LUNCH_MS + DAY_MS,
        claims: ticketOf(id),
      });
    };
    const [first, second] = [stickerOf('AA111111'), stickerOf('AA222222')];
    expect(judge(journal, first, anyGenuine).decision.verdict).toBe('admit');
    for (const again of [first, second, ticket]) {
      expect(judge(journal, again, anyGenuine).decision.reason).toBe('already-used');
      expect(journal.historyOf(again).lastUse).not.toBeNull();
    }
    journal.purge(LUNCH_MS + 5 * DAY_MS);
    time.advance(5 * DAY_MS);
    expect(judge(journal, ticket, anyGenuine).decision.reason).toBe('already-used');
  });

  it('that is revoked is known as such at once and after a restart', () => {
    const journal = open();
    journal.recordSticker({
      id: 'AA123456',
      pass: null,
      of: null,
      kind: 'ticket',
      via: 'paper',
      untilMs: LUNCH_MS + DAY_MS,
    });
    expect([journal.revokeSticker('ZZ999999'), journal.revokeSticker('AA123456')]).toEqual([false, true]);
    expect(journal.isStickerRevoked('AA123456')).toBe(true);
    journal.close();
    expect(open().isStickerRevoked('AA123456')).toBe(true);
  });
});
