import { DAY_MS, HOUR_MS, MINUTE_MS, parseInstant, SECOND_MS } from '../base/time.ts';
import { chooseDataPath } from '../kiosk/data-folder.ts';
import {
  type Command,
  counted,
  EXIT_OK,
  orUsage,
  parseCommandLine,
  print,
  refuseWords,
  runAction,
  tell,
} from './command.ts';
import { carryOut } from './control-client.ts';

export const clock: Command = {
  help: `Usage: munjigi clock set TIME [--json] [--data DIR]

Sets the kiosk's clock by hand, where nothing vouches for it or something vouches wrongly. TIME is written like
2021-12-13T11:40:00+09:00. The door then judges dates by it; the log marks what was recorded under it, because a stranger
need not believe it. It holds until a time server vouches anew or the machine is started again, and does not touch the
machine's own clock.`,

  run: (args) => runAction('clock', ACTIONS, args),
};

const ACTIONS = new Map([['set', set]]);

async function set(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { data: { type: 'string' }, json: { type: 'boolean' } });
  const [to = '', ...more] = positionals;
  refuseWords(more);
  // Refused here already where it is no time at all, before any folder is touched.
  orUsage(parseInstant(to));
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const { time, byMs } = orUsage(await carryOut(dataPath, { command: 'clock-set', to }));
  if (values.json) print(JSON.stringify({ time, byMs }));
  tell(`the clock was set to ${time}: it moved ${moveText(Number(byMs))}`);
  if (Math.abs(Number(byMs)) > DAY_MS) {
    tell(
      "that is more than a day: under a wrong clock the door turns good passes away; if it was a slip, 'munjigi clock set TIME' with the right time sets it back",
    );
  }
  return EXIT_OK;
}

const UNITS = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
  ['second', SECOND_MS],
] as const;

/** How far a clock was moved, in words and exactly. */
export function moveText(byMs: number): string {
  let rest = Math.abs(byMs);
  const parts: string[] = [];
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    if (count > 0) parts.push(counted(count, unit));
  }
  const far = parts.length === 0 ? 'less than a second' : parts.join(' ');
  return `${byMs < 0 ? 'back' : 'ahead'} by ${far} (${byMs} ms)`;
}
