import { err, ok, type Result } from '../base/result.ts';
import { judgeNotes, type NotesToJudge } from './judge-notes.ts';
import { type KeptText, keptNotes } from './kept-notes.ts';
import { parseLogStart } from './log-start.ts';
import { CompactRange, type Sha256 } from './merkle.ts';
import type { InBoth } from './report-text.ts';
import { parseVerifierKey, splitNotes, type VerifierKey, type VerifyEd25519 } from './signed-note.ts';
import { LogCheck } from './verify-log.ts';

/** The names of the files of an export. */
export const EXPORT_FILES = {
  entries: 'entries.jsonl',
  checkpoints: 'checkpoints.txt',
  key: 'key.txt',
  /** Only where the export does not begin with the first entry. */
  start: 'start.txt',
  verifier: 'verify.html',
} as const;

/** The small files of an export, and what the stranger brings along. */
export interface ExportedTexts {
  readonly checkpoints: string;
  /** Verifier keys of the log: as the kiosk showed them, else the one that lies in the export. */
  readonly keys: readonly string[];
  /** Checkpoints that were kept elsewhere. */
  readonly witnesses: readonly KeptText[];
  readonly witnessKeys: readonly string[];
}

/** The notes and keys of an export, read but not judged; the error is one sentence. */
export function notesOf(sha256: Sha256, texts: ExportedTexts): Result<NotesToJudge, InBoth> {
  const keys = readKeys(sha256, texts.keys);
  if (!keys.ok) return err(keyFault(keys.error));
  const witnessKeys = readKeys(sha256, texts.witnessKeys);
  if (!witnessKeys.ok) return err(witnessKeyFault(witnessKeys.error));
  const copy = texts.witnesses.find(({ text }) => isCopyOf(texts.checkpoints, text));
  if (copy !== undefined) return err(ownFileFault(copy.file));
  const witness = keptNotes(sha256, texts.witnesses);
  if (!witness.ok) return witness;
  return ok({
    own: splitNotes(texts.checkpoints),
    witness: witness.value,
    keys: keys.value,
    witnessKeys: witnessKeys.value,
  });
}

/**
 * The check of an export, waiting for its entries; the error is one sentence.
 * @param askedFrom the first entry that the stranger asked for
 */
export function checkExported(
  sha256: Sha256,
  verify: VerifyEd25519,
  notes: NotesToJudge,
  startText: string | null,
  askedFrom: number,
): Result<LogCheck, InBoth> {
  const start = startText === null ? ok(CompactRange.empty(sha256)) : parseLogStart(sha256, startText);
  if (!start.ok) {
    return err({
      ko: '내보낸 폴더의 start.txt 파일이 손상되었습니다. 기록을 다시 내보내게 하십시오.',
      en: start.error,
    });
  }
  const judged = judgeNotes(notes, verify);
  return ok(new LogCheck({ sha256, start: start.value, askedFrom, notes: judged, isExport: true }));
}

/** A single checkpoint is also what an honest witness of a young log has kept, to the byte. */
const isCopyOf = (checkpoints: string, text: string): boolean =>
  text.trimEnd() === checkpoints.trimEnd() && splitNotes(checkpoints).length > 1;

/** Whoever made the export has chosen what lies in it, a witness included. */
export function ownFileFault(file: string | null): InBoth {
  const name = file ?? EXPORT_FILES.checkpoints;
  return {
    ko: `${name}은(는) 내보낸 폴더에 든 것이라 증인이 아닙니다. 다른 곳에 보관된 확인점을 주십시오.`,
    en: `${name} is of the export itself and no witness: give a checkpoint that was kept elsewhere`,
  };
}

/** What is wrong with a key of the log, for whoever reads no English. */
export const keyFault = (sentence: string): InBoth => ({
  ko: '키오스크의 키를 읽을 수 없습니다. 키오스크가 보여 준 그대로 한 줄에 하나씩 다시 넣으십시오.',
  en: sentence,
});

const witnessKeyFault = (sentence: string): InBoth => ({
  ko: '증인의 키를 읽을 수 없습니다. 증인 키오스크가 보여 준 그대로 한 줄에 하나씩 다시 넣으십시오.',
  en: sentence,
});

/** Verifier keys, each in a text of its own; the error is one sentence. */
export function readKeys(sha256: Sha256, texts: readonly string[]): Result<readonly VerifierKey[], string> {
  const keys: VerifierKey[] = [];
  for (const text of texts) {
    const key = parseVerifierKey(sha256, text);
    if (!key.ok) return key;
    keys.push(key.value);
  }
  return ok(keys);
}
