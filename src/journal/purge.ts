import type { EntryWriter } from './entry-writer.ts';
import type { Statements, UsesOver } from './statements.ts';

/**
 * Deletes side rows older than `personalUntilMs` and use keys that are over, and says so in an entry.
 * Inside somebody's transaction.
 * @param ended how many there are of each
 */
export function dropPersonal(
  statements: Statements,
  writer: EntryWriter,
  personalUntilMs: number,
  over: UsesOver,
  ended: { readonly salts: number; readonly facts: number; readonly uses: number },
): void {
  statements.dropSalts.run(personalUntilMs);
  statements.dropFacts.run(personalUntilMs);
  statements.dropUses.run(...over);
  writer.append({ type: 'deleted', ...ended });
}
