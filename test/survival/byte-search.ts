import { closeSync, openSync, readSync } from 'node:fs';

/** Bytes of a canary that are looked for: sixteen random ones are nowhere by chance. */
export const CANARY_BYTES = 16;
const SLICE_BYTES = 8 * 1_048_576;
const PREFIX_BITS = 24;

/** Finds which of many byte strings occur in a file, whatever the file is: one pass, every offset. */
export class ByteSearch {
  readonly #isPrefix = new Uint8Array(2 ** PREFIX_BITS);
  readonly #canaries = new Set<string>();

  /** @param canaries each at least 16 bytes long, of which the first 16 count */
  constructor(canaries: Iterable<Uint8Array>) {
    for (const canary of canaries) {
      if (canary.length < CANARY_BYTES) throw new Error(`a canary has ${CANARY_BYTES} bytes or more`);
      const bytes = Buffer.from(canary.subarray(0, CANARY_BYTES));
      this.#isPrefix[bytes.readUIntBE(0, 3)] = 1;
      this.#canaries.add(bytes.toString('latin1'));
    }
  }

  get size(): number {
    return this.#canaries.size;
  }

  /** The canaries in a file, as Latin-1 text. */
  foundIn(path: string): ReadonlySet<string> {
    const found = new Set<string>();
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(SLICE_BYTES + CANARY_BYTES);
      for (let at = 0; ; at += SLICE_BYTES) {
        const length = readSync(file, buffer, 0, buffer.length, at);
        this.#search(buffer.subarray(0, length), found);
        if (length < buffer.length) return found;
      }
    } finally {
      closeSync(file);
    }
  }

  #search(bytes: Buffer, found: Set<string>): void {
    let prefix = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
    for (let at = 0; at + CANARY_BYTES <= bytes.length; at += 1) {
      prefix = ((prefix << 8) | (bytes[at + 2] ?? 0)) & 0xffffff;
      if (this.#isPrefix[prefix] === 0) continue;
      const text = bytes.toString('latin1', at, at + CANARY_BYTES);
      if (this.#canaries.has(text)) found.add(text);
    }
  }
}
