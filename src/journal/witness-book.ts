import { PLAIN_TEXT } from '../base/plain-text.ts';
import { ok, type Result } from '../base/result.ts';
import { isEvident, MINUTE_MS, SECOND_MS, type WallTime } from '../base/time.ts';
import { equalBytes } from './byte-text.ts';
import { type Checkpoint, checkpointTime } from './checkpoint.ts';
import type { ConsistencyProof } from './consistency.ts';
import type { LogContradiction } from './entry.ts';
import type { EntryWriter } from './entry-writer.ts';
import { isNameOf, type LogKey } from './log-key.ts';
import { consistencyPath } from './merkle.ts';
import { sha256, verifyEd25519 } from './native-crypto.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import {
  COSIGNATURE,
  formatNote,
  type NoteSignature,
  openNote,
  parseNote,
  type SignedNote,
  type VerifierKey,
} from './signed-note.ts';
import type { Statements } from './statements.ts';
import {
  type Countersigned,
  cosign,
  type WitnessBook,
  type Witnessed,
  type WitnessRefusal,
  witnessRefusal,
} from './witness.ts';
import { WITNESS_TOLERANCE_MS } from './witnessed-times.ts';

/** A longer name is no kiosk's. */
export const MAX_LOG_NAME_LENGTH = 100;
/** So many countersignatures stand under one checkpoint, the newest: a code on a printed page still holds them all. */
export const MAX_COSIGNATURES = 12;

/**
 * What this kiosk knows of other logs, and other kiosks of its own, inside one transaction of the journal: what is
 * signed, what is remembered and the entry that says so are stored together or not at all.
 */
export class StoredWitnessBook implements WitnessBook {
  readonly #statements: Statements;
  readonly #writer: EntryWriter;

  constructor(statements: Statements, writer: EntryWriter) {
    this.#statements = statements;
    this.#writer = writer;
  }

  countersign(
    proof: ConsistencyProof,
    log: VerifierKey,
    key: LogKey,
    atMs: number,
  ): Result<Countersigned, WitnessRefusal> {
    const stranger = this.#refuseStranger(log);
    if (stranger !== null) return stranger;
    const before = this.#statements.witnessed.get(log.name) ?? null;
    const signed = cosign(proof, log, before, key, Math.floor(atMs / SECOND_MS));
    if (!signed.ok) {
      this.#recordContradiction(log.name, signed.error);
      return signed;
    }
    const { line, seen } = signed.value;
    this.#meet(log);
    this.#statements.setWitnessed.run(log.name, seen.size, Buffer.from(seen.root));
    this.#writer.append({ type: 'log-countersigned', log: log.name, size: seen.size });
    return ok({ log: log.name, size: seen.size, note: proof.checkpoint + line });
  }

