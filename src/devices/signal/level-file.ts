import { closeSync, constants, existsSync, openSync, writeSync } from 'node:fs';
import { reasonOf } from '../../base/assert.ts';
import type { Levels } from '../../base/signal.ts';

/** Lines kept for a reader that is there and does not read; the oldest go first. */
export const MAX_UNWRITTEN_LINES = 1_000;

const TO_WRITE = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_APPEND;

/**
 * Tells every change of the levels to a named pipe or a file, one JSON object a line, and never waits for a reader. Where
 * a pipe has no reader its lines are lost: told later, an old admission would look like a new one.
 */
export class LevelFile {
  readonly #path: string;
  readonly #unwritten: string[] = [];
  #fd: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Writes before it returns, if somebody reads. Null, or why the file cannot be written, in one sentence. */
  tell(levels: Levels, seq: number | null): string | null {
    const { green, amber, red, buzzer, relay } = levels;
    this.#unwritten.push(`${JSON.stringify({ seq, green, amber, red, buzzer, relay })}\n`);
    if (this.#unwritten.length > MAX_UNWRITTEN_LINES) this.#unwritten.shift();
    return this.flush();
  }

  /** Opens the file if need be, making a regular one where there is none, and writes what waits. */
  flush(): string | null {
    try {
      this.#writeAll();
      return null;
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
      // The pipe is full: the lines wait for the next change.
      if (code === 'EAGAIN') return null;
      this.close();
      // Nobody has opened the other end, or the reader left: the pipe is opened anew when there is something to tell.
      if (code === 'ENXIO' || code === 'EPIPE') {
        this.#unwritten.length = 0;
        return null;
      }
      return `The file ${this.#path} cannot be written (${reasonOf(thrown)}): correct signal.path.`;
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #writeAll(): void {
    this.#fd ??= this.#open();
    for (let line = this.#unwritten[0]; line !== undefined; line = this.#unwritten[0]) {
      // A line is shorter than PIPE_BUF: a pipe takes it whole or not at all.
      writeSync(this.#fd, line);
      this.#unwritten.shift();
    }
  }

  #open(): number {
    // Not O_CREAT at once: the kernel may refuse it on a pipe of another user in a shared folder.
    return existsSync(this.#path)
      ? openSync(this.#path, TO_WRITE)
      : openSync(this.#path, TO_WRITE | constants.O_CREAT, 0o644);
  }
}
