import { chooseDataPath } from '../kiosk/data-folder.ts';
import { MAX_PIN_DIGITS, MIN_PIN_DIGITS } from '../kiosk/owner-pin.ts';
import { type Command, EXIT_OK, orUsage, parseCommandLine, refuseWords, runAction, tell } from './command.ts';
import { carryOut } from './control-client.ts';
import { readStandardInput } from './standard-input.ts';

export const owner: Command = {
  help: `Usage: munjigi owner pin [--data DIR]

pin  sets the PIN of the owner's page, read from standard input: ${MIN_PIN_DIGITS} to ${MAX_PIN_DIGITS} digits. On the visitors' screen
     the top left corner, held down for two seconds, leads to that page`,

  run: (args) => runAction('owner', new Map([['pin', pin]]), args),
};

/** `owner pin`: not on the command line, where everybody on the machine could read it. */
async function pin(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { data: { type: 'string' } });
  refuseWords(positionals);
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  if (process.stdin.isTTY) tell('type the new PIN, press Enter, then Ctrl-D');
  const typed = (await readStandardInput()).toString('utf8').trim();
  orUsage(await carryOut(dataPath, { command: 'owner-pin-set', pin: typed }));
  tell('the PIN is set');
  return EXIT_OK;
}
