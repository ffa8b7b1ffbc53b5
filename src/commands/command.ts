import { type ParseArgsConfig, parseArgs } from 'node:util';
import { reasonOf } from '../base/assert.ts';

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
}

/** Parses the arguments of a command strictly; a misspelt option is a usage error that names it. */
export function parseCommandLine<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (thrown) {
    throw new UsageError(`${reasonOf(thrown).split('. ')[0]}; see --help`);
  }
}

/** The value of a `Result` or a usage error with its sentence. */
export function orUsage<T>(result: { ok: true; value: T } | { ok: false; error: string }): T {
  if (result.ok) return result.value;
  throw new UsageError(result.error);
}

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
