import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/time.ts';
import { RELEASED_AT_MS } from '../../src/base/version.ts';
import { HandSetClock } from '../../src/devices/clock/hand-set-clock.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { asidesOf, forgetAside } from '../../src/journal/forget-aside.ts';
import { type LogKey, loadLogKey } from '../../src/journal/log-key.ts';
import type { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { PERSONAL_DAYS } from '../../src/journal/use.ts';
import { openKioskJournal } from '../../src/kiosk/open-journal.ts';
import { subjectOf } from '../../src/kiosk/subject.ts';
import { decide } from '../../src/policy/decide.ts';
import { eventTicket } from '../../src/policy/presets/event-ticket.ts';
import { around, passOf } from '../support/passes.ts';

const NOW_MS = RELEASED_AT_MS + 12 * HOUR_MS;
const TEN_YEARS_MS = 3_650 * DAY_MS;
const PEOPLE = 20;

let folder: string;
let machine: SimulatedTime;
let clock: HandSetClock;
let boots: number;
let opened: SqliteJournal | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-future-'));
  machine = new SimulatedTime(NOW_MS);
  clock = new HandSetClock(machine);
  boots = 0;
  opened = null;
});
afterEach(() => {
  opened?.close();
  rmSync(folder, { recursive: true });
});

function logKey(): LogKey {
  const key = loadLogKey(join(folder, 'log-key.jwk'), { venueId: 'venue', kioskId: '7A' });
  if (!key.ok) throw new Error(key.error);
  return key.value;
}

/** A start on what is stored. */
async function started(): Promise<SqliteJournal> {
  opened?.close();
  boots += 1;
  const parts = { path: join(folder, 'journal.db'), key: logKey(), clock, useKeySecret: Buffer.alloc(32, 7) };
  const journal = await openKioskJournal({ ...parts, bootId: `boot-${boots}` }, () => {}, null);
  if (!journal.ok) throw new Error(journal.error);
  opened = journal.value;
  return journal.value;
}

function peopleCome(journal: SqliteJournal): void {
  for (let people = 0; people < PEOPLE; people += 1) {
    const pass = passOf({ single: true });
    const subject = subjectOf({ ok: true, value: pass }, eventTicket, 'Asia/Seoul', clock.wall().atMs);
    journal.judge(subject, (history) => decide(pass, eventTicket, history, around(clock.wall())));
  }
}

function stored<T>(query: (db: Database.Database) => T): T {
  const db = new Database(join(folder, 'journal.db'));
  try {
    return query(db);
  } finally {
    db.close();
  }
}
const counts = (): unknown =>
  stored((db) =>
    db.prepare('SELECT (SELECT count(*) FROM salt) AS salts, (SELECT count(*) FROM facts) AS facts').get(),
  );

describe('a clock that a hand has set ten years ahead', () => {
  it('keeps what people left for no ten years: it goes 28 days after the clock was put right', async () => {
    machine.trust(false);
    const journal = await started();
    clock.setByHand(clock.settingFor(NOW_MS + TEN_YEARS_MS));
    peopleCome(journal);
    clock.setByHand(clock.settingFor(NOW_MS));
    journal.purge(clock.wall().atMs);
    expect(counts()).toEqual({ salts: PEOPLE, facts: PEOPLE });
    machine.advance(PERSONAL_DAYS * DAY_MS + 1);
    journal.purge(clock.wall().atMs);
    expect(counts()).toEqual({ salts: 0, facts: 0 });
  });

  it('a leap that is not believed yet dates nobody back to before it: their 28 days begin when they came', async () => {
    const journal = await started();
    journal.record({ type: 'dropped', count: 1 });
    machine.stepWall(30 * DAY_MS);
    peopleCome(journal);
    journal.purge(journal.lastTrustedMs() ?? 0);
    journal.purge(clock.wall().atMs);
    expect(counts()).toEqual({ salts: PEOPLE, facts: PEOPLE });
  });
});

describe('a journal that was set aside under a clock in the next century', () => {
  it('is emptied and no longer told of 28 days after the clock was put right', async () => {
    let journal = await started();
    journal.record({ type: 'start', lastEnd: 'first-start', version: '1' });
    peopleCome(journal);
    journal.close();
    const salts = stored((db) => {
      db.exec("UPDATE entry SET bytes = CAST('{}' AS BLOB) WHERE seq = 0");
      return db.prepare<[], Buffer>('SELECT pass FROM salt').pluck().all();
    });
    const areLeft = (): boolean => {
      const aside = join(folder, 'damaged');
      const bytes = Buffer.concat(readdirSync(aside).map((name) => readFileSync(join(aside, name))));
      return salts.some((salt) => bytes.includes(salt));
    };
    machine.stepWall(73 * 365 * DAY_MS);
    machine.trust(false);
    journal = await started();
    expect(journal.continuedAtMs()).toBe(clock.wall().atMs);
    machine.stepWall(-73 * 365 * DAY_MS);
    machine.trust(true);
    journal.purge(clock.wall().atMs);
    expect([areLeft(), journal.continuedAtMs()]).toEqual([true, clock.wall().atMs]);
    const noticedMs = clock.wall().atMs;
    machine.advance(PERSONAL_DAYS * DAY_MS + 1);
    journal = await started();
    journal.purge(clock.wall().atMs);
    expect(journal.continuedAtMs()).toBe(noticedMs);
    const untilMs = clock.wall().atMs - PERSONAL_DAYS * DAY_MS;
    const due = asidesOf(join(folder, 'journal.db'), clock.wall().atMs).filter(({ atMs }) => atMs < untilMs);
    forgetAside({ files: due.map(({ file }) => file), key: logKey().verifier });
    expect(areLeft()).toBe(false);
  });
});
