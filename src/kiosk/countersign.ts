import type { Result } from '../base/result.ts';
import { type Clock, isEvident } from '../base/time.ts';
import type { CheckpointCode } from '../journal/checkpoint-code.ts';
import type { Journal } from '../journal/journal.ts';
import type { LogKey } from '../journal/log-key.ts';
import { type Countersigned, type WitnessRefusal, witnessRefusal } from '../journal/witness.ts';

/** Countersigns the head of another kiosk's log, under a clock that somebody vouches for. Throws `JournalFault`. */
export function countersign(
  journal: Journal,
  { key: log, proof }: CheckpointCode,
  key: LogKey,
  clock: Clock,
): Result<Countersigned, WitnessRefusal> {
  const now = clock.wall();
  if (!isEvident(now)) {
    const sentence =
      'nothing vouches for the clock of this kiosk, and a witness says when it has seen: connect it once';
    return witnessRefusal('clock', sentence);
  }
  return journal.witness((book) => book.countersign(proof, log, key, now.atMs));
}
