import { describe, expect, it } from 'vitest';
import { SEED } from '../support/seed.ts';
import { MUTANTS } from './mutants.ts';
import { runShard, type Shard } from './shard.ts';

const CLEAN_DAYS = 20;
const MUTANT_DAYS = 20;
const LONG_MS = 600_000;
const shard: Shard = { seed: SEED, first: 0, step: 1, count: CLEAN_DAYS, mutant: null, enough: 1 };

const total = (row: Readonly<Record<string, number>> | undefined): number =>
  Object.values(row ?? {}).reduce((sum, number) => sum + number, 0);

describe('whole days with everything that can go wrong', () => {
  it(`break no promise, and are full days (MUNJIGI_SEED=${SEED})`, { timeout: LONG_MS }, async () => {
    const { broken, days, tally } = await runShard(shard);
    expect(broken).toEqual([]);
    expect(days).toBe(CLEAN_DAYS);
    expect(total(tally['scans'])).toBeGreaterThanOrEqual(300 * CLEAN_DAYS);
    expect(total(tally['faults'])).toBeGreaterThanOrEqual(5 * CLEAN_DAYS);
  });

  it(`are the same again for the same seed: a failure can be replayed alone (MUNJIGI_SEED=${SEED})`, {
    timeout: LONG_MS,
  }, async () => {
    const [both, again, alone] = [
      await runShard({ ...shard, count: 2 }),
      await runShard({ ...shard, count: 2 }),
      await runShard({ ...shard, first: 1, count: 1 }),
    ];
    expect(again.digests).toEqual(both.digests);
    expect(alone.digests).toEqual(both.digests.slice(1));
    expect(both.digests[0]).not.toBe(both.digests[1]);
  });
});

describe('a kiosk with a known mistake', () => {
  // Seed and days are fixed: that a control is caught must not depend on luck.
  it.each(Object.keys(MUTANTS))('%s: is caught', { timeout: LONG_MS }, async (mutant) => {
    const { broken } = await runShard({ ...shard, seed: 1, mutant, count: MUTANT_DAYS });
    expect(broken).toHaveLength(1);
  });
});
