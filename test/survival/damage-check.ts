import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** The entry that a bad sector has changed: one that every start looks at. */
const DAMAGED_SEQ = 1;
const DAMAGED_BYTES = Buffer.from('{}');

interface First {
  readonly type: string;
  readonly size: number | null;
  readonly whole: number;
}

/** Does to a journal at rest what a bad sector does. @returns how many entries it has */
export function damageJournal(path: string): number {
  const db = new Database(path);
  db.prepare('UPDATE entry SET bytes = ? WHERE seq = ?').run(DAMAGED_BYTES, DAMAGED_SEQ);
  const entries = db.prepare<[], number>('SELECT count(*) FROM entry').pluck().get() ?? 0;
  db.close();
  return entries;
}

/** Whether the damaged journal still has its place, since nothing has replaced it yet. */
export function isStillDamaged(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return false;
  const db = new Database(path, { readonly: true });
  try {
    const bytes = db.prepare<[number], Buffer>('SELECT bytes FROM entry WHERE seq = ?').pluck().get(DAMAGED_SEQ);
    return bytes?.equals(DAMAGED_BYTES) ?? false;
  } finally {
    db.close();
  }
}

/**
 * What does not hold of a damaged journal, once a kiosk has started on it: it is kept whole, once, nothing half built lies
 * about, and the new log names it.
 * @param entries how many it had
 */
export function renewedProblems(data: string, entries: number): readonly string[] {
  const problems: string[] = [];
  const first = firstOf(join(data, 'journal.db'));
  if (first?.type !== 'log-continued') problems.push(`the new log begins with ${first?.type ?? 'nothing'}`);
  else if (first.size === null || first.whole !== 1) problems.push('the new log names no signed head, or not all uses');
  for (const name of readdirSync(data).filter((each) => /^journal\.db\.(new|ready)/.test(each))) {
    problems.push(`${name} was left behind`);
  }
  const kept = readdirSync(join(data, 'damaged')).filter((name) => name.endsWith('.db'));
  if (kept.length !== 1) problems.push(`${kept.length} damaged journals are kept`);
  for (const name of kept) {
    const left = entriesIn(join(data, 'damaged', name));
    if (left !== entries) problems.push(`LOST: ${left} of ${entries} entries of the damaged journal are kept`);
  }
  return problems;
}

function firstOf(path: string): First | undefined {
  const db = new Database(path, { readonly: true });
  try {
    const member = (name: string): string => `json_extract(CAST(bytes AS TEXT), '$.${name}') AS ${name}`;
    const columns = ['type', 'size', 'whole'].map(member).join(', ');
    return db.prepare<[], First>(`SELECT ${columns} FROM entry WHERE seq = 0`).get();
  } finally {
    db.close();
  }
}

function entriesIn(path: string): number {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare<[], number>('SELECT count(*) FROM entry').pluck().get() ?? 0;
  } finally {
    db.close();
  }
}

/** What a checkpoint that was acknowledged leaves unsigned; empty where it covers every entry. */
export function unsignedProblems(journal: string): readonly string[] {
  const db = new Database(journal, { readonly: true });
  try {
    const ends = db
      .prepare<[], { entries: number; signed: number | null }>(
        'SELECT (SELECT count(*) FROM entry) AS entries, (SELECT max(size) FROM checkpoint) AS signed',
      )
      .get();
    return ends?.signed === ends?.entries ? [] : [`LOST: a checkpoint over ${ends?.entries} that was acknowledged`];
  } finally {
    db.close();
  }
}
