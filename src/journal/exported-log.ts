import { ok, type Result } from '../base/result.ts';
import { notesIn } from './checkpoint-code.ts';
import { judgeNotes, type NotesToJudge } from './judge-notes.ts';
import { parseLogStart } from './log-start.ts';
import { CompactRange, type Sha256 } from './merkle.ts';
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
  /** Files of checkpoints that were kept elsewhere. */
  readonly witnesses: readonly string[];
  readonly witnessKeys: readonly string[];
}

/** The notes and keys of an export, read but not judged; the error is one sentence. */
export function notesOf(sha256: Sha256, texts: ExportedTexts): Result<NotesToJudge, string> {
  const keys = readKeys(sha256, texts.keys);
  if (!keys.ok) return keys;
  const witnessKeys = readKeys(sha256, texts.witnessKeys);
  if (!witnessKeys.ok) return witnessKeys;
  return ok({
    own: splitNotes(texts.checkpoints),
    witness: texts.witnesses.flatMap((file) => notesIn(sha256, file)),
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
): Result<LogCheck, string> {
  const start = startText === null ? ok(CompactRange.empty(sha256)) : parseLogStart(sha256, startText);
  if (!start.ok) return start;
  const judged = judgeNotes(notes, verify);
  return ok(new LogCheck({ sha256, start: start.value, askedFrom, notes: judged, tailMustBeSigned: true }));
}

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