  adopt(note: string, witness: VerifierKey, key: LogKey, now: WallTime): Result<Witnessed, WitnessRefusal> {
    const opened = openCheckpoint(note, [key.verifier], verifyEd25519);
    const parsed = parseNote(note);
    if (!opened.ok || !parsed.ok) {
      return witnessRefusal('damaged', opened.ok ? 'this is no signed checkpoint' : opened.error);
    }
    const { checkpoint } = opened.value;
    const { size, root } = checkpoint;
    const isCountersigned = parsed.value.signatures.some(({ name }) => name !== key.origin);
    if (!isCountersigned) {
      const sentence = 'this is a checkpoint of this kiosk itself: another one must countersign it first';
      return witnessRefusal('own-log', sentence, size);
    }
    const isByKey = parsed.value.signatures.some(({ name, id }) => name === witness.name && id === witness.id);
    if (witness.type !== COSIGNATURE || witness.name === key.origin || !isByKey) {
      const sentence =
        'no countersignature here is by that key: give the key that journal cosign printed as witness key';
      return witnessRefusal(witness.name === key.origin ? 'own-log' : 'damaged', sentence, size);
    }
    const stranger = this.#refuseStranger(witness);
    if (stranger !== null) return stranger;
    const vouched = openNote(parsed.value, [witness], verifyEd25519);
    if (!vouched.ok) {
      const sentence = `the countersignature of ${witness.name} is forged or damaged: scan it again`;
      return witnessRefusal('damaged', sentence, size);
    }
    const ownSize = this.#writer.nextSeq();
    if (size > ownSize || !equalBytes(this.#statements.tree.root(size), root)) {
      const sentence = `another kiosk has countersigned ${size} entries of this log, and they are not in it any more: an older copy was put back, or the log was written anew`;
      const refused = witnessRefusal('not-in-log', sentence, size, ownSize);
      if (!refused.ok) this.#recordContradiction(key.origin, refused.error);
      return refused;
    }
    const atMs = vouched.value.map(({ atS }) => (atS ?? 0) * SECOND_MS);
    if (!this.#fits(Math.min(...atMs), Math.max(...atMs), checkpoint, now)) {
      const sentence = `the clocks of ${witness.name} and of this kiosk differ by more than ${WITNESS_TOLERANCE_MS / MINUTE_MS} minutes: set both right, and have a new checkpoint countersigned`;
      return witnessRefusal('clocks-differ', sentence, size);
    }
    this.#meet(witness);
    if (this.#addSignature(size, parsed.value, witness, key)) {
      this.#statements.setWitnessedSize.run(size, witness.name);
      this.#writer.append({ type: 'log-witnessed', by: witness.name, size });
    }
    return ok({ by: witness.name, size });
  }

  forget(name: string): boolean {
    const seen = this.#statements.witnessed.get(name);
    this.#statements.dropWitnessed.run(name);
    const isMet = this.#statements.dropKnownKiosk.run(name).changes > 0 || seen !== undefined;
    if (isMet) this.#writer.append({ type: 'log-forgotten', log: name, seen: seen?.size ?? null });
    return isMet;
  }

  proofSince(old: number, size: number, checkpoint: string): ConsistencyProof {
    return { old, path: consistencyPath(sha256, this.#statements.tree.subtree, old, size), checkpoint };
  }

  witnessedSize(): number {
    return this.#statements.witnessedSize.get()?.size ?? 0;
  }

  /** One name, one key: a second key under it is a refusal, and so is a kiosk's name that was made for another key. */
  #refuseStranger({ name, publicKey }: VerifierKey): ReturnType<typeof witnessRefusal> | null {
    if (name.length > MAX_LOG_NAME_LENGTH) {
      return witnessRefusal('damaged', `the name of that log is longer than ${MAX_LOG_NAME_LENGTH} characters`);
    }
    if (!PLAIN_TEXT.test(name)) return witnessRefusal('damaged', 'the name of that log holds a control character');
    if (!isNameOf(name, publicKey)) {
      return witnessRefusal('other-key', `the name ${name} belongs to another key: do not trust who shows it`);
    }
    const known = this.#statements.knownKiosk.get(name)?.public_key;
    if (known === undefined || equalBytes(known, publicKey)) return null;
    const sentence = `${name} has shown another key before: compare the words of both keys, and trust neither until you know why`;
    return witnessRefusal('other-key', sentence);
  }

  /** Nothing is countersigned before it was made, nor later than now, as far as this kiosk knows what time it is. */
  #fits(firstMs: number, lastMs: number, checkpoint: Checkpoint, now: WallTime): boolean {
    const made = checkpointTime(checkpoint);
    const madeMs = made?.trusted === true ? made.atMs : Number.NEGATIVE_INFINITY;
    const known = this.#statements.checkpointOf.get(checkpoint.size)?.last_trusted_ms ?? null;
    const vouchedMs = known ?? this.#claimedMs(checkpoint.size, made?.atMs ?? Number.POSITIVE_INFINITY);
    const isTooEarly = firstMs < Math.max(madeMs, vouchedMs) - WITNESS_TOLERANCE_MS;
    return !isTooEarly && !(isEvident(now) && lastMs > now.atMs + WITNESS_TOLERANCE_MS);
  }

  /** The newest time that entries of a head claim, but none later than the head: a hand may have set the clock back. */
  #claimedMs(size: number, signedMs: number): number {
    return Math.min(this.#statements.trustedBefore.get({ size })?.wall_ms ?? Number.NEGATIVE_INFINITY, signedMs);
  }

  #meet({ name, publicKey }: VerifierKey): void {
    this.#statements.addKnownKiosk.run(name, Buffer.from(publicKey));
  }

  /** False where nothing was new. Signatures of kiosks that nobody has checked here are left out. */
  #addSignature(size: number, given: SignedNote, witness: VerifierKey, key: LogKey): boolean {
    const of = (note: SignedNote, { name, id }: VerifierKey): readonly NoteSignature[] =>
      note.signatures.filter((signature) => signature.name === name && signature.id === id);
    const stored = parseNote(this.#statements.checkpointOf.get(size)?.note ?? '');
    const isSame = stored.ok && stored.value.text === given.text;
    if (isSame && of(stored.value, witness).length > 0) return false;
    const known = isSame ? stored.value.signatures : of(given, key.verifier);
    const [own, ...others] = known;
    const cosignatures = [...others, ...of(given, witness).slice(0, 1)].slice(-MAX_COSIGNATURES);
    const signatures = own === undefined ? cosignatures : [own, ...cosignatures];
    this.#statements.setCheckpointNote.run(size, formatNote({ text: given.text, signatures }));
    return true;
  }

  #recordContradiction(log: string, { kind, size, seen }: WitnessRefusal): void {
    const why: LogContradiction | null = kind === 'fewer' || kind === 'forked' || kind === 'not-in-log' ? kind : null;
    if (why === null || size === null || seen === null) return;
    this.#writer.append({ type: 'log-contradicted', log, why, size, seen });
  }
}
