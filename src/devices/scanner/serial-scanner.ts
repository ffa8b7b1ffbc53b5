import { SerialPort } from 'serialport';
import type { DeviceStatus } from '../../base/device.ts';
import type { Timers } from '../../base/timers.ts';
import { type LineReader, lineReader } from './line-reader.ts';
import { explainOpenFailure } from './port-faults.ts';
import type { Scanner, ScannerEvent } from './scanner.ts';
import { polledBinding } from './serial-binding.ts';

/** The pause before the first attempt to open a lost port again; it doubles up to the longest one. */
export const FIRST_RETRY_MS = 50;
export const LONGEST_RETRY_MS = 1_000;

export interface SerialScannerOptions {
  /** A device file, best one under /dev/serial/by-id or made by a udev rule. */
  readonly path: string;
  readonly baud: number;
  readonly timers: Timers;
}

/** A scanner on a serial port or a USB CDC device; bytes that the kernel kept from before an opening are dropped. */
export function serialScanner(options: SerialScannerOptions): Scanner {
  return new SerialScanner(options);
}

/** One opening of the port. Neither the port nor the reader outlives it: the next opening makes new ones. */
interface Opening {
  readonly port: SerialPort;
  readonly reader: LineReader;
}

class SerialScanner implements Scanner {
  readonly #options: SerialScannerOptions;
  #listener: ((event: ScannerEvent) => void) | null = null;
  #opening: Opening | null = null;
  #status: DeviceStatus | null = null;
  #paused = false;
  #retryMs = FIRST_RETRY_MS;
  #cancelRetry: () => void = () => {};
  #closed: (() => void)[] = [];

  constructor(options: SerialScannerOptions) {
    this.#options = options;
  }

  start(listener: (event: ScannerEvent) => void): void {
    this.#listener = listener;
    this.#open();
  }

  pause(): void {
    this.#paused = true;
    this.#opening?.port.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#opening?.port.resume();
  }

  stop(): Promise<void> {
    this.#listener = null;
    this.#cancelRetry();
    if (this.#opening === null) return Promise.resolve();
    const { port } = this.#opening;
    return new Promise((resolve) => {
      this.#closed.push(resolve);
      if (port.isOpen) port.close(() => this.#gone(port));
    });
  }

  describe(): string {
    return `scanner: serial port ${this.#options.path}, ${this.#options.baud} baud`;
  }

  #open(): void {
    const { path, baud } = this.#options;
    // SerialPort takes a binding although its type does not say so; a constant is not checked for surplus members.
    const settings = { binding: polledBinding, path, baudRate: baud, autoOpen: false };
    const port = new SerialPort(settings);
    const reader = lineReader((event) => this.#listener?.(event));
    this.#opening = { port, reader };
    port.on('data', (chunk: Buffer) => reader.write(chunk));
    if (this.#paused) port.pause();
    port.once('close', () => this.#lost(port, { state: 'lost', detail: `The scanner at ${path} was unplugged.` }));
    port.on('error', (error) => this.#lost(port, explainOpenFailure(path, error.message)));
    port.open((error) => {
      if (error !== null) this.#lost(port, explainOpenFailure(path, error.message));
      else if (this.#listener === null) port.close(() => this.#gone(port));
      else {
        this.#retryMs = FIRST_RETRY_MS;
        this.#tell({ state: 'ready', detail: '' });
      }
    });
  }

  #lost(port: SerialPort, status: DeviceStatus): void {
    if (this.#opening?.port !== port) return;
    this.#gone(port);
    if (this.#listener === null) return;
    this.#tell(status);
    this.#cancelRetry = this.#options.timers.after(this.#retryMs, () => this.#open());
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }

  #gone(port: SerialPort): void {
    if (this.#opening?.port !== port) return;
    this.#opening.reader.close();
    this.#opening = null;
    for (const resolve of this.#closed.splice(0)) resolve();
  }

  #tell(status: DeviceStatus): void {
    if (this.#status?.state === status.state && this.#status.detail === status.detail) return;
    this.#status = status;
    this.#listener?.({ kind: 'status', status });
  }
}
