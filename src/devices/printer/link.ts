import type { PrintFault } from './printer.ts';

/** What a link tells; nothing before `OpenLink` has returned, nothing after `ended`, `close` or `abandon`. */
export interface LinkEvents {
  opened(): void;
  /** The device has taken the bytes given to `write`. */
  written(): void;
  received(bytes: Buffer): void;
  /** The way to the device is gone, or never was. */
  ended(fault: PrintFault): void;
}

/** One opened way to a printer, used once. */
export interface Link {
  /** Whether the printer can answer on this way; known once it is opened. */
  readonly answers: boolean;
  /** The most that `write` is given at once. */
  readonly sliceBytes: number;
  /** One slice at a time: the next one after `written`. */
  write(slice: Buffer): void;
  /** Ends a link whose bytes have all been taken. */
  close(): void;
  /** Ends the link and throws away what it still holds, so that nothing of it comes out later. */
  abandon(): void;
}

export type OpenLink = (events: LinkEvents) => Link;

/** A way to a printer that can be opened again and again, and its name for people. */
export interface Route {
  readonly name: string;
  readonly open: OpenLink;
}

/** A slice for devices that take bytes as fast as they come. */
export const SLICE_BYTES = 4_096;
