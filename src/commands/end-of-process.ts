import { reasonOf } from '../base/assert.ts';
import { tell } from './command.ts';

/**
 * Resolves when somebody asks the process to end. To be called before anything starts: a request that comes while it
 * starts must not cut it off between its start and its stop entry.
 */
export function endOfProcess(): Promise<void> {
  const abortOn = (thrown: unknown): void => {
    const place = thrown instanceof Error ? (thrown.stack?.split('\n')[1]?.trim() ?? '') : '';
    tell(`bug: ${reasonOf(thrown)} ${place}`);
    // An orderly exit can hang behind a blocked thread; the supervisor starts us again.
    process.abort();
  };
  process.on('uncaughtException', abortOn);
  process.on('unhandledRejection', abortOn);
  return new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
