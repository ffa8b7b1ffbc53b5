import { err, ok, type Result } from '../base/result.ts';
import { type CheckpointTime, checkpointTime } from './checkpoint.ts';
import { isIncluded, leafHashOf, type Sha256 } from './merkle.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { parseProof } from './proof.ts';
import type { VerifierKey, VerifyEd25519 } from './signed-note.ts';

/** One entry that is in a log. */
export interface ProvenEntry {
  readonly origin: string;
  readonly seq: number;
  /** As it was written. */
  readonly bytes: Uint8Array;
  /** When the log was signed with it, by the kiosk's clock; null where that is not said. */
  readonly signed: CheckpointTime | null;
}

/** A C2SP tlog-proof as a stranger checks it, with the key alone; the error is one sentence. */
export function checkProof(
  sha256: Sha256,
  verify: VerifyEd25519,
  text: string,
  keys: readonly VerifierKey[],
): Result<ProvenEntry, string> {
  const parsed = parseProof(text);
  if (!parsed.ok) return parsed;
  const { index, extra: bytes, path, checkpoint: note } = parsed.value;
  if (bytes === null) return err('this proof does not hold the entry that it is about');
  const opened = openCheckpoint(note, keys, verify);
  if (!opened.ok) return opened;
  const { checkpoint } = opened.value;
  const isIn = isIncluded(sha256, { leaf: leafHashOf(sha256, bytes), index, path }, checkpoint);
  if (!isIn) return err(`what this proof holds is not entry ${index} of the log that was signed`);
  return ok({ origin: checkpoint.origin, seq: index, bytes, signed: checkpointTime(checkpoint) });
}
