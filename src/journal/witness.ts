import { err, ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
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

/** Why a head was not countersigned, or a countersignature not taken. */
export const WITNESS_REFUSALS = [
  /** It cannot be read, or its signature does not hold. */
  'damaged',
  /** The kiosk that shows it is this one. */
  'own-log',
  /** That log was signed with another key before. */
  'other-key',
  /** It has fewer entries than were seen. */
  'fewer',
  /** It has other entries than were seen. */
  'forked',
  /** Nothing proves that what was seen is still in it. */
  'unproven',
  /** This log does not hold what another kiosk has countersigned. */
  'not-in-log',
  /** Nobody vouches for the clock that would be countersigned with. */
  'clock',
  /** It was countersigned at a time that this log contradicts. */
  'clocks-differ',
] as const;

export interface WitnessRefusal {
  readonly kind: (typeof WITNESS_REFUSALS)[number];
  /** One sentence. */
  readonly sentence: string;
  /** How many entries the head covers, and how many the last one that was seen; null where that is not known. */
  readonly size: number | null;
  readonly seen: number | null;
}

export interface Cosigned {
  /** The signature line of C2SP signed-note. */
  readonly line: string;
  readonly seen: SeenHead;
}

/** Another log's head that was countersigned here. */
export interface Countersigned {
  readonly log: string;
  readonly size: number;
  /** The note with the new signature line. */
  readonly note: string;
}

/** This log's head that another kiosk has countersigned. */
export interface Witnessed {
  readonly by: string;
  readonly size: number;
}

/** What this kiosk knows of other logs, and other kiosks of its own; see `Journal.witness`. */
export interface WitnessBook {
  /** Countersigns another log's head (`cosign`); the key of a log is the one that was seen first. */
  countersign(
    proof: ConsistencyProof,
    log: VerifierKey,
    key: LogKey,
    atMs: number,
  ): Result<Countersigned, WitnessRefusal>;
  /**
   * Keeps a countersignature of this log's head, so that it is given away with the log from here on; none of a time that
   * would call the log's own times made up.
   */
  adopt(note: string, witness: VerifierKey, key: LogKey, now: WallTime): Result<Witnessed, WitnessRefusal>;
  /** Holds nothing that was seen of a log against it any more. False for a kiosk that was never met. */
  forget(name: string): boolean;
  /** That a checkpoint of this log, of `size` entries, only adds to one of `old`, for whoever has seen that one. */
  proofSince(old: number, size: number, checkpoint: string): ConsistencyProof;
  /** The most entries of this log that another kiosk is known to have countersigned; 0 for none. */
  witnessedSize(): number;
}

/** A refusal with what is known of the head. */
export function witnessRefusal(
  kind: WitnessRefusal['kind'],
  sentence: string,
  size: number | null = null,
  seen: number | null = null,
): Result<never, WitnessRefusal> {
  return err({ kind, sentence, size, seen });
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
 * adds to what was seen of that log before. What was seen last may be countersigned again, without a proof.
 * @param atS seconds since the epoch, of a clock that is trusted
 * @returns the signature line and the head to remember before the line is given away
 */
export function cosign(
  { old, path, checkpoint: note }: ConsistencyProof,
  log: VerifierKey,
  seen: SeenHead | null,
  key: LogKey,
  atS: number,
): Result<Cosigned, WitnessRefusal> {
  const opened = openCheckpoint(note, [log], verifyEd25519);
  if (!opened.ok) return witnessRefusal('damaged', opened.error);
  const { text, checkpoint } = opened.value;
  const { origin, size } = checkpoint;
  if (origin === key.origin) {
    return witnessRefusal('own-log', 'this is a checkpoint of this kiosk itself: another one must sign it', size);
  }
  const before = seen ?? { size: 0, root: sha256(new Uint8Array(0)) };
  const known = before.size;
  if (size < known) {
    const sentence = `this kiosk has seen ${known} entries of that log and this checkpoint covers ${size}: show the newest one; if this is the newest, the log was cut off, so keep both and do not trust it`;
    return witnessRefusal('fewer', sentence, size, known);
  }
  const isSame = size === known;
  if (!isSame && old !== known) {
    const sentence = `this kiosk has last seen that log with ${known} entries, and whether those are still in it cannot be told without a proof: ask for the proof since ${known}`;
    return witnessRefusal('unproven', sentence, size, known);
  }
  if (!isConsistent(sha256, before, checkpoint, isSame ? [] : path)) {
    const sentence = 'this checkpoint contradicts what that log has shown before: keep both and do not trust that log';
    return witnessRefusal('forked', sentence, size, known);
  }
  const bytes = cosignatureBytes(atS, key.sign(cosignedMessage(text, atS)));
  const { name, id } = key.cosigner;
  return ok({ line: signatureLine({ name, id, bytes }), seen: { size, root: checkpoint.root } });
}
