import { isIP, Socket } from 'node:net';
import { realTimers, type Timers } from '../../base/timers.ts';
import { type Link, type LinkEvents, type Route, SLICE_BYTES } from './link.ts';

/** The port on which network printers take raw bytes. */
export const RAW_PRINT_PORT = 9_100;

/** The route to a network printer by IP address: a name would be looked up in the thread pool, where it can hang. */
export function tcpRoute(host: string, port: number = RAW_PRINT_PORT, timers: Timers = realTimers): Route {
  return { name: `${host} port ${port}`, open: (events) => new TcpLink(host, port, timers, events) };
}

class TcpLink implements Link {
  readonly answers = true;
  readonly sliceBytes = SLICE_BYTES;
  readonly #socket = new Socket();
  readonly #events: LinkEvents;
  #isOver = false;

  constructor(host: string, port: number, timers: Timers, events: LinkEvents) {
    this.#events = events;
    const place = `The printer at ${host} port ${port}`;
    this.#socket.setNoDelay(true);
    this.#socket.on('connect', () => {
      if (!this.#isOver) events.opened();
    });
    this.#socket.on('data', (bytes) => {
      if (!this.#isOver) events.received(bytes);
    });
    this.#socket.on('error', ({ message }) => this.#end(`${place} cannot be reached (${message}): check its cable.`));
    this.#socket.on('close', () => this.#end(`${place} hung up: check its cable and power.`));
    if (isIP(host) === 0)
      timers.after(0, () => this.#end(`Write the host as an IP address in hardware.yaml: '${host}'.`));
    else this.#socket.connect(port, host);
  }

  write(slice: Buffer): void {
    this.#socket.write(slice, (fault) => {
      if (!this.#isOver && (fault === undefined || fault === null)) this.#events.written();
    });
  }

  close(): void {
    this.#isOver = true;
    this.#socket.destroySoon();
  }

  abandon(): void {
    this.#isOver = true;
    // A reset, not a farewell: bytes that wait in the kernel must not be printed later.
    this.#socket.resetAndDestroy();
  }

  #end(detail: string): void {
    if (this.#isOver) return;
    this.abandon();
    this.#events.ended({ kind: 'lost', detail });
  }
}
