import { chooseDataPath } from '../kiosk/data-folder.ts';
import { EXIT_OK, orUsage, parseCommandLine, refuseWords, required, tell } from './command.ts';
import { carryOut } from './control-client.ts';
import { textFrom } from './text-file.ts';

/** `journal cosign`: this kiosk as a witness of another one. */
export async function cosign(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { data: { type: 'string' }, 'log-key': { type: 'string' } });
  const [subject, ...more] = positionals;
  refuseWords(more);
  const file = required(subject, 'the file with the checkpoint');
  const key = required(values['log-key'], '--log-key VKEY');
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const proof = await textFrom(file);
  const { line, key: witness } = orUsage(await carryOut(dataPath, { command: 'journal-cosign', proof, key }));
  tell(`witness key: ${witness}`);
  process.stdout.write(`${proof.slice(proof.indexOf('\n\n') + 2)}${line}`);
  return EXIT_OK;
}
