import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach } from 'vitest';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import type { ScanSubject } from '../../src/journal/journal.ts';
import { openJournalFile } from '../../src/journal/open.ts';
import { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { subjectOf } from '../../src/kiosk/subject.ts';
import type { Pass } from '../../src/pass/pass.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { presetNamed } from '../../src/policy/presets.ts';
import { around, LUNCH_MS } from './passes.ts';

export const anyGenuine = presetNamed('any-genuine') as Policy;
export const eventTicket = presetNamed('event-ticket') as Policy;
export const passback: Policy = { ...anyGenuine, reuse: { mode: 'passback', minutes: 10, samePerson: 'ignore' } };
export const SECRET = Buffer.alloc(32, 7);

let folder: string;
export let path: string;
export let time: SimulatedTime;
export let opened: SqliteJournal[];

/** A journal file of its own for each test of the calling file. */
export function useJournalFile(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'journal-'));
    path = join(folder, 'journal.db');
    time = new SimulatedTime(LUNCH_MS);
    opened = [];
  });
  afterEach(() => {
    for (const journal of opened) journal.close();
    rmSync(folder, { recursive: true });
  });
}

export function open(bootId = 'boot-1'): SqliteJournal {
  const journal = SqliteJournal.open({ open: () => openJournalFile(path), clock: time, bootId, useKeySecret: SECRET });
  if (!journal.ok) throw new Error(journal.error);
  opened.push(journal.value);
  return journal.value;
}

export const subject = (pass: Pass, policy: Policy): ScanSubject =>
  subjectOf({ ok: true, value: pass }, policy, 'Asia/Seoul', time.wall().atMs);

export const judge = (journal: SqliteJournal, pass: Pass, policy: Policy) =>
  journal.judge(subject(pass, policy), (history) => decide(pass, policy, history, around(time.wall())));

export function read<T>(query: (db: Database.Database) => T): T {
  const db = new Database(path, { readonly: true });
  try {
    return query(db);
  } finally {
    db.close();
  }
}

/** Changes rows of a table as a damaged page does, whatever the types of its columns. */
export function storeAnything(table: string, change: (db: Database.Database) => void): void {
  const schemaOf = (db: Database.Database): string =>
    db.prepare<[string], string>('SELECT sql FROM sqlite_schema WHERE name = ?').pluck().get(table) ?? '';
  const withSchema = (to: (strict: string) => string): void => {
    const db = new Database(path).unsafeMode();
    db.pragma('writable_schema = ON');
    db.prepare('UPDATE sqlite_schema SET sql = ? WHERE name = ?').run(to(schemaOf(db)), table);
    db.close();
  };
  const strict = read(schemaOf);
  withSchema((sql) => sql.replace(/ STRICT$/, ''));
  const db = new Database(path);
  change(db);
  db.close();
  withSchema(() => strict);
}
