import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { walletOf } from './card.ts';
import { premisesIn } from './house.ts';
import { MUTANTS, type Mutant } from './mutants.ts';
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
  /** It stops at so many days that were broken as expected, or that failed. */
  readonly enough: number;
}

export interface BrokenDay {
  readonly day: number;
  /** The promise that was broken, or what else was thrown. */
  readonly problem: string;
  readonly steps: readonly string[];
}

/** A mutant must be caught within so many days. */
export const MUTANT_DAYS = 20;

export interface ShardResult {
  readonly days: number;
  readonly tally: Tally;
  /** Days on which a promise was broken; of a mutant, the one that it is there to break. */
  readonly broken: readonly BrokenDay[];
  /** Days on which a mutant broke another promise, which is no catch. */
  readonly other: readonly BrokenDay[];
  /** Days that ended with something else: a mistake of the kiosk or of the harness. */
  readonly failed: readonly BrokenDay[];
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
    const mutant = shard.mutant === null ? null : mutantOf(shard.mutant);
    const tally: Tally = {};
    const broken: BrokenDay[] = [];
    const other: BrokenDay[] = [];
    const failed: BrokenDay[] = [];
    const digests: string[] = [];
    let isOver = false;
    for (let done = 0; done < shard.count && broken.length + failed.length < shard.enough && !isOver; done += 1) {
      const day = shard.first + done * shard.step;
      const around = { wallet, premises, flaw: mutant ?? {}, tally };
      const { problem, failure, steps, digest } = await runDay(shard.seed, day, around);
      digests.push(digest);
      const isMeant = problem !== null && (mutant === null || mutant.symptom.test(problem));
      if (problem !== null) (isMeant ? broken : other).push({ day, problem, steps });
      if (failure !== null) failed.push({ day, problem: failure, steps });
      isOver = !(await goesOn());
    }
    return { days: digests.length, tally, broken, other, failed, digests };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function mutantOf(name: string): Mutant {
  const mutant = MUTANTS[name];
  if (mutant === undefined) throw new Error(`there is no mutant called ${name}`);
  return mutant;
}
