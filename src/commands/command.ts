import { type ParseArgsConfig, parseArgs } from 'node:util';
import { reasonOf } from '../base/assert.ts';
import { plainText } from '../base/plain-text.ts';

/** One sub-command of `munjigi`. */
export interface Command {
  /** What `--help` prints. */
  readonly help: string;
  /** @returns the exit code */
  run(args: readonly string[]): Promise<number>;
}

export const EXIT_OK = 0;
export const EXIT_NOT_ALL = 1;
export const EXIT_USAGE = 2;

/** A call that cannot be carried out as it stands: one sentence, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(sentence: string) {
    // It may quote a file, a key or the system.
    super(plainText(sentence));
  }
}

/** Carries out one action of a command, such as `keygen` of `pass`; gives the exit code. */
export type Action = (args: readonly string[]) => Promise<number>;

/** Carries out the action that the arguments name; each knows its own options alone. */
export function runAction(command: string, actions: ReadonlyMap<string, Action>, args: readonly string[]) {
  const at = args.findIndex((word) => actions.has(word));
  const action = actions.get(args[at] ?? '');
  if (action !== undefined) return action(args.filter((_, index) => index !== at));
  const [first, ...others] = actions.keys();
  const last = others.pop();
  const names = [`'munjigi ${command} ${first}'`, ...others.map((name) => `'${name}'`)].join(', ');
  if (last === undefined) throw new UsageError(`say ${names}; see --help`);
  throw new UsageError(`say ${names} or '${last}'; see --help`);
}

/** Refuses the first word beyond those that the command takes. */
export function refuseWords(words: readonly string[]): void {
  if (words[0] !== undefined) throw new UsageError(`'${words[0]}' is not expected; see --help`);
}

/** Parses the arguments of a command strictly; a misspelt option is a usage error that names it. */
export function parseCommandLine<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (thrown) {
    // Node's advice runs over several lines; its first sentence says what is wrong.
    throw new UsageError(`${reasonOf(thrown).split(/\.\s/)[0]}; see --help`);
  }
}

/** The value of a `Result` or a usage error with its sentence. */
export function orUsage<T>(result: { ok: true; value: T } | { ok: false; error: string }): T {
  if (result.ok) return result.value;
  throw new UsageError(result.error);
}

/** A number with its noun in the right form. */
export function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : pluralOf(noun)}`;
}

const pluralOf = (noun: string): string => (/[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`);

/** A value that must be given. */
export function required(value: string | undefined, option: string): string {
  if (value === undefined || value === '') throw new UsageError(`${option} is missing; see --help`);
  return value;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
