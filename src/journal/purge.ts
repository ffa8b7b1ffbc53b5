import { DAY_MS } from '../base/time.ts';
import type { Handle } from './handle.ts';
import type { Statements, UsesOver } from './statements.ts';
import { rebuildUses } from './use-rebuild.ts';

/**
 * Deletes side rows older than `personalUntilMs` and use keys that are over, and says so in an entry.
 * Inside somebody's transaction.
 * @param ended how many there are of each
 */
export function dropPersonal(
  { db, statements, writer }: Handle,
  personalUntilMs: number,
  over: UsesOver,
  ended: { readonly salts: number; readonly facts: number; readonly uses: number },
): void {
  statements.dropSalts.run(personalUntilMs);
  statements.dropFacts.run(personalUntilMs);
  statements.dropUses.run(...over);
  if (ended.uses > 0) rebuildUses(db);
  writer.append({ type: 'deleted', ...ended });
}

/**
 * Deletes what ends with its own time: doubts about a signal, and stickers.
 * @returns whether there was any
 */
export function dropOver(statements: Statements, unshownUntilMs: number, nowMs: number): boolean {
  const unshown = statements.dropUnshown.run(unshownUntilMs, 2 * nowMs - unshownUntilMs).changes;
  return unshown + statements.dropStickers.run(nowMs - DAY_MS).changes > 0;
}
