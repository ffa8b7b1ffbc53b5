import { SECOND_MS } from '../../base/time.ts';
import type { Timers } from '../../base/timers.ts';

/** A silence of this length means that nobody is there: twice the beat of the stream, and one lost packet. */
export const LONG_SILENCE_MS = 5 * SECOND_MS;
const REOPEN_MS = SECOND_MS;

export type Heard<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'silence'; readonly isLong: boolean };

/** The part of an EventSource that is used: a test plays it. */
export interface Source {
  readonly readyState: number;
  addEventListener(event: string, listener: (message: { readonly data: string }) => void): void;
  close(): void;
}

const CLOSED = 2;

/**
 * Listens to an event stream of whole values, for ever: a broken connection is silence at once, so that no verdict
 * outlives it, and is opened again; so is one that stays open without a beat.
 * @returns ends it
 */
export function listen<T>(
  open: () => Source,
  event: string,
  timers: Timers,
  tell: (heard: Heard<T>) => void,
): () => void {
  let source: Source | null = null;
  let cancelReopen = (): void => {};
  let cancelSilence = (): void => {};
  let isLong = false;

  const connect = (): void => {
    source = open();
    source.addEventListener(event, (message) => {
      isLong = false;
      watch();
      tell({ kind: 'value', value: JSON.parse(message.data) });
    });
    source.addEventListener('error', () => {
      tell({ kind: 'silence', isLong });
      // A browser gives up for good on a reply that is no stream, such as "too many pages".
      if (source?.readyState === CLOSED) reconnect(REOPEN_MS);
    });
  };
  const reconnect = (delayMs: number): void => {
    source?.close();
    cancelReopen();
    cancelReopen = timers.after(delayMs, connect);
  };
  const watch = (): void => {
    cancelSilence();
    cancelSilence = timers.after(LONG_SILENCE_MS, () => {
      isLong = true;
      tell({ kind: 'silence', isLong });
      watch();
      reconnect(0);
    });
  };

  watch();
  connect();
  return () => {
    cancelReopen();
    cancelSilence();
    source?.close();
  };
}
