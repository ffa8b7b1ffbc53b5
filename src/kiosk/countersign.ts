import { join } from 'node:path';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { makeFolder } from '../base/make-folder.ts';
import type { Result } from '../base/result.ts';
import { type Clock, isEvident } from '../base/time.ts';
import type { CheckpointCode } from '../journal/checkpoint-code.ts';
import type { Journal } from '../journal/journal.ts';
import type { LogKey } from '../journal/log-key.ts';
import { type Countersigned, type WitnessRefusal, witnessRefusal } from '../journal/witness.ts';
import type { Log } from './log.ts';

export interface CountersignParts {
  readonly journal: Journal;
  readonly clock: Clock;
  /** Where checkpoints of other kiosks are kept, a file for each log. */
  readonly folder: string;
  readonly log: Log;
}

/**
 * Countersigns the head of another kiosk's log, under a clock that somebody vouches for, and keeps it; keeps also what
 * contradicts that log. Throws `JournalFault`.
 */
export function countersign(
  { key: other, proof }: CheckpointCode,
  key: LogKey,
  parts: CountersignParts,
): Result<Countersigned, WitnessRefusal> {
  const now = parts.clock.wall();
  if (!isEvident(now)) {
    const sentence =
      'nothing vouches for the clock of this kiosk, and a witness says when it has seen: connect it once';
    return witnessRefusal('clock', sentence);
  }
  const signed = parts.journal.witness((book) => book.countersign(proof, other, key, now.atMs));
  if (signed.ok) keep(signed.value.log, 'countersigned', signed.value.note, parts);
  else if (signed.error.kind === 'fewer' || signed.error.kind === 'forked') {
    keep(other.name, 'contradiction', proof.checkpoint, parts);
  }
  return signed;
}

/** The newest of each kind and log, for a stick; the log itself holds what counts. */
function keep(
  name: string,
  kind: 'countersigned' | 'contradiction',
  note: string,
  { folder, log }: Pick<CountersignParts, 'folder' | 'log'>,
): void {
  try {
    makeFolder(folder, 0o700);
    // A key that somebody typed may bear any name; those of kiosks stay as they are.
    replaceFile(join(folder, `${encodeURIComponent(name.replaceAll('/', '-'))}.${kind}.txt`), note);
  } catch (thrown) {
    log('checkpoint-unkept', { log: name, why: reasonOf(thrown) });
  }
}
