import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { EntryWriter } from '../../src/journal/entry-writer.ts';
import { type LogKey, loadLogKey } from '../../src/journal/log-key.ts';
import { openJournalFile, openJournalReader } from '../../src/journal/open.ts';
import { proveEntry } from '../../src/journal/prove.ts';
import { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { prepareStatements } from '../../src/journal/statements.ts';
import { subjectOf } from '../../src/kiosk/subject.ts';
import { type Decision, decide } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { presetNamed } from '../../src/policy/presets.ts';
import { around, LUNCH_MS, passOf } from '../support/passes.ts';
import { hasPty } from '../support/pty.ts';
import { type Figure, figure } from './figure.ts';
import { makeKioskSite } from './kiosk-site.ts';
import type { Issuers } from './samples.ts';
import { benchStart } from './start.ts';
import { median, quantile } from './statistics.ts';

/** A scan's entry is about this long. */
const SCAN = {
  type: 'scan',
  verdict: 'admit',
  reason: 'ok',
  rule: null,
  format: 'eu-dcc',
  kind: 'vaccination',
  issuer: 'KR',
  policy: 'any-genuine',
  pass: 'AAAAAAAAAAAAAAAAAAAAAA',
  facts: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
} as const;
const ADMIT: Decision = {
  verdict: 'admit',
  reason: 'ok',
  rule: null,
  validFromMs: null,
  validUntilMs: null,
  advice: null,
};
const policy = presetNamed('event-ticket') as Policy;
/** Visits of 28 days at a busy door, or the tickets of a stadium. */
const REMEMBERED = 100_000;
const FILL_BATCH = 50_000;
const ROUNDS = 500;
/** Enough for both write-ahead logs to grow, to be written back and to be begun anew. */
const APPENDS = 2_000;
const PROOFS = 200;
const OPENS = 5;
const MOST_RATIO = 1.5;
const MOST_START_MS = 1_000;
const MOST_PROOF_MS = 5;
const MOST_KB = 32;

/** Append, start and proof on the journal of a kiosk, with so many entries in it. */
export async function benchJournal(issuers: Issuers, size: number, starts: number): Promise<readonly Figure[]> {
  const site = makeKioskSite(issuers);
  try {
    const key = loadLogKey(join(site.data, 'log-key.jwk'), { venueId: 'bench', kioskId: '00' });
    if (!key.ok) throw new Error(key.error);
    const path = join(site.data, 'journal.db');
    fill(path, size, key.value);
    const figures = [...figuresOn(path, size, key.value)];
    if (hasPty) figures.push(...(await benchStart(site, starts, withEntries(size))));
    return [...figures, ...appendOn(path, join(site.folder, 'bare.db'), size)];
  } finally {
    site.remove();
  }
}

function admission() {
  const pass = passOf({ single: true });
  return { pass, subject: subjectOf({ ok: true, value: pass }, policy, 'Asia/Seoul', LUNCH_MS) };
}

const withEntries = (size: number): string => `with ${size.toLocaleString('en')} entries`;

function opened(path: string): Database.Database {
  const db = openJournalFile(path);
  if (!db.ok) throw new Error(db.error);
  return db.value;
}

/**
 * Entries as the kiosk writes them, without waiting for the disk after each; what is remembered of people and passes
 * beside the newest of them.
 */
function fill(path: string, size: number, key: LogKey): void {
  const db = opened(path);
  db.pragma('synchronous = OFF');
  const clock = new SimulatedTime(LUNCH_MS);
  const statements = prepareStatements(db);
  const writer = new EntryWriter(statements, clock, 'bench', () => null);
  const batch = db.transaction((count: number) => {
    for (let at = 0; at < count; at += 1) {
      if (writer.nextSeq() < size - REMEMBERED) {
        writer.append(SCAN);
        continue;
      }
      const { pass, subject } = admission();
      const row = writer.useRow(subject, writer.appendScan(subject, ADMIT), pass.validUntilMs);
      statements.takeUse.run(randomBytes(32), ...row);
    }
  });
  for (let at = 0; at < size; at += FILL_BATCH) batch(Math.min(FILL_BATCH, size - at));
  db.close();
  const journal = SqliteJournal.open({
    open: () => openJournalFile(path),
    clock,
    bootId: 'bench',
    useKeySecret: Buffer.alloc(32),
  });
  if (!journal.ok) throw new Error(journal.error);
  journal.value.checkpoint(key);
  journal.value.close();
}

function figuresOn(path: string, size: number, key: LogKey): readonly Figure[] {
  const of = withEntries(size);
  const clock = new SimulatedTime(LUNCH_MS);
  const opensMs = Array.from({ length: OPENS }, () => {
    const journal = { close: (): void => {} };
    const ms = elapsedMs(() => {
      const opened = SqliteJournal.open({
        open: () => openJournalFile(path),
        clock,
        bootId: 'bench',
        useKeySecret: Buffer.alloc(32),
      });
      if (!opened.ok) throw new Error(opened.error);
      journal.close = () => opened.value.close();
    });
    journal.close();
    return ms;
  });
  const reader = openJournalReader(path);
  if (!reader.ok) throw new Error(reader.error);
  const proofsMs = Array.from({ length: PROOFS }, (_, at) =>
    elapsedMs(() => {
      const proof = proveEntry(reader.value, Math.floor((at / PROOFS) * size));
      if (!proof.ok) throw new Error(proof.error);
    }),
  );
  reader.value.close();
  const journal = SqliteJournal.open({
    open: () => openJournalFile(path),
    clock,
    bootId: 'bench',
    useKeySecret: Buffer.alloc(32),
  });
  if (!journal.ok) throw new Error(journal.error);
  const before = writtenBytes();
  for (let round = 0; round < ROUNDS; round += 1) {
    const { pass, subject } = admission();
    const { seq } = journal.value.judge(subject, (history) => decide(pass, policy, history, around(clock.wall())));
    journal.value.shown(seq);
    journal.value.flush();
  }
  const writtenKb = (writtenBytes() - before) / ROUNDS / 1_024;
  const signMs = elapsedMs(() => void journal.value.checkpoint(key));
  journal.value.close();
  return [
    figure(`open the journal ${of}, slowest of ${OPENS}`, quantile(opensMs, 1), 'ms', MOST_START_MS),
    figure(`a proof ${of}, p50`, median(proofsMs), 'ms', MOST_PROOF_MS),
    figure(`a proof ${of}, slowest of ${PROOFS}`, quantile(proofsMs, 1), 'ms'),
    figure(`a checkpoint ${of}`, signMs, 'ms'),
    figure(`written for one admission and its signal ${of}`, writtenKb, 'KB', MOST_KB),
  ];
}

/** Entry, leaf, proof nodes and use key, against one row of the same bytes: each durable before the next, in turn. */
function appendOn(path: string, barePath: string, size: number): readonly Figure[] {
  const db = opened(path);
  const statements = prepareStatements(db);
  const writer = new EntryWriter(statements, new SimulatedTime(LUNCH_MS), 'bench', () => null);
  const bare = new Database(barePath);
  bare.pragma('journal_mode = WAL');
  bare.pragma('synchronous = FULL');
  bare.exec('CREATE TABLE entry (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT');
  const insert = bare.prepare<[number, Buffer]>('INSERT INTO entry (seq, bytes) VALUES (?, ?)');
  const bytesOf = db.prepare<[number], { bytes: Buffer }>('SELECT bytes FROM entry WHERE seq = ?');
  const ours = db.transaction((round: number) => {
    const seq = writer.append(SCAN);
    const key = Buffer.alloc(32, round);
    key.writeUInt32BE((round * 2_654_435_761) % 2 ** 32);
    statements.takeUse.run(key, seq, 'bench', 0, LUNCH_MS, LUNCH_MS, null);
    return seq;
  });
  const theirs = bare.transaction((seq: number, bytes: Buffer) => insert.run(seq, bytes));
  // A kiosk at work has what it remembers in memory; of a long journal that was only just filled, the system has let it go.
  db.prepare('SELECT sum(length(boot)) FROM use NOT INDEXED').get();
  const oursMs: number[] = [];
  const bareMs: number[] = [];
  for (let round = 0; round < APPENDS; round += 1) {
    let seq = 0;
    oursMs.push(elapsedMs(() => (seq = ours.immediate(round))));
    const bytes = bytesOf.get(seq)?.bytes ?? Buffer.alloc(0);
    bareMs.push(elapsedMs(() => theirs.immediate(seq, bytes)));
  }
  db.close();
  bare.close();
  const of = withEntries(size);
  return [
    figure(`append with proof nodes and use key ${of}, p50`, median(oursMs), 'ms'),
    figure(`the same against a bare insert of the bytes ${of}, p50`, median(oursMs) / median(bareMs), 'x', MOST_RATIO),
  ];
}

function elapsedMs(run: () => void): number {
  const start = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** What this process has sent towards the disk. */
function writtenBytes(): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? Number.NaN);
}
