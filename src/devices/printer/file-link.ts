import { closeSync, readSync, writeSync } from 'node:fs';
import { reasonOf } from '../../base/assert.ts';
import type { Result } from '../../base/result.ts';
import type { Timers } from '../../base/timers.ts';
import { type Link, type LinkEvents, SLICE_BYTES } from './link.ts';
import type { PrintFault } from './printer.ts';

/** How often a full device is offered the rest of a slice, and an answering one is listened to. */
const POLL_MS = 10;
const ANSWER_BYTES = 64;

/** A file descriptor in non-blocking mode, and whether it can be read. */
export interface OpenedFile {
  readonly descriptor: number;
  readonly answers: boolean;
}

/** How a kind of file is opened, and what its errors mean. */
export interface FileKind {
  open(): Result<OpenedFile, PrintFault>;
  faultOf(code: string): PrintFault;
}

/** A link through a file. All calls are synchronous and none blocks: a hung printer holds no thread of the pool. */
export class FileLink implements Link {
  readonly sliceBytes = SLICE_BYTES;
  readonly #kind: FileKind;
  readonly #timers: Timers;
  readonly #events: LinkEvents;
  #descriptor: number | null = null;
  #answers = false;
  #cancelStep: () => void;
  #cancelListening: () => void = () => {};

  constructor(kind: FileKind, timers: Timers, events: LinkEvents) {
    this.#kind = kind;
    this.#timers = timers;
    this.#events = events;
    this.#cancelStep = timers.after(0, () => this.#open());
  }

  get answers(): boolean {
    return this.#answers;
  }

  write(slice: Buffer): void {
    if (this.#descriptor === null) return;
    let taken = 0;
    try {
      taken = writeSync(this.#descriptor, slice);
    } catch (thrown) {
      if (errorCode(thrown) !== 'EAGAIN') {
        this.#end(this.#kind.faultOf(errorCode(thrown)));
        return;
      }
    }
    const rest = slice.subarray(taken);
    this.#cancelStep =
      rest.length === 0
        ? this.#timers.after(0, () => this.#events.written())
        : this.#timers.after(POLL_MS, () => this.write(rest));
  }

  close(): void {
    this.abandon();
  }

  abandon(): void {
    this.#cancelStep();
    this.#cancelListening();
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #open(): void {
    const opened = this.#kind.open();
    if (!opened.ok) {
      this.#end(opened.error);
      return;
    }
    this.#descriptor = opened.value.descriptor;
    this.#answers = opened.value.answers;
    if (this.#answers) this.#listen(this.#descriptor);
    this.#events.opened();
  }

  #listen(descriptor: number): void {
    const bytes = Buffer.alloc(ANSWER_BYTES);
    try {
      const count = readSync(descriptor, bytes);
      if (count > 0) this.#events.received(bytes.subarray(0, count));
    } catch (thrown) {
      if (errorCode(thrown) !== 'EAGAIN') {
        // A printer without a way back refuses to be read: it stays mute, not lost.
        this.#answers = false;
        return;
      }
    }
    if (this.#descriptor === descriptor) {
      this.#cancelListening = this.#timers.after(POLL_MS, () => this.#listen(descriptor));
    }
  }

  #end(fault: PrintFault): void {
    this.abandon();
    this.#events.ended(fault);
  }
}

/** The system's name of an error (`ENODEV`), else its message. */
export function errorCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : reasonOf(thrown);
}
