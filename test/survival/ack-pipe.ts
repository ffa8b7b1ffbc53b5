import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** The light that an entry was first shown with, as the simulated signal told it. */
export interface Light {
  /** Null for a verdict that the disk did not take. */
  readonly seq: number | null;
  readonly green: boolean;
  readonly amber: boolean;
  readonly red: boolean;
  readonly relay: boolean;
}

/**
 * The reading end of the signal's named pipe. It is never closed while kiosks come and go: a line that a killed kiosk had
 * written counts as seen by the visitor.
 */
export class AckPipe {
  readonly #fd: number;
  readonly #socket: Socket;
  readonly #marks = new Map<number, () => void>();
  #lastMark = 0;

  constructor(path: string, onLight: (light: Light) => void) {
    // Open for writing too, or the pipe would end with each kiosk.
    this.#fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    this.#socket = new Socket({ fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK), writable: false });
    createInterface({ input: this.#socket }).on('line', (line) => {
      const told = JSON.parse(line) as Light | { readonly mark: number };
      if (!('mark' in told)) return onLight(told);
      this.#marks.get(told.mark)?.();
      this.#marks.delete(told.mark);
    });
  }

  /** Resolves when everything that was written to the pipe before has been heard. */
  drained(): Promise<void> {
    this.#lastMark += 1;
    const mark = this.#lastMark;
    return new Promise((resolve) => {
      this.#marks.set(mark, resolve);
      writeSync(this.#fd, `${JSON.stringify({ mark })}\n`);
    });
  }

  close(): void {
    closeSync(this.#fd);
    this.#socket.destroy();
  }
}
