import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

const SEEDS = 2 ** 31;

/** What every harness can be told. */
export interface Options {
  readonly rounds: number;
  readonly seed: number;
  /** Kiosks that are worked on side by side. */
  readonly lanes: number;
  /** The mutant to run in place of the kiosk, which the harness must catch; null for the kiosk itself. */
  readonly broken: string | null;
  /** What a catch of that mutant looks like. */
  readonly symptom: RegExp;
}

export interface Harness {
  readonly name: string;
  /** What it does, one sentence for `--help`. */
  readonly does: string;
  readonly round: string;
  readonly rounds: number;
  readonly lanes: number;
  /** The mutants that it must catch, each with what a catch looks like: a mutant that merely fails is not caught. */
  readonly breaks: Readonly<Record<string, RegExp>>;
}

const WHOLE = /^[1-9]\d{0,9}$/;

/** Reads the command line of a harness; `--help` and a wrong call end the process, with 0 and 2. */
export function optionsOf(harness: Harness): Options {
  const { values } = readArguments(harness);
  if (values.help === true) end(0, helpOf(harness));
  const broken = values.break ?? null;
  const symptom = broken === null ? /./ : harness.breaks[broken];
  if (symptom === undefined) {
    return end(2, `--break takes one of ${Object.keys(harness.breaks).join(', ')}, not '${String(broken)}'`);
  }
  return {
    rounds: whole('--rounds', values.rounds, harness.rounds),
    lanes: whole('--lanes', values.lanes, harness.lanes),
    seed: values.seed === undefined ? randomInt(SEEDS) : whole('--seed', values.seed, 0),
    broken,
    symptom,
  };
}

function readArguments(harness: Harness) {
  try {
    return parseArgs({
      options: {
        rounds: { type: 'string' },
        seed: { type: 'string' },
        lanes: { type: 'string' },
        break: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch {
    return end(2, helpOf(harness));
  }
}

function whole(option: string, text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  return WHOLE.test(text) || text === '0' ? Number(text) : end(2, `${option} takes a whole number, not '${text}'`);
}

const helpOf = ({ name, does, round, rounds, lanes, breaks }: Harness): string => `Usage: npm run ${name} -- [options]

${does}
  --rounds N    ${round} (usually ${rounds})
  --lanes N     kiosks side by side (usually ${lanes})
  --seed N      repeats the choices of an earlier run
  --break NAME  runs a broken kiosk instead, which must be caught: ${Object.keys(breaks).join(', ')}`;

function end(code: number, says: string): never {
  (code === 0 ? process.stdout : process.stderr).write(`${says}\n`);
  process.exit(code);
}
