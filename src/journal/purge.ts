import { DAY_MS, MINUTE_MS } from '../base/time.ts';
import type { Handle } from './handle.ts';
import type { Over, Statements } from './statements.ts';
import { UNSHOWN_MINUTES } from './use-key.ts';
import { rebuildUses } from './use-rebuild.ts';

/**
 * Deletes side rows and use keys that are over, and says so in an entry. Inside somebody's transaction.
 * @param ended how many there are of each
 */
export function dropPersonal(
  { db, statements, writer }: Handle,
  over: Over,
  ended: { readonly salts: number; readonly facts: number; readonly uses: number },
): void {
  statements.dropSalts.run(over);
  statements.dropFacts.run(over);
  statements.dropUses.run(over);
  statements.dropPassbacksBehind.run(over);
  if (ended.uses > 0) rebuildUses(db);
  writer.append({ type: 'deleted', ...ended });
}

/** Until when an admission was too long ago for anybody to stand before a shut door. */
export const unshownUntil = (nowMs: number): number => nowMs - UNSHOWN_MINUTES * MINUTE_MS;

/**
 * Deletes what ends with its own time: doubts about a signal, and stickers. Rows that a wrong clock has dated into the
 * future would stay for as long as it was wrong: that the clock is behind them is noticed, and they go once that has been
 * so for as long as they may be kept. Their stamps stay, since it may be this clock that is wrong: put right it finds
 * them as they were, and what was noticed is forgotten.
 * @param latestMs what the clock shows, which may be ahead of the time by which things are deleted
 * @returns whether anything was deleted
 */
export function dropOver(statements: Statements, nowMs: number, latestMs: number): boolean {
  statements.forgetBehind.run({ latest: latestMs });
  statements.noticeBehind.run({ latest: latestMs });
  const unshown = statements.dropUnshown.run(unshownUntil(nowMs), latestMs + UNSHOWN_MINUTES * MINUTE_MS).changes;
  return unshown + statements.dropStickers.run(nowMs - DAY_MS).changes > 0;
}
