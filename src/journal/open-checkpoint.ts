import { err, ok, type Result } from '../base/result.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { LOG_SIGNATURE, openNote, parseNote, type VerifierKey, type VerifyEd25519 } from './signed-note.ts';

export interface OpenedCheckpoint {
  /** What the signature covers. */
  readonly text: string;
  readonly checkpoint: Checkpoint;
}

/** Why a checkpoint does not count. */
export interface CheckpointFault {
  /** `foreign`: none of the keys given has signed it. */
  readonly kind: 'unreadable' | 'foreign' | 'forged';
  /** One sentence. */
  readonly sentence: string;
}

/** Reads a checkpoint that one of `keys` has signed for the log of its name. */
export function judgeCheckpoint(
  note: string,
  keys: readonly VerifierKey[],
  verify: VerifyEd25519,
): Result<OpenedCheckpoint, CheckpointFault> {
  const parsed = parseNote(note);
  if (!parsed.ok) return err({ kind: 'unreadable', sentence: `this is no signed checkpoint: ${parsed.error}` });
  const { text } = parsed.value;
  const checkpoint = parseCheckpoint(text);
  if (!checkpoint.ok) return err({ kind: 'unreadable', sentence: checkpoint.error });
  const { origin } = checkpoint.value;
  const own = keys.filter(({ name, type }) => name === origin && type === LOG_SIGNATURE);
  const opened = openNote(parsed.value, own, verify);
  if (opened.ok) return ok({ text, checkpoint: checkpoint.value });
  return err(
    opened.error === 'forged'
      ? { kind: 'forged', sentence: `the signature on the checkpoint of ${origin} is forged or damaged` }
      : { kind: 'foreign', sentence: `the checkpoint of ${origin} is signed by none of the keys given` },
  );
}

/** `judgeCheckpoint` for whoever only needs the sentence. */
export function openCheckpoint(
  note: string,
  keys: readonly VerifierKey[],
  verify: VerifyEd25519,
): Result<OpenedCheckpoint, string> {
  const judged = judgeCheckpoint(note, keys, verify);
  return judged.ok ? judged : err(judged.error.sentence);
}
