import { type Clock, isEvident } from '../base/time.ts';
import type { LogKey } from './log-key.ts';
import type { Statements } from './statements.ts';
import { signCheckpoint } from './witness.ts';

/** What a checkpoint carries beside the head. */
export interface HeadSayings {
  readonly clock: Clock;
  /** Wall time of the newest entry under a trusted clock, so that a later start need not look for it. */
  readonly lastTrustedMs: number | null;
  /** Extension lines behind that of the time. */
  readonly extensions: readonly string[];
}

/** Signs the log as it is in this transaction; while nothing has been added, the last note again. */
export function writeCheckpoint(
  statements: Statements,
  key: LogKey,
  { clock, lastTrustedMs, extensions }: HeadSayings,
): string {
  const size = statements.nextSeq.get()?.seq ?? 0;
  const last = statements.lastCheckpoint.get();
  if (last?.size === size) return last.note;
  const wall = clock.wall();
  const time = { atMs: wall.atMs, trusted: isEvident(wall) };
  const note = signCheckpoint(key, { size, root: statements.tree.root(size) }, time, extensions);
  statements.addCheckpoint.run(size, note, lastTrustedMs);
  return note;
}
