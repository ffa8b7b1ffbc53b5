import type Database from 'better-sqlite3';
import { reasonOf } from '../../src/base/assert.ts';
import { err, type Result } from '../../src/base/result.ts';
import { openJournalFile } from '../../src/journal/open.ts';
import { type Fuse, Killed } from './fuse.ts';

type Statement = Database.Statement<unknown[], unknown>;

/**
 * The real journal file, whose transactions and statements pass a fuse. A kill or a fault before the commit leaves
 * nothing of it behind, as the write-ahead log does; one after the commit leaves all.
 */
export function openFallible(path: string, fuse: Fuse): Result<Database.Database, string> {
  try {
    fuse.touch('open');
  } catch (thrown) {
    if (thrown instanceof Killed) throw thrown;
    return err(`cannot open the journal: ${reasonOf(thrown)}`);
  }
  const opened = openJournalFile(path);
  if (!opened.ok) return opened;
  const db = opened.value;
  const plainPrepare = db.prepare.bind(db) as (sql: string) => Statement;
  const plainTransaction = db.transaction.bind(db) as (body: () => unknown) => { immediate(): unknown };
  const prepare = (sql: string): Statement => {
    const statement = plainPrepare(sql);
    for (const verb of ['run', 'get', 'all'] as const) {
      const plain = statement[verb].bind(statement) as (...bound: unknown[]) => never;
      statement[verb] = (...bound: unknown[]): never => {
        fuse.touch('statement');
        return plain(...bound);
      };
    }
    return statement;
  };
  const transaction = (body: () => unknown): { immediate(): unknown } => {
    const whole = plainTransaction(() => {
      const result = body();
      fuse.touch('commit');
      return result;
    });
    const immediate = (): unknown => {
      fuse.touch('begin');
      const result = whole.immediate();
      fuse.touch('committed');
      return result;
    };
    return Object.assign(immediate, { immediate });
  };
  db.prepare = prepare as typeof db.prepare;
  db.transaction = transaction as typeof db.transaction;
  return opened;
}
