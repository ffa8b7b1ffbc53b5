import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { headPath } from '../../src/journal/kept-head.ts';
import { LogAudit } from '../../src/journal/log-audit.ts';
import { type LogKey, loadLogKey } from '../../src/journal/log-key.ts';
import { openJournalReader } from '../../src/journal/open.ts';
import { keptAside } from '../../src/journal/set-aside.ts';
import type { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { openKioskJournal } from '../../src/kiosk/open-journal.ts';
import { subjectOf } from '../../src/kiosk/subject.ts';
import type { Pass } from '../../src/pass/pass.ts';
import { decide } from '../../src/policy/decide.ts';
import { presetNamed } from '../../src/policy/presets.ts';
import { around, LUNCH_MS, passOf } from './passes.ts';

export const SECTOR_BYTES = 512;
/** Of the evening that ends in order, and of the one that is killed before SQLite folds its log in. */
const VISITORS = { closed: 150, killed: 60 } as const;
/** What the last transaction of a killed evening holds: the disk may spoil that as a power cut does. */
const LAST_ENTRIES = 1;
const SIGNED_EVERY = 50;
const AUDIT_ROWS = 500;
const VISIT_MS = 15_000;
/** The first calls after damage is met may be answered with a fault; then the door must be back. */
const CALLS_UNTIL_BACK = 4;
/** So many used tickets are held up again. */
const AGAIN = 12;

/** One bit in each third of a sector: of a page that holds an entry, the rest is not the entry. */
const BITS = ['early bit', 'middle bit', 'late bit'] as const;
/** What a damaged sector reads as. */
export const DAMAGES = ['inverted', 'zeroed', ...BITS] as const;
/** `cut off`: the file ends where the sector began. */
export type Damage = (typeof DAMAGES)[number] | 'cut off';

/** The code of the kiosk that is looked at: this tree's, or that of a build. */
export interface KioskCode {
  readonly openKioskJournal: typeof openKioskJournal;
  readonly openJournalReader: typeof openJournalReader;
  readonly LogAudit: typeof LogAudit;
}

const THIS_TREE: KioskCode = { openKioskJournal, openJournalReader, LogAudit };

/** The journal of an evening, and what was written into it. */
export interface Evening {
  readonly folder: string;
  readonly key: LogKey;
  readonly time: SimulatedTime;
  readonly used: readonly Pass[];
  readonly entries: readonly Buffer[];
  /** The journal itself, and its write-ahead log where that was not folded in. */
  readonly file: Buffer;
  readonly wal: Buffer;
  /** So much of the write-ahead log, in bytes, makes the tables without which nothing in it is found. */
  readonly tableBytes: number;
  /** The head that is kept beside it. */
  readonly head: Buffer;
}

/** What became of one damaged sector: `noticed` is a new log that says so, begun in this run or by the next start. */
export interface Flip {
  readonly outcome: 'unharmed' | 'noticed';
  /** Of the used tickets that were held up again, those that the new log does not remember. */
  readonly lostUses: number;
  readonly problems: readonly string[];
}

const pathIn = (folder: string): string => join(folder, 'journal.db');

async function open(
  { folder, key, time }: Pick<Evening, 'folder' | 'key' | 'time'>,
  kiosk: KioskCode,
): Promise<SqliteJournal> {
  const around = { path: pathIn(folder), key, clock: time, bootId: 'boot', useKeySecret: Buffer.alloc(32, 7) };
  const journal = await kiosk.openKioskJournal(around, () => {}, null);
  if (!journal.ok) throw new Error(journal.error);
  return journal.value;
}

function judge(journal: SqliteJournal, pass: Pass, time: SimulatedTime): { seq: number; told: string } {
  const policy = presetNamed('event-ticket');
  if (policy === null) throw new Error('there is no such preset');
  const now = time.wall();
  const subject = subjectOf({ ok: true, value: pass }, policy, 'Asia/Seoul', now.atMs);
  const { seq, decision } = journal.judge(subject, (history) => decide(pass, policy, history, around(now)));
  return { seq, told: `${decision.verdict} ${decision.reason}` };
}

/** @param end in order, with everything in the journal itself; or by a kill, with all of it in the write-ahead log */
export async function makeEvening(folder: string, end: keyof typeof VISITORS = 'closed'): Promise<Evening> {
  const time = new SimulatedTime(LUNCH_MS);
  mkdirSync(folder, { recursive: true });
  const key = loadLogKey(join(folder, 'log-key.jwk'), { venueId: 'venue', kioskId: '7A' });
  if (!key.ok) throw new Error(key.error);
  const journal = await open({ folder, key: key.value, time }, THIS_TREE);
  const path = pathIn(folder);
  const tableBytes = statSync(`${path}-wal`).size;
  journal.record({ type: 'start', lastEnd: 'first-start', version: '1' });
  const used: Pass[] = [];
  for (let visitor = 0; visitor < VISITORS[end]; visitor += 1) {
    const ticket = passOf({ single: true });
    used.push(ticket);
    journal.shown(judge(journal, ticket, time).seq);
    time.advance(VISIT_MS);
    if (visitor % SIGNED_EVERY === 0) {
      const id = `7A${String(visitor).padStart(6, '0')}`;
      journal.recordSticker({ id, pass: ticket, of: null, kind: 'ticket', via: 'desk', untilMs: LUNCH_MS * 2 });
      journal.checkpoint(key.value);
    }
  }
  if (end === 'killed') journal.flush();
  else {
    journal.record({ type: 'stop' });
    journal.checkpoint(key.value);
    journal.close();
  }
  const evening = {
    ...{ folder, key: key.value, time, used, tableBytes, entries: entriesAt(path), file: readFileSync(path) },
    wal: existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : Buffer.alloc(0),
    head: readFileSync(headPath(path)),
  };
  if (end === 'killed') journal.close();
  return evening;
}

/**
 * Damages one sector of what was left of an evening, and lets a kiosk find it.
 * @param where of which file
 */
export async function damageSector(
  evening: Evening,
  where: 'file' | 'wal',
  sector: number,
  damage: Damage,
  kiosk: KioskCode = THIS_TREE,
): Promise<Flip> {
  const { folder, time, used, entries, key, wal } = evening;
  const path = pathIn(folder);
  for (const side of ['', '-wal', '-shm']) rmSync(`${path}${side}`, { force: true });
  rmSync(join(folder, 'damaged'), { recursive: true, force: true });
  writeFileSync(headPath(path), evening.head);
  const files = { file: Buffer.from(evening.file), wal: Buffer.from(wal) };
  if (damage === 'cut off') files[where] = files[where].subarray(0, sector * SECTOR_BYTES);
  else spoil(files[where].subarray(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES), damage, sector);
  writeFileSync(path, files.file);
  if (wal.length > 0) writeFileSync(`${path}-wal`, files.wal);
  const problems: string[] = [];
  const journal = await open(evening, kiosk);
  audit(path, key, journal, kiosk);
  // A ticket of before, in the order of the evening, and somebody new; the sector decides who.
  const again = Array.from({ length: AGAIN }, (_, at) => used[(at * 13 + sector) % used.length] as Pass);
  const told = again.map((pass) => answer(() => judge(journal, pass, time).told));
  const newcomer = passOf({ single: true });
  const fresh = answer(() => {
    const { seq, told } = judge(journal, newcomer, time);
    journal.shown(seq);
    return told;
  });
  if (fresh !== 'admit ok') problems.push(`somebody new is told ${fresh}`);
  journal.close();
  const left = entriesAt(path);
  const first = firstOf(left);
  const isNoticed = first['type'] === 'log-continued';
  const recorded = wal.length > 0 ? entries.slice(0, -LAST_ENTRIES) : entries;
  if (isNoticed) {
    if (!keptAside(path).includes(String(first['file']))) problems.push('the damaged log is not kept');
  } else if (!recorded.every((bytes, seq) => left[seq]?.equals(bytes))) {
    problems.push('an entry was changed, and nobody noticed');
  }
  const isWhole = !isNoticed || first['whole'] === true;
  for (const verdict of told) {
    if (verdict.startsWith('admit') && isWhole) problems.push(`a used ticket is told ${verdict}, and nobody noticed`);
  }
  // What this run did not touch may be met by the next; nothing may be left that one stumbles over again.
  const next = await open(evening, kiosk);
  const isMetNow = next.size() !== left.length;
  const after = firstOf(entriesAt(path));
  if (isMetNow && isNoticed) problems.push(`the next start begins another log again: ${String(after['why'])}`);
  const later = answer(() => judge(next, newcomer, time).told);
  if (later.startsWith('admit') && (!isMetNow || after['whole'] === true)) {
    problems.push(`after the next start a used ticket is told ${later}, and nobody noticed`);
  }
  next.close();
  if (isMetNow) {
    const size = entriesAt(path).length;
    const last = await open(evening, kiosk);
    if (last.size() !== size) problems.push('the start after the next begins another log again');
    last.close();
  }
  const lostUses = told.filter((verdict) => verdict.startsWith('admit')).length;
  if (where === 'wal' && sector * SECTOR_BYTES >= evening.tableBytes && lostUses > 0) {
    problems.push(`${lostUses} used tickets are forgotten that stand in the log around the damage`);
  }
  return { outcome: isNoticed || isMetNow ? 'noticed' : 'unharmed', lostUses, problems };
}

function spoil(bytes: Buffer, damage: (typeof DAMAGES)[number], sector: number): void {
  if (damage === 'zeroed') bytes.fill(0);
  else if (damage === 'inverted') for (let at = 0; at < bytes.length; at += 1) bytes[at] = ~(bytes[at] ?? 0) & 0xff;
  else {
    const third = Math.floor(bytes.length / BITS.length);
    const at = BITS.indexOf(damage) * third + ((sector * 7_919) % third);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (sector % 8));
  }
}

