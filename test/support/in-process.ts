import { vi } from 'vitest';
import { type Action, type Command, EXIT_USAGE, UsageError } from '../../src/commands/command.ts';

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

/** What an action prints and its exit code, without the cost of a process. */
export async function saidBy(
  action: Action,
  args: readonly string[],
): Promise<{ readonly code: number; readonly out: string }> {
  const printed: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const code = await action(args);
    return { code, out: printed.join('') };
  } catch (thrown) {
    if (thrown instanceof UsageError) return { code: EXIT_USAGE, out: '' };
    throw thrown;
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}
