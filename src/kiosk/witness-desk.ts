import { ok, type Result } from '../base/result.ts';
import { formatMinuteIn, SECOND_MS } from '../base/time.ts';
import type { CodePicture, OwnerView, ScannedCheckpoint } from '../door/commands.ts';
import { checkpointTime, parseCheckpoint } from '../journal/checkpoint.ts';
import { type CheckpointCode, formatCheckpointCode, parseCheckpointCode } from '../journal/checkpoint-code.ts';
import { JournalFault } from '../journal/journal.ts';
import { LOG_NAME, type LogKey } from '../journal/log-key.ts';
import { sha256 } from '../journal/native-crypto.ts';
import { parseNote, type VerifierKey } from '../journal/signed-note.ts';
import type { WitnessRefusal } from '../journal/witness.ts';
import type { Settings } from '../settings/schema.ts';
import { encodeAlphanumericQr } from '../sticker/qr.ts';
import { qrPath } from '../sticker/qr-svg.ts';
import { fingerprintWords } from '../trust/proquint.ts';
import { type CountersignParts, countersign } from './countersign.ts';
import type { LogKeeper } from './log-keeper.ts';

/** The scanner reads a code again and again while it is held up: what failed is tried again after this time. */
const SAME_CODE_MS = 3 * SECOND_MS;

export interface WitnessDeskParts extends CountersignParts {
  readonly keeper: LogKeeper;
  readonly key: LogKey;
  readonly settings: () => Settings;
}

/** The log's public key, or any other kiosk's, as six words. */
export const wordsOf = ({ publicKey }: Pick<VerifierKey, 'publicKey'>): string => fingerprintWords(sha256(publicKey));

/** A checkpoint as a picture; null where it has become too long for one. */
export function pictureOf(code: CheckpointCode): CodePicture | null {
  const matrix = encodeAlphanumericQr(formatCheckpointCode(code));
  return matrix.ok ? { modules: matrix.value.size, path: qrPath(matrix.value) } : null;
}

/** Shows this log's checkpoint and answers to those of other kiosks. */
export class WitnessDesk {
  readonly #parts: WitnessDeskParts;
  #last: { readonly line: string; readonly atMs: number; readonly answer: ScannedCheckpoint } | null = null;

  constructor(parts: WitnessDeskParts) {
    this.#parts = parts;
  }

  /** A checkpoint of now with the proof since `since` entries; null for what other kiosks have seen. Throws `JournalFault`. */
  show(since: number | null): Pick<OwnerView, 'log' | 'code' | 'since'> {
    const { journal, keeper, key, settings } = this.#parts;
    const note = keeper.fresh();
    const signed = checkpointIn(note);
    const size = signed?.size ?? 0;
    const time = signed === null ? null : checkpointTime(signed);
    return journal.witness((book) => {
      const witnessedSize = book.witnessedSize();
      const old = Math.min(since ?? witnessedSize, size);
      return {
        log: {
          name: key.origin,
          words: wordsOf(key.verifier),
          size,
          signedAt: time === null ? null : formatMinuteIn(settings().zone, time.atMs),
          clockTrusted: time?.trusted === true,
          witnessedSize,
        },
        code: pictureOf({ key: key.verifier, proof: book.proofSince(old, size, note) }),
        since: old,
      };
    });
  }

  /** One scanned checkpoint code: countersigned, kept as a countersignature of this log, or refused. */
  scanned(line: string): ScannedCheckpoint {
    const atMs = this.#parts.clock.monotonicMs();
    const last = this.#last;
    if (last?.line === line && (isTaken(last.answer) || atMs - last.atMs < SAME_CODE_MS)) {
      this.#last = { ...last, atMs };
      return last.answer;
    }
    const answer = this.#answer(line);
    this.#last = { line, atMs, answer };
    return answer;
  }

  #answer(line: string): ScannedCheckpoint {
    const code = parseCheckpointCode(sha256, line);
    const head = code.ok ? checkpointIn(code.value.proof.checkpoint) : null;
    // What is written down and shown is the name of a kiosk, and not whatever somebody put into a code.
    if (!code.ok || head === null || !LOG_NAME.test(head.origin) || !LOG_NAME.test(code.value.key.name)) {
      return { outcome: 'damaged', other: null, size: null, seen: null, code: null };
    }
    const { key } = code.value;
    const other = { name: key.name, words: wordsOf(key) };
    try {
      const own = head.origin === this.#parts.key.origin;
      const done = own ? this.#adopted(code.value) : this.#countersigned(code.value);
      if (done.ok) return { outcome: done.value.outcome, other, size: head.size, seen: null, code: done.value.code };
      const { kind, sentence, size, seen } = done.error;
      this.#parts.log('checkpoint-refused', { kind, sentence });
      return { outcome: kind, other, size: size ?? head.size, seen, code: null };
    } catch (thrown) {
      if (!(thrown instanceof JournalFault)) throw thrown;
      return { outcome: 'disk', other, size: head.size, seen: null, code: null };
    }
  }

  #adopted({ key, proof }: CheckpointCode): Result<Done, WitnessRefusal> {
    const { journal, key: ownKey, clock } = this.#parts;
    const adopted = journal.witness((book) => book.adopt(proof.checkpoint, key, ownKey, clock.wall()));
    return adopted.ok ? ok({ outcome: 'witnessed', code: null }) : adopted;
  }

  #countersigned(shown: CheckpointCode): Result<Done, WitnessRefusal> {
    const { key } = this.#parts;
    const signed = countersign(shown, key, this.#parts);
    if (!signed.ok) return signed;
    const { note } = signed.value;
    const code = pictureOf({ key: key.cosigner, proof: { old: 0, path: [], checkpoint: note } });
    return ok({ outcome: 'countersigned', code });
  }
}

interface Done {
  readonly outcome: 'countersigned' | 'witnessed';
  readonly code: CodePicture | null;
}

/** Whether a scanned checkpoint was countersigned, or kept as a countersignature. */
export const isTaken = ({ outcome }: ScannedCheckpoint): boolean =>
  outcome === 'countersigned' || outcome === 'witnessed';

function checkpointIn(
  note: string,
): { origin: string; size: number; root: Uint8Array; extensions: readonly string[] } | null {
  const parsed = parseNote(note);
  const checkpoint = parsed.ok ? parseCheckpoint(parsed.value.text) : parsed;
  return checkpoint.ok ? checkpoint.value : null;
}
