import { type EscposCommand, readCommand } from './escpos.ts';

/** An ESC/POS printer of bytes in and answers out, as the manual describes one. */
export class EscposPrinter {
  paperOut = false;
  coverOpen = false;
  /** A printer without a way back, or one that hangs. */
  mute = false;
  /** Called when it stops taking anything, at its first raster band; null for a printer that works. */
  jamAtFirstBand: (() => void) | null = null;
  readonly commands: EscposCommand[] = [];
  readonly #answer: (byte: Buffer) => void;
  #pending: Buffer = Buffer.alloc(0);
  #isJammed = false;

  constructor(answer: (byte: Buffer) => void) {
    this.#answer = answer;
  }

  /** How many stickers were cut off. */
  get stickers(): number {
    return this.commands.filter(({ kind }) => kind === 'cut').length;
  }

  readonly receive = (bytes: Buffer): void => {
    if (this.#isJammed) return;
    this.#pending = Buffer.concat([this.#pending, bytes]);
    let at = 0;
    for (let read = readCommand(this.#pending, at); read !== null; read = readCommand(this.#pending, at)) {
      at = read.end;
      this.commands.push(read.command);
      this.#obey(read.command);
      if (this.#isJammed) return;
    }
    this.#pending = this.#pending.subarray(at);
  };

  /** Switched off and on: what it had half received is gone. */
  restart(): void {
    this.#pending = Buffer.alloc(0);
    this.#isJammed = false;
  }

  #obey(command: EscposCommand): void {
    if (command.kind === 'raster' && this.jamAtFirstBand !== null) {
      this.#isJammed = true;
      this.jamAtFirstBand();
    }
    if (this.mute) return;
    if (command.kind === 'real-time status') {
      const offline = this.coverOpen ? 0x04 : 0x00;
      const paper = this.paperOut ? 0x60 : 0x00;
      this.#answer(Buffer.from([0x12 | (command.number === 2 ? offline : command.number === 4 ? paper : 0)]));
    }
    if (command.kind === 'status in turn') this.#answer(Buffer.from([this.paperOut ? 0x0c : 0x00]));
  }
}
