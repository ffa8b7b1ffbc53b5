import { assert } from '../base/assert.ts';
import { ID_BYTES, MAX_REVOCATIONS } from './revocation-list.ts';

/** One row of a list: an id, and the time before which a pass must have been issued (seconds), or null for any. */
export interface RevocationRow {
  readonly id: Buffer;
  readonly beforeS: number | null;
}

/** Two entries of one file that contradict each other, or one that its kind may have only once. */
export class RepeatedEntry extends Error {
  override readonly name = 'RepeatedEntry';
}

const BLOCK_ROWS = 65_536;
const BUCKETS = 65_536;
const ANY_TIME = Number.NaN;

/** The rows of one list on their way from a file to a table: 16 bytes each, in memory, then in order. */
export class RevocationTable {
  readonly #ids: Buffer[] = [];
  readonly #before: Float64Array[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns false where the table is full */
  add(id: Buffer, beforeS: number | null = null): boolean {
    assert(id.length === ID_BYTES, 'an id of its length');
    if (this.#size === MAX_REVOCATIONS) return false;
    const block = Math.floor(this.#size / BLOCK_ROWS);
    const row = this.#size % BLOCK_ROWS;
    if (row === 0) {
      this.#ids.push(Buffer.allocUnsafeSlow(BLOCK_ROWS * ID_BYTES));
      this.#before.push(new Float64Array(0));
    }
    id.copy(this.#block(block), row * ID_BYTES);
    if (beforeS !== null) this.#stamp(block, row, beforeS);
    this.#size += 1;
    return true;
  }

  /** Replaces the ids of rows that were added before what they are bound to was known. */
  rebind(from: number, idOf: (id: Buffer) => Buffer): void {
    for (let at = from; at < this.#size; at += 1) idOf(this.#id(at)).copy(this.#id(at));
  }

  /**
   * The rows in the order of their ids, each once. Throws `RepeatedEntry` where an id stands twice with different
   * times, or at all where `once`.
   */
  *sorted(once: boolean): Generator<RevocationRow> {
    const { order, starts } = this.#buckets();
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      const rows: RevocationRow[] = [];
      for (let at = starts[bucket] ?? 0; at < (starts[bucket + 1] ?? 0); at += 1) {
        const index = order[at] ?? 0;
        rows.push({ id: this.#id(index), beforeS: this.#beforeOf(index) });
      }
      rows.sort((one, other) => one.id.compare(other.id));
      let last: RevocationRow | null = null;
      for (const row of rows) {
        if (last?.id.equals(row.id) === true) {
          if (once || last.beforeS !== row.beforeS) throw new RepeatedEntry('an entry is in it twice');
          continue;
        }
        yield row;
        last = row;
      }
    }
  }

  /** Ids are digests, so that their first two bytes share them out evenly. */
  #buckets(): { readonly order: Uint32Array; readonly starts: Uint32Array } {
    const starts = new Uint32Array(BUCKETS + 1);
    const bucketOf = (index: number): number =>
      this.#block(Math.floor(index / BLOCK_ROWS)).readUInt16BE((index % BLOCK_ROWS) * ID_BYTES);
    for (let index = 0; index < this.#size; index += 1) {
      const after = bucketOf(index) + 1;
      starts[after] = (starts[after] ?? 0) + 1;
    }
    for (let bucket = 1; bucket <= BUCKETS; bucket += 1) {
      starts[bucket] = (starts[bucket] ?? 0) + (starts[bucket - 1] ?? 0);
    }
    const free = starts.slice();
    const order = new Uint32Array(this.#size);
    for (let index = 0; index < this.#size; index += 1) {
      const bucket = bucketOf(index);
      const at = free[bucket] ?? 0;
      order[at] = index;
      free[bucket] = at + 1;
    }
    return { order, starts };
  }

  #block(at: number): Buffer {
    const block = this.#ids[at];
    assert(block !== undefined, 'a block that was added');
    return block;
  }

  #id(index: number): Buffer {
    const start = (index % BLOCK_ROWS) * ID_BYTES;
    return this.#block(Math.floor(index / BLOCK_ROWS)).subarray(start, start + ID_BYTES);
  }

  #stamp(block: number, row: number, beforeS: number): void {
    if (this.#before[block]?.length === 0) this.#before[block] = new Float64Array(BLOCK_ROWS).fill(ANY_TIME);
    this.#before[block]?.fill(beforeS, row, row + 1);
  }

  #beforeOf(index: number): number | null {
    const beforeS = this.#before[Math.floor(index / BLOCK_ROWS)]?.[index % BLOCK_ROWS] ?? ANY_TIME;
    return Number.isNaN(beforeS) ? null : beforeS;
  }
}
