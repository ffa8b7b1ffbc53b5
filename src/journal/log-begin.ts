import { DamagedJournal } from './journal.ts';
import type { Statements } from './statements.ts';

/** How a log begins, which tells it from every other. */
export interface LogBegin {
  /** The hash of its first entry; null for a log that has none. */
  readonly leaf: Buffer | null;
  /** When it was begun in the place of a damaged one, in milliseconds since the epoch; null for any other. */
  readonly continuedAtMs: number | null;
}

export function beginOf(statements: Statements): LogBegin {
  const leaf = statements.firstLeaf.get()?.leaf ?? null;
  return { leaf, continuedAtMs: statements.continuedAt.get()?.wall_ms ?? null };
}

/**
 * When a log was begun, as far as its own word is worth nothing: under a clock that was ahead, or far behind.
 * @param asideAtMs when the newest damaged log was set aside; null where none is kept
 * @param latestMs what the clock shows
 */
export function beginBeside(begin: LogBegin, asideAtMs: number | null, latestMs: number): LogBegin {
  const { continuedAtMs } = begin;
  if (continuedAtMs === null) return begin;
  const isOff = continuedAtMs > latestMs || continuedAtMs < (asideAtMs ?? 0);
  return isOff ? { ...begin, continuedAtMs: asideAtMs } : begin;
}

/**
 * Whether a reopened file holds another log than the one that was written to: only one that says so in its first entry.
 * A file that has lost what was acknowledged, and any other that is not the same, is a `DamagedJournal`.
 * @param size entries that were acknowledged
 * @param found entries that are there
 */
export function isAnotherLog(known: LogBegin, size: number, now: LogBegin, found: number): boolean {
  const isSame = known.leaf === null || (now.leaf !== null && known.leaf.equals(now.leaf));
  if (!isSame && now.continuedAtMs !== null) return true;
  if (!isSame) throw new DamagedJournal('it begins with another entry than it did');
  if (found < size) throw new DamagedJournal(`${size} entries were recorded and only ${found} are there`);
  return false;
}
