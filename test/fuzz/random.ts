const UINT32 = 2 ** 32;
const WARM_ROUNDS = 15;

/** Numbers that a seed and a stream alone decide (sfc32): case K of seed S is the same in every run. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, stream: number) {
    this.#a = seed >>> 0;
    this.#b = stream >>> 0;
    this.#c = (Math.floor(stream / UINT32) ^ 0x9e37_79b9) >>> 0;
    for (let round = 0; round < WARM_ROUNDS; round += 1) this.next();
  }

  /** A whole number from 0 to 2^32 - 1. */
  next(): number {
    const mixed = (this.#a + this.#b + this.#counter) >>> 0;
    this.#counter = (this.#counter + 1) >>> 0;
    this.#a = (this.#b ^ (this.#b >>> 9)) >>> 0;
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + mixed) >>> 0;
    return mixed;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.next() / UINT32) * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability * UINT32;
  }

  pick<T>(list: readonly T[]): T {
    const index = this.below(list.length);
    if (index >= list.length) throw new Error('nothing to pick from');
    return list[index] as T;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.next() >>> 24));
  }
}
