import { err, ok, type Result } from '../base/result.ts';
import { type Checkpoint, type CheckpointTime, formatCheckpoint, timeExtension } from './checkpoint.ts';
import type { ConsistencyProof } from './consistency.ts';
import type { LogKey } from './log-key.ts';
import { isConsistent } from './merkle.ts';
import { sha256, verifyEd25519 } from './native-crypto.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { cosignatureBytes, cosignedMessage, formatNote, signatureLine, type VerifierKey } from './signed-note.ts';

/** The last head of another log that this kiosk has countersigned. */
export interface SeenHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Signs a head of this kiosk's log. The error of a kiosk's clock is in the text, and so is whether it was trusted.
 * @param more extension lines behind that of the time
 */
export function signCheckpoint(
  key: LogKey,
  head: Pick<Checkpoint, 'size' | 'root'>,
  time: CheckpointTime,
  more: readonly string[] = [],
): string {
  const text = formatCheckpoint({ origin: key.origin, ...head, extensions: [timeExtension(time), ...more] });
  const { name, id } = key.verifier;
  return formatNote({ text, signatures: [{ name, id, bytes: key.sign(Buffer.from(text, 'utf8')) }] });
}

/**
 * Countersigns another log's checkpoint (C2SP tlog-witness, tlog-cosignature): only if its own key has signed it and it
 * adds to what was seen of that log before.
 * @param atS seconds since the epoch, of a clock that is trusted
 * @returns the signature line and the head to remember before the line is given away, or one sentence
 */
export function cosign(
  { old, path, checkpoint: note }: ConsistencyProof,
  log: VerifierKey,
  seen: SeenHead | null,
  key: LogKey,
  atS: number,
): Result<{ readonly line: string; readonly seen: SeenHead }, string> {
  const opened = openCheckpoint(note, [log], verifyEd25519);
  if (!opened.ok) return opened;
  const { text, checkpoint } = opened.value;
  if (checkpoint.origin === key.origin)
    return err('this is a checkpoint of this kiosk itself: another one must sign it');
  const before = seen ?? { size: 0, root: sha256(new Uint8Array(0)) };
  if (old !== before.size) {
    return err(`this kiosk has last seen that log with ${before.size} entries: ask for the proof since ${before.size}`);
  }
  if (!isConsistent(sha256, before, checkpoint, path)) {
    return err('this checkpoint contradicts what that log has shown before: keep both and do not trust that log');
  }
  const bytes = cosignatureBytes(atS, key.sign(cosignedMessage(text, atS)));
  const { name, id } = key.cosigner;
  return ok({ line: signatureLine({ name, id, bytes }), seen: { size: checkpoint.size, root: checkpoint.root } });
}
