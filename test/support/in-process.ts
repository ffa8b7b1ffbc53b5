import { vi } from 'vitest';
import { type Command, UsageError } from '../../src/commands/command.ts';

/**
 * The sentence with which a command refuses a call, without the cost of a process. What every such sentence becomes,
 * one line and exit code 2, is the business of the tests that do start one.
 */
export async function refusedBy(command: Command, args: readonly string[]): Promise<string> {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    await command.run(args);
  } catch (thrown) {
    if (thrown instanceof UsageError) return thrown.message;
    throw thrown;
  } finally {
    stderr.mockRestore();
  }
  throw new Error(`${args.join(' ')} was not refused`);
}
