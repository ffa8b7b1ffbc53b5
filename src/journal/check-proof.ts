import { err, ok, type Result } from '../base/result.ts';
import { type CheckpointTime, checkpointTime } from './checkpoint.ts';
import { isIncluded, leafHashOf, type Sha256 } from './merkle.ts';
import { type CheckpointFault, judgeCheckpoint } from './open-checkpoint.ts';
import { parseProof } from './proof.ts';
import type { InBoth } from './report-text.ts';
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

const UNREADABLE_KO = '읽을 수 없는 증명입니다. 손상되었거나 증명 파일이 아닙니다.';
const CHECKPOINT_KO: Readonly<Record<CheckpointFault['kind'], string>> = {
  unreadable: '증명에 든 확인점을 읽을 수 없습니다. 손상된 증명입니다.',
  foreign: '증명에 든 확인점이 이 키로 서명되지 않았습니다. 다른 키오스크의 키이거나 다른 키오스크의 증명입니다.',
  forged: '증명에 든 확인점의 서명이 위조되었거나 손상되었습니다.',
};

/** A C2SP tlog-proof as a stranger checks it, with the key alone; the error is one sentence. */
export function checkProof(
  sha256: Sha256,
  verify: VerifyEd25519,
  text: string,
  keys: readonly VerifierKey[],
): Result<ProvenEntry, InBoth> {
  const parsed = parseProof(text);
  if (!parsed.ok) return err({ ko: UNREADABLE_KO, en: parsed.error });
  const { index, extra: bytes, path, checkpoint: note } = parsed.value;
  if (bytes === null) {
    return err({
      ko: '이 증명에는 증명할 기록이 들어 있지 않습니다.',
      en: 'this proof does not hold the entry that it is about',
    });
  }
  const opened = judgeCheckpoint(note, keys, verify);
  if (!opened.ok) return err({ ko: CHECKPOINT_KO[opened.error.kind], en: opened.error.sentence });
  const { checkpoint } = opened.value;
  const isIn = isIncluded(sha256, { leaf: leafHashOf(sha256, bytes), index, path }, checkpoint);
  if (!isIn) {
    return err({
      ko: `이 증명에 든 것은 서명된 기록의 ${index}번이 아닙니다.`,
      en: `what this proof holds is not entry ${index} of the log that was signed`,
    });
  }
  return ok({ origin: checkpoint.origin, seq: index, bytes, signed: checkpointTime(checkpoint) });
}
