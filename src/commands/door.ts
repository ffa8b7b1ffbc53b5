import { chooseDataPath } from '../kiosk/data-folder.ts';
import { MAX_COUNT_OUT, type OfficeRequest } from '../kiosk/office-request.ts';
import {
  type Command,
  EXIT_OK,
  orUsage,
  parseCommandLine,
  print,
  refuseWords,
  runAction,
  tell,
  UsageError,
} from './command.ts';
import { carryOut } from './control-client.ts';

export const door: Command = {
  help: `Usage: munjigi door count-out [N] [--data DIR]
       munjigi door count-reset [--data DIR]

Counts the people who leave, where occupancyLimit in settings.json says how many may be inside.
count-out    N people have left (1 if not given, at most ${MAX_COUNT_OUT})
count-reset  nobody is inside any more; at 04:00 in the site's zone the kiosk does this by itself

Both print how many are inside now.`,

  run: (args) => runAction('door', ACTIONS, args),
};

const ACTIONS = new Map([
  ['count-out', countOut],
  ['count-reset', countReset],
]);

async function countOut(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { data: { type: 'string' } });
  const [given = '1', ...more] = positionals;
  refuseWords(more);
  const count = /^\d{1,9}$/.test(given) ? Number(given) : 0;
  if (count < 1 || count > MAX_COUNT_OUT) {
    throw new UsageError(`N must be a number from 1 to ${MAX_COUNT_OUT}, not '${given}'`);
  }
  return asked(values.data, { command: 'count-out', count });
}

async function countReset(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { data: { type: 'string' } });
  refuseWords(positionals);
  return asked(values.data, { command: 'count-reset' });
}

async function asked(data: string | undefined, request: OfficeRequest): Promise<number> {
  const dataPath = chooseDataPath(data);
  tell(`data folder: ${dataPath}`);
  const { inside } = orUsage(await carryOut(dataPath, request));
  print(String(inside));
  return EXIT_OK;
}
