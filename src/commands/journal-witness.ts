import { CODE_PREFIX, parseCheckpointCode } from '../journal/checkpoint-code.ts';
import { sha256 } from '../journal/native-crypto.ts';
import { formatVerifierKey } from '../journal/signed-note.ts';
import { chooseDataPath } from '../kiosk/data-folder.ts';
import { EXIT_OK, orUsage, parseCommandLine, print, refuseWords, required, tell } from './command.ts';
import { carryOut } from './control-client.ts';
import { textFrom } from './text-file.ts';

/** `journal witness`: keeps what another kiosk has countersigned. */
export async function witness(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    'witness-key': { type: 'string' },
  });
  const [subject, ...more] = positionals;
  refuseWords(more);
  const text = await textFrom(required(subject, 'the file with the countersigned checkpoint'));
  const { note, key } = text.startsWith(CODE_PREFIX)
    ? unpacked(text)
    : { note: text, key: required(values['witness-key'], '--witness-key VKEY') };
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const { by, size } = orUsage(await carryOut(dataPath, { command: 'journal-witness', note, key }));
  print(`${by} vouches for the first ${size} entries of this log`);
  return EXIT_OK;
}

function unpacked(text: string): { readonly note: string; readonly key: string } {
  const { key, proof } = orUsage(parseCheckpointCode(sha256, text.trimEnd()));
  return { note: proof.checkpoint, key: formatVerifierKey(key) };
}
