import { err, ok, type Result } from '../base/result.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { openNote, parseNote, type VerifierKey, type VerifyEd25519 } from './signed-note.ts';

/** Reads a checkpoint that one of `keys` has signed for the log of its name; the error is one sentence. */
export function openCheckpoint(
  note: string,
  keys: readonly VerifierKey[],
  verify: VerifyEd25519,
): Result<{ readonly text: string; readonly checkpoint: Checkpoint }, string> {
  const parsed = parseNote(note);
  if (!parsed.ok) return err(`this is no signed checkpoint: ${parsed.error}`);
  const checkpoint = parseCheckpoint(parsed.value.text);
  if (!checkpoint.ok) return checkpoint;
  const own = keys.filter(({ name }) => name === checkpoint.value.origin);
  const opened = openNote(parsed.value, own, verify);
  if (opened.ok) return ok({ text: parsed.value.text, checkpoint: checkpoint.value });
  return err(
    opened.error === 'forged'
      ? `the signature on the checkpoint of ${checkpoint.value.origin} is forged or damaged`
      : `the checkpoint of ${checkpoint.value.origin} is signed by none of the keys given`,
  );
}
