import type Database from 'better-sqlite3';
import type { EntryWriter } from './entry-writer.ts';
import type { Statements } from './statements.ts';
import { rebuildUses } from './use-rebuild.ts';

/** An open journal file, inside a transaction. */
interface PurgedFile {
  readonly db: Database.Database;
  readonly statements: Statements;
  readonly writer: EntryWriter;
}

/**
 * Deletes side rows older than `personalUntilMs` and use keys that ended before `nowMs`, and says so in an entry.
 * Inside somebody's transaction.
 * @param ended how many there are of each
 */
export function dropPersonal(
  { db, statements, writer }: PurgedFile,
  personalUntilMs: number,
  nowMs: number,
  ended: { readonly salts: number; readonly facts: number; readonly uses: number },
): void {
  statements.dropSalts.run(personalUntilMs);
  statements.dropFacts.run(personalUntilMs);
  statements.dropUses.run(nowMs);
  if (ended.uses > 0) rebuildUses(db);
  writer.append({ type: 'deleted', ...ended });
}

/**
 * Deletes what ends with its own time: doubts about a signal, and stickers.
 * @returns whether there was any
 */
export function dropOver(statements: Statements, unshownUntilMs: number, stickersUntilMs: number): boolean {
  const unshown = statements.dropUnshown.run(unshownUntilMs).changes;
  return unshown + statements.dropStickers.run(stickersUntilMs).changes > 0;
}