/** As the kiosk does it in its quiet moments. */
function audit(path: string, key: LogKey, journal: SqliteJournal, kiosk: KioskCode): void {
  const reader = kiosk.openJournalReader(path);
  if (!reader.ok) throw new Error(reader.error);
  try {
    const log = new kiosk.LogAudit(reader.value, [key.verifier]);
    for (;;) {
      const audited = log.step(AUDIT_ROWS);
      if (audited === null) continue;
      if (audited.isDamage) journal.distrust(audited.problem ?? 'damaged');
      break;
    }
  } catch (thrown) {
    if (!isFault(thrown)) throw thrown;
    journal.distrust(thrown.message);
  } finally {
    reader.value.close();
  }
}

/** By its name: a build has a class of its own. */
const isFault = (thrown: unknown): thrown is Error => thrown instanceof Error && thrown.name === 'JournalFault';

/** What somebody is told who comes again while the door answers with a fault. */
function answer(ask: () => string): string {
  for (let calls = 1; ; calls += 1) {
    try {
      return ask();
    } catch (thrown) {
      if (!isFault(thrown)) throw thrown;
      if (calls === CALLS_UNTIL_BACK) return `journal-fault ${thrown.message}`;
    }
  }
}

const firstOf = (entries: readonly Buffer[]): Record<string, unknown> =>
  JSON.parse(entries[0]?.toString('utf8') ?? '{}') as Record<string, unknown>;

function entriesAt(path: string): readonly Buffer[] {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare<[], Buffer>('SELECT bytes FROM entry ORDER BY seq').pluck().all();
  } finally {
    db.close();
  }
}
