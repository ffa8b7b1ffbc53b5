import { parseCheckpoint } from '../journal/checkpoint.ts';
import { CODE_PREFIX, formatCheckpointCode, parseCheckpointCode } from '../journal/checkpoint-code.ts';
import { formatConsistency } from '../journal/consistency.ts';
import { sha256 } from '../journal/native-crypto.ts';
import { formatVerifierKey, parseNote, parseVerifierKey } from '../journal/signed-note.ts';
import { chooseDataPath } from '../kiosk/data-folder.ts';
import { EXIT_OK, orUsage, parseCommandLine, print, refuseWords, required, tell } from './command.ts';
import { carryOut } from './control-client.ts';
import { textFrom } from './text-file.ts';

/** `journal cosign`: this kiosk as a witness of another one. */
export async function cosign(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { data: { type: 'string' }, 'log-key': { type: 'string' } });
  const [subject, ...more] = positionals;
  refuseWords(more);
  const file = required(subject, 'the file with the checkpoint');
  const text = await textFrom(file);
  const isCode = text.startsWith(CODE_PREFIX);
  const shown = isCode ? unpacked(text) : { key: required(values['log-key'], '--log-key VKEY'), proof: proofIn(text) };
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const answer = orUsage(await carryOut(dataPath, { command: 'journal-cosign', ...shown }));
  const [note, key] = [String(answer['note']), String(answer['key'])];
  tell(`witness key: ${key}`);
  const witness = orUsage(parseVerifierKey(sha256, key));
  if (isCode) print(formatCheckpointCode({ key: witness, proof: { old: 0, path: [], checkpoint: note } }));
  else process.stdout.write(note);
  return EXIT_OK;
}

/** A bare checkpoint proves nothing about earlier ones: enough for a log that was never met, or has not grown since. */
function proofIn(text: string): string {
  const note = parseNote(text);
  const isCheckpoint = note.ok && parseCheckpoint(note.value.text).ok;
  return isCheckpoint ? formatConsistency({ old: 0, path: [], checkpoint: text }) : text;
}

/** What another kiosk showed as a code; its key is in it, and the first one that is seen counts. */
function unpacked(text: string): { readonly key: string; readonly proof: string } {
  const { key, proof } = orUsage(parseCheckpointCode(sha256, text.trimEnd()));
  return { key: formatVerifierKey(key), proof: formatConsistency(proof) };
}
