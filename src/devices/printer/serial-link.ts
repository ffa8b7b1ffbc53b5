import { SerialPort } from 'serialport';
import { realTimers, type Timers } from '../../base/timers.ts';
import { type Link, type LinkEvents, type Route, SLICE_BYTES } from './link.ts';

/** Start bit, eight data bits, stop bit. */
const BITS_PER_BYTE = 10;
/** A slice keeps the line busy for about this long. */
const SLICE_MS = 500;

/** The route over a serial line, 8N1. */
export function serialRoute(path: string, baud: number, timers: Timers = realTimers): Route {
  let former = Promise.resolve();
  const open = (events: LinkEvents): Link => {
    const link = new SerialLink(path, baud, timers, events, former);
    former = link.closed;
    return link;
  };
  return { name: `${path} at ${baud} baud`, open };
}

class SerialLink implements Link {
  readonly answers = true;
  readonly sliceBytes: number;
  /** Resolves when the port is free for the next link. */
  readonly closed: Promise<void>;
  readonly #port: SerialPort;
  readonly #baud: number;
  readonly #timers: Timers;
  readonly #events: LinkEvents;
  #isOver = false;
  #freed: () => void = () => {};

  constructor(path: string, baud: number, timers: Timers, events: LinkEvents, former: Promise<void>) {
    this.sliceBytes = Math.min(SLICE_BYTES, Math.ceil((SLICE_MS * baud) / (BITS_PER_BYTE * 1_000)));
    this.closed = new Promise((resolve) => {
      this.#freed = resolve;
    });
    this.#baud = baud;
    this.#timers = timers;
    this.#events = events;
    // Some printers reset when DTR drops: hupcl keeps it up between jobs.
    this.#port = new SerialPort({ path, baudRate: baud, hupcl: false, autoOpen: false });
    this.#port.on('data', (bytes: Buffer) => {
      if (!this.#isOver) events.received(bytes);
    });
    this.#port.on('error', ({ message }) => this.#end(`The printer at ${path} failed (${message}): check the cable.`));
    this.#port.on('close', () => {
      this.#freed();
      this.#end(`The printer at ${path} is gone: plug it in and switch it on.`);
    });
    void former.then(() => this.#open(path));
  }

  write(slice: Buffer): void {
    // The kernel takes bytes before the line does: told when the line has had the time to carry them.
    const lineMs = Math.ceil((slice.length * BITS_PER_BYTE * 1_000) / this.#baud);
    this.#port.write(slice, (fault) => {
      if (fault === undefined || fault === null) {
        this.#timers.after(lineMs, () => {
          if (!this.#isOver) this.#events.written();
        });
      }
    });
  }

  close(): void {
    this.abandon();
  }

  abandon(): void {
    this.#isOver = true;
    if (!this.#port.isOpen) {
      if (!this.#port.opening) this.#freed();
      return;
    }
    // Thrown away first: a close that had to drain a stuck line would hold a thread of the pool for 30 s.
    this.#port.flush(() => {
      if (this.#port.isOpen) this.#port.close();
    });
  }

  #open(path: string): void {
    if (this.#isOver) {
      this.#freed();
      return;
    }
    this.#port.open((fault) => {
      if (fault !== null) {
        this.#freed();
        this.#end(`The printer at ${path} cannot be opened (${fault.message}): check its cable and path.`);
      } else if (this.#isOver) this.abandon();
      else this.#events.opened();
    });
  }

  #end(detail: string): void {
    if (this.#isOver) return;
    this.abandon();
    this.#events.ended({ kind: 'lost', detail });
  }
}
