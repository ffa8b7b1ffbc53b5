const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const NEWLINE = Buffer.from([LINE_FEED]);

/**
 * Stands between the wire and ReadlineParser, which knows one terminator and no limit (6 MB without a terminator
 * hold the event loop for 25 s there).
 *
 * In: bytes as they arrive, lines ended by CR, LF or CRLF. Out: whole lines ended by LF. An empty line in the
 * output stands for one that ran past the limit; it is told in band so that it keeps its place among the others.
 * Empty lines of the input vanish, which also makes CRLF one terminator.
 */
export class LengthGuard {
  readonly #held: Buffer;
  #heldBytes = 0;
  #dropping = false;

  constructor(maxLineBytes: number) {
    this.#held = Buffer.alloc(maxLineBytes);
  }

  /** The lines that `chunk` completes. The unfinished rest is kept, at most one line of it. */
  admit(chunk: Buffer): Buffer {
    const out: Buffer[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte !== CARRIAGE_RETURN && byte !== LINE_FEED) continue;
      this.#hold(chunk.subarray(from, at), out);
      this.#end(out);
      from = at + 1;
    }
    this.#hold(chunk.subarray(from), out);
    return Buffer.concat(out);
  }

  #hold(part: Buffer, out: Buffer[]): void {
    if (this.#dropping) return;
    if (this.#heldBytes + part.length > this.#held.length) {
      this.#dropping = true;
      this.#heldBytes = 0;
      out.push(NEWLINE);
      return;
    }
    part.copy(this.#held, this.#heldBytes);
    this.#heldBytes += part.length;
  }

  #end(out: Buffer[]): void {
    if (this.#heldBytes > 0) out.push(Buffer.from(this.#held.subarray(0, this.#heldBytes)), NEWLINE);
    this.#heldBytes = 0;
    this.#dropping = false;
  }
}
