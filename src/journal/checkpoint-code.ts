import { decodeBase45, encodeBase45 } from '../base/base45.ts';
import { err, ok, type Result } from '../base/result.ts';
import { utf8 } from './byte-text.ts';
import { type ConsistencyProof, formatConsistency, parseConsistency } from './consistency.ts';
import type { Sha256 } from './merkle.ts';
import { formatVerifierKey, parseVerifierKey, splitNotes, type VerifierKey } from './signed-note.ts';

/** How a code begins that holds a checkpoint; the rest is base45, so that a QR code takes it in its alphanumeric mode. */
export const CODE_PREFIX = 'MJC1:';
/** What a scanner delivers as one line. */
export const MAX_CODE_LENGTH = 8_192;

/** A checkpoint as kiosks show it to each other, in one line without control characters. */
export interface CheckpointCode {
  /** Of the kiosk that shows it: the log's own key, or the witness's where it is a countersigned checkpoint. */
  readonly key: VerifierKey;
  /** The signed note, with the proof that it adds to an older one where there is one. */
  readonly proof: ConsistencyProof;
}

const OLD_LINE = /^old \d/;
const utf8Text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * One line of `MJC1:` and base45 over UTF-8 text: the verifier key on a line of its own, then the signed note, or where
 * something precedes it the consistency proof with the note in it.
 */
export function formatCheckpointCode({ key, proof }: CheckpointCode): string {
  const body = proof.old === 0 ? proof.checkpoint : formatConsistency(proof);
  return CODE_PREFIX + encodeBase45(utf8(`${formatVerifierKey(key)}\n${body}`));
}

/** Reads such a line without judging its signatures; the error is one sentence. */
export function parseCheckpointCode(sha256: Sha256, line: string): Result<CheckpointCode, string> {
  if (!line.startsWith(CODE_PREFIX)) return err(`this is no checkpoint code: it begins with ${CODE_PREFIX}`);
  if (line.length > MAX_CODE_LENGTH) return err(`this code is longer than ${MAX_CODE_LENGTH} characters`);
  const bytes = decodeBase45(line, CODE_PREFIX.length);
  if (bytes === null) return err('this checkpoint code is damaged: read it again');
  let text: string;
  try {
    text = utf8Text.decode(bytes);
  } catch {
    return err('this checkpoint code is damaged: read it again');
  }
  const end = text.indexOf('\n');
  const key = parseVerifierKey(sha256, text.slice(0, Math.max(end, 0)));
  if (!key.ok) return key;
  const body = text.slice(end + 1);
  if (!OLD_LINE.test(body)) return ok({ key: key.value, proof: { old: 0, path: [], checkpoint: body } });
  const proof = parseConsistency(body);
  return proof.ok ? ok({ key: key.value, proof: proof.value }) : proof;
}

/** The notes of a file of checkpoints: signed notes with a blank line between them, or codes, a line each. */
export function notesIn(sha256: Sha256, file: string): readonly string[] {
  const codes: string[] = [];
  const rest: string[] = [];
  for (const line of file.split('\n')) {
    const code = line.startsWith(CODE_PREFIX) ? parseCheckpointCode(sha256, line.trimEnd()) : null;
    // What is damaged stays in the file and is reported as a note that cannot be read.
    if (code?.ok === true) codes.push(code.value.proof.checkpoint);
    else rest.push(line);
  }
  return [...codes, ...splitNotes(rest.join('\n'))];
}
