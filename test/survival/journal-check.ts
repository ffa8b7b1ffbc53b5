import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';

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
 * Reads a journal with nothing of the kiosk's own code and proves it: SQLite's own check, sequence numbers without a gap,
 * and each leaf the hash of its entry (RFC 6962 section 2.1).
 * @param fromSeq the first entry to look at; those before it were proved earlier
 */
export function checkJournal(path: string, fromSeq = 0): Journal {
  if (!existsSync(path)) return { entries: 0, scans: [], types: [], problems: [] };
  const db = new Database(path, { readonly: true });
  try {
    const made = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'entry'").get();
    if (made === undefined) return { entries: 0, scans: [], types: [], problems: [] };
    const sound = db.pragma('integrity_check', { simple: true });
    const problems = sound === 'ok' ? [] : [`integrity_check: ${String(sound)}`];
    const rows = db
      .prepare<[number], Row>('SELECT seq, bytes, leaf FROM entry WHERE seq >= ? ORDER BY seq')
      .all(fromSeq);
    const scans: RecordedScan[] = [];
    const types: string[] = [];
    for (const [index, { seq, bytes, leaf }] of rows.entries()) {
      if (seq !== fromSeq + index) problems.push(`entry ${fromSeq + index} is missing`);
      const hash = createHash('sha256').update(LEAF_PREFIX).update(bytes).digest();
      if (!hash.equals(leaf)) problems.push(`entry ${seq} does not fit its leaf`);
      const entry = JSON.parse(bytes.toString('utf8')) as RecordedScan & { readonly type: string };
      if (entry.seq !== seq) problems.push(`entry ${seq} calls itself ${entry.seq}`);
      types.push(entry.type);
      if (entry.type === 'scan') scans.push(entry);
    }
    return { entries: fromSeq + rows.length, scans, types, problems };
  } finally {
    db.close();
  }
}
