import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { replaceFile } from '../base/atomic-file.ts';
import { DAY_MS } from '../base/time.ts';

/** 28 days, the two that they begin and end in, and as many again for a clock that was set to and fro. */
export const MAX_DAY_KEYS = 64;
/** Day (4 bytes, big endian), key, check: a slot never crosses a sector, so that a power cut leaves it old or new. */
const SLOT_BYTES = 64;
const KEY_AT = 4;
const KEY_BYTES = 32;
const CHECK_AT = KEY_AT + KEY_BYTES;
const CHECK_BYTES = 16;

/** The day of an instant in UTC, counted from 1970: only how long a key lives hangs on it. */
export const keyDayOf = (atMs: number): number => Math.floor(atMs / DAY_MS);

const checkOf = (slot: Buffer): Buffer =>
  createHash('sha256').update(slot.subarray(0, CHECK_AT)).digest().subarray(0, CHECK_BYTES);

/** The key and the day of a slot; null for one that is empty or was not written to its end. */
function keyIn(slot: Buffer): { readonly day: number; readonly key: Buffer } | null {
  const isWhole = checkOf(slot).equals(slot.subarray(CHECK_AT, CHECK_AT + CHECK_BYTES));
  return isWhole ? { day: slot.readUInt32BE(0), key: Buffer.from(slot.subarray(KEY_AT, CHECK_AT)) } : null;
}

/**
 * The keys under which one day's visits lie on the disk. In a file of their own, of a size that never changes, which is
 * overwritten in place: a key that is destroyed is gone from the blocks that held it, and with it every copy of what it
 * opened, wherever the file system or the card has left one. Every call throws what the file system says.
 */
export class DayKeys {
  readonly #path: string;
  readonly #keys = new Map<number, Buffer>();
  readonly #slots = new Map<number, number>();
  /** Neither a key nor empty: what is left of one that was damaged. */
  readonly #broken = new Set<number>();

  private constructor(path: string) {
    this.#path = path;
    const bytes = readFileSync(path);
    for (let slot = 0; slot < MAX_DAY_KEYS; slot += 1) {
      const stored = Buffer.concat([bytes.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES)], SLOT_BYTES);
      const found = keyIn(stored);
      if (found === null) {
        if (stored.some((byte) => byte !== 0)) this.#broken.add(slot);
        continue;
      }
      this.#keys.set(found.day, found.key);
      this.#slots.set(found.day, slot);
    }
  }

  /** Makes the file where there is none. */
  static open(path: string): DayKeys {
    if (!existsSync(path)) replaceFile(path, Buffer.alloc(MAX_DAY_KEYS * SLOT_BYTES));
    return new DayKeys(path);
  }

  /** For reading beside the kiosk. */
  static read(path: string): DayKeys {
    return new DayKeys(path);
  }

  get days(): readonly number[] {
    return [...this.#keys.keys()];
  }

  keyOf(day: number): Buffer | null {
    return this.#keys.get(day) ?? null;
  }

  /** The key of a day, on the disk before it is used; null where there is no room for another. */
  keyFor(day: number): Buffer | null {
    const known = this.#keys.get(day);
    if (known !== undefined) return known;
    const taken = new Set(this.#slots.values());
    const slot = Array.from({ length: MAX_DAY_KEYS }, (_, at) => at).find((at) => !taken.has(at));
    if (slot === undefined) return null;
    const bytes = Buffer.alloc(SLOT_BYTES);
    bytes.writeUInt32BE(day);
    randomBytes(KEY_BYTES).copy(bytes, KEY_AT);
    checkOf(bytes).copy(bytes, CHECK_AT);
    this.#write(slot, bytes);
    const key = Buffer.from(bytes.subarray(KEY_AT, CHECK_AT));
    this.#keys.set(day, key);
    this.#slots.set(day, slot);
    return key;
  }

  /** Overwrites the key of a day on the disk and in memory. */
  destroy(day: number): void {
    const slot = this.#slots.get(day);
    if (slot === undefined) return;
    this.#write(slot, Buffer.alloc(SLOT_BYTES));
    this.#keys.get(day)?.fill(0);
    this.#keys.delete(day);
    this.#slots.delete(day);
  }

  /** Overwrites what is left of damaged keys: whoever could mend one could read its day again. */
  destroyBroken(): void {
    for (const slot of this.#broken) this.#write(slot, Buffer.alloc(SLOT_BYTES));
  }

  #write(slot: number, bytes: Buffer): void {
    const file = openSync(this.#path, 'r+');
    try {
      writeSync(file, bytes, 0, SLOT_BYTES, slot * SLOT_BYTES);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    this.#broken.delete(slot);
  }
}
