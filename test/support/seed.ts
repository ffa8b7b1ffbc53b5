import { randomInt } from 'node:crypto';

const SEEDS = 2 ** 31;

/** The seed of a random test: MUNJIGI_SEED repeats a run that failed. It belongs into the name of the test. */
export const SEED: number = Number(process.env['MUNJIGI_SEED'] ?? randomInt(SEEDS));

/** Numbers from 0 up to 1 that the seed alone decides (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
