import { reasonOf } from '../base/assert.ts';
import { tell } from './command.ts';

/** Waits for a signal that ends the process, then stops what runs in good order. */
export async function untilStopped(running: { stop(): Promise<void> }): Promise<void> {
  const abortOn = (thrown: unknown): void => {
    const place = thrown instanceof Error ? (thrown.stack?.split('\n')[1]?.trim() ?? '') : '';
    tell(`bug: ${reasonOf(thrown)} ${place}`);
    // An orderly exit can hang behind a blocked thread; the supervisor starts us again.
    process.abort();
  };
  process.on('uncaughtException', abortOn);
  process.on('unhandledRejection', abortOn);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  await running.stop();
}
