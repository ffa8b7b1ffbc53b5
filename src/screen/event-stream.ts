import type { ServerResponse } from 'node:http';
import { SECOND_MS } from '../base/time.ts';
import type { Timers } from '../base/timers.ts';

/** What a stream tells: `event` names it, `snapshot` is the whole truth now, `subscribe` says when it changed. */
export interface StreamSource {
  readonly event: string;
  snapshot(): unknown;
  subscribe(listener: () => void): () => void;
}

export const MAX_CLIENTS = 32;

/** A page takes a silence of 5 s for a dead kiosk: two beats may be lost before. */
export const BEAT_MS = 2 * SECOND_MS;

/** What may wait in memory for a client that does not read; past it the client is dropped. */
export const MAX_WAITING_BYTES = 64 * 1024;

/** How soon a page that lost its stream comes back, in milliseconds. */
const RETRY_MS = SECOND_MS;

export interface EventStream {
  /** Takes over the response; false where the stream is full. */
  attach(response: ServerResponse): boolean;
  clients(): number;
  stop(): void;
}

/**
 * Server-sent events (WHATWG HTML 9.2) of one source: the whole snapshot at once, at every change, and at every beat.
 * A change only raises a flag here, because it is told on the way from scan to lamp: the snapshot is taken and
 * written in a later turn of the loop, once for all clients, and changes in between are told as one.
 */
export function eventStream(source: StreamSource, timers: Timers): EventStream {
  const clients = new Set<ServerResponse>();
  let id = 0;
  let cancelFlush: (() => void) | null = null;
  let cancelBeat: (() => void) | null = null;

  const frame = (): string => {
    id += 1;
    return `id: ${id}\nevent: ${source.event}\ndata: ${JSON.stringify(source.snapshot())}\n\n`;
  };

  const tellAll = (): void => {
    if (clients.size === 0) return;
    const text = frame();
    for (const client of clients) {
      if (client.writableLength > MAX_WAITING_BYTES) client.destroy();
      else client.write(text);
    }
  };

  const flush = (): void => {
    cancelFlush = null;
    tellAll();
  };

  const beat = (): void => {
    cancelBeat = timers.after(BEAT_MS, beat);
    tellAll();
  };

  const unsubscribe = source.subscribe(() => {
    cancelFlush ??= timers.after(0, flush);
  });
  cancelBeat = timers.after(BEAT_MS, beat);

  return {
    attach(response) {
      if (clients.size >= MAX_CLIENTS) return false;
      response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
      response.write(`retry: ${RETRY_MS}\n${frame()}`);
      clients.add(response);
      response.on('close', () => clients.delete(response));
      return true;
    },
    clients: () => clients.size,
    stop() {
      unsubscribe();
      cancelFlush?.();
      cancelBeat?.();
      for (const client of clients) client.destroy();
      clients.clear();
    },
  };
}
