import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { walletOf } from './card.ts';
import { premisesIn } from './house.ts';
import { MUTANTS } from './mutants.ts';
import { runDay } from './run-day.ts';
import type { Tally } from './tally.ts';

/** What one process runs: the days `first`, `first + step`, ... of a seed, `count` of them. */
export interface Shard {
  readonly seed: number;
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** A kiosk with a known mistake, or null. */
  readonly mutant: string | null;
  /** It stops at so many broken days. */
  readonly enough: number;
}

export interface BrokenDay {
  readonly day: number;
  readonly problem: string;
  readonly steps: readonly string[];
}

export interface ShardResult {
  readonly days: number;
  readonly tally: Tally;
  readonly broken: readonly BrokenDay[];
  /** Of each day that was run, in its order. */
  readonly digests: readonly string[];
}

/** A file system in memory where there is one: the log is real, and no disk need turn for it. */
const FAST = '/dev/shm';

/** @param goesOn asked after each day */
export async function runShard(shard: Shard, goesOn: () => Promise<boolean> = async () => true): Promise<ShardResult> {
  const folder = mkdtempSync(join(existsSync(FAST) ? FAST : tmpdir(), 'munjigi-days-'));
  try {
    const premises = await premisesIn(folder);
    const wallet = walletOf(shard.seed);
    const mutant = shard.mutant === null ? {} : (MUTANTS[shard.mutant] ?? {});
    const tally: Tally = {};
    const broken: BrokenDay[] = [];
    const digests: string[] = [];
    let isOver = false;
    for (let done = 0; done < shard.count && broken.length < shard.enough && !isOver; done += 1) {
      const day = shard.first + done * shard.step;
      const { problem, steps, digest } = await runDay(shard.seed, day, { wallet, premises, mutant, tally });
      digests.push(digest);
      if (problem !== null) broken.push({ day, problem, steps });
      isOver = !(await goesOn());
    }
    return { days: digests.length, tally, broken, digests };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
