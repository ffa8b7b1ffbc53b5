import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { loadLogKey } from '../../src/journal/log-key.ts';
import { problemText } from '../../src/journal/report-text.ts';
import { checkStored } from '../../src/journal/stored-log.ts';

/** One verdict of the journal, as far as the accounting needs it. */
export interface RecordedScan {
  readonly seq: number;
  readonly verdict: string;
  readonly reason: string;
  readonly rule: string | null;
}

export interface Journal {
  readonly entries: number;
  /** All verdicts from the entry asked for on, in order. */
  readonly scans: readonly RecordedScan[];
  /** Each entry's type from the entry asked for on, in order. */
  readonly types: readonly string[];
  /** What each start from the entry asked for on says of the end before it. */
  readonly lastEnds: readonly string[];
  /** What does not hold; empty where the log is whole. */
  readonly problems: readonly string[];
}

interface Row {
  readonly seq: number;
  readonly bytes: Buffer;
  readonly leaf: Buffer;
}

const LEAF_PREFIX = Buffer.of(0);

/**
 * Reads a journal and proves it twice: with nothing of the kiosk's own code (SQLite's own check, sequence numbers without
 * a gap, each leaf the hash of its entry by RFC 6962 section 2.1), and with what `journal verify` does, by the key that
 * lies beside it: tree, checkpoints and stamps.
 * @param fromSeq the first entry to look at; those before it were proved earlier
 */
export function checkJournal(path: string, fromSeq = 0): Journal {
  // While a file is being made it has a rollback journal, and nothing in it that anybody was told of.
  const isMade = existsSync(path) && !existsSync(`${path}-journal`);
  if (!isMade) return { entries: 0, scans: [], types: [], lastEnds: [], problems: [] };
  const db = new Database(path, { readonly: true });
  try {
    const made = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'entry'").get();
    if (made === undefined) return { entries: 0, scans: [], types: [], lastEnds: [], problems: [] };
    const sound = db.pragma('integrity_check', { simple: true });
    const problems = sound === 'ok' ? [] : [`integrity_check: ${String(sound)}`];
    const rows = db
      .prepare<[number], Row>('SELECT seq, bytes, leaf FROM entry WHERE seq >= ? ORDER BY seq')
      .all(fromSeq);
    const scans: RecordedScan[] = [];
    const types: string[] = [];
    const lastEnds: string[] = [];
    for (const [index, { seq, bytes, leaf }] of rows.entries()) {
      if (seq !== fromSeq + index) problems.push(`entry ${fromSeq + index} is missing`);
      const hash = createHash('sha256').update(LEAF_PREFIX).update(bytes).digest();
      if (!hash.equals(leaf)) problems.push(`entry ${seq} does not fit its leaf`);
      const entry = JSON.parse(bytes.toString('utf8')) as RecordedScan & { type: string; lastEnd?: string };
      if (entry.seq !== seq) problems.push(`entry ${seq} calls itself ${entry.seq}`);
      types.push(entry.type);
      if (entry.type === 'scan') scans.push(entry);
      if (entry.type === 'start') lastEnds.push(entry.lastEnd ?? 'nothing');
    }
    // A start signs before it judges: entries that nobody has signed yet are there after a kill in the start alone.
    problems.push(...verifyProblems(db, path, fromSeq, scans.length > 0));
    return { entries: fromSeq + rows.length, scans, types, lastEnds, problems };
  } finally {
    db.close();
  }
}

function verifyProblems(db: Database.Database, path: string, from: number, mustBeSigned: boolean): readonly string[] {
  const keyPath = join(dirname(path), 'log-key.jwk');
  if (!existsSync(keyPath)) return ['the key of the log is gone'];
  const key = loadLogKey(keyPath, { venueId: 'venue', kioskId: '00' });
  if (!key.ok) return [key.error];
  const vouchers = { keys: [key.value.verifier], witnesses: [], witnessKeys: [] };
  const report = checkStored(db, { from, to: null }, vouchers);
  if (!report.ok) return [`journal verify: ${report.error}`];
  return report.value.problems
    .filter(({ code }) => mustBeSigned || code !== 'no-checkpoint')
    .map((problem) => `journal verify: ${problemText(problem, report.value, 'en')}`);
}

/** Each start must call the end before it what it was. */
export function misnamedEnds(
  lastEnds: readonly string[],
  was: 'killed' | 'power',
  isFirst: boolean,
): readonly string[] {
  return lastEnds.flatMap((said, index) => {
    const expected = isFirst && index === 0 ? 'first-start' : was;
    return said === expected ? [] : [`a start says that the run before it ended as ${said}, it was ${expected}`];
  });
}
