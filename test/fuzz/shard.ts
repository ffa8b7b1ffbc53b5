import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Case } from './case.ts';
import { CONTROLS } from './controls.ts';
import { cpuMsOf, genuine, type Judged, judge } from './judge.ts';
import { faultIn, sayingsOf } from './oracle.ts';
import { compared, watched } from './second-verifier.ts';
import { addCase, emptyTally, type Tally } from './tally.ts';
import { makeWorld } from './world.ts';

/** What one process runs: the cases `first`, `first + step`, ... of a seed, `count` of them. */
export interface Shard {
  readonly seed: number;
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly only: string | null;
  readonly control: string | null;
  /** It stops at so many failures. */
  readonly enough: number;
}

/** A case that must not end as it did. */
export interface Failure {
  readonly number: number;
  readonly row: string;
  readonly did: string;
  readonly fault: string;
  /** In base64, as `verify --encoding base64` reads them. */
  readonly lines: readonly string[];
}

export const MAX_CPU_MS = 50;
const CONFIRMATIONS = 3;
/** What the heap may hold more at the end than after the warming up, when all garbage is collected. */
export const MAX_HEAP_GROWTH_BYTES = 8 * 1_024 * 1_024;
/** A hash table or two find their size in the first cases: from here on the heap is measured, often at first. */
const WARM_CASES = 1_000;
const SETTLED_CASES = 10_000;
const isMeasured = (done: number): boolean => done % (done <= SETTLED_CASES ? WARM_CASES : SETTLED_CASES) === 0;
const INSPECT_EVERY = 8;
const JOSE_AT_ONCE = 64;

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

/** Bytes in use once all garbage is collected, outside the JavaScript heap too. */
function heapBytes(): number {
  if (typeof collectGarbage !== 'function') throw new Error('garbage cannot be collected on demand');
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Slow at once and at each repetition: a busy machine alone does not do that. */
function isSlow(tookMs: number, again: Parameters<typeof cpuMsOf>): boolean {
  return tookMs > MAX_CPU_MS && Array.from({ length: CONFIRMATIONS }).every(() => cpuMsOf(...again) > MAX_CPU_MS);
}

export interface ShardResult {
  readonly tally: Tally;
  readonly failures: readonly Failure[];
}

/** Runs its cases in this process, with nothing beside them. */
export async function runShard(shard: Shard): Promise<ShardResult> {
  const world = makeWorld(shard.seed, shard.only);
  const how = shard.control === null ? genuine : (CONTROLS[shard.control]?.() ?? genuine);
  const sayings = sayingsOf(world, world.sources);
  const { trust, asked } = watched(world.trust);
  const tally = emptyTally();
  const failures: Failure[] = [];
  let pending: Promise<void>[] = [];
  let warmBytes: number | null = null;
  const fail = (number: number, made: Case, fault: string): void => {
    const lines = made.lines.map((line) => line.toString('base64'));
    failures.push({ number, row: made.row, did: made.did, fault, lines });
  };

  for (let done = 0; done < shard.count && failures.length < shard.enough; done += 1) {
    const number = shard.first + done * shard.step;
    const made = world.caseAt(number);
    const isAsked = number % INSPECT_EVERY === 0;
    asked.key = null;
    let judged: Judged;
    try {
      judged = judge(made, trust, isAsked, how);
    } catch (thrown) {
      fail(number, made, `crash: ${thrown instanceof Error ? thrown.stack?.slice(0, 600) : String(thrown)}`);
      continue;
    }
    const key = asked.key;
    const again = [made, trust, isAsked, how] as const;
    const isSlowest = judged.tookMs > (tally.rows[made.row]?.slowestMs ?? 0);
    addCase(tally, made.row, judged.outcome, isSlowest ? Math.min(judged.tookMs, cpuMsOf(...again)) : 0);
    const fault = faultIn(made, judged, sayings);
    if (fault !== null) fail(number, made, fault);
    if (isSlow(judged.tookMs, [...again])) fail(number, made, `more than ${MAX_CPU_MS} ms of CPU time`);
    if (Object.keys(Object.prototype).length > 0) {
      fail(number, made, 'Object.prototype has a new member');
      for (const name of Object.keys(Object.prototype)) Reflect.deleteProperty(Object.prototype, name);
    }
    const comparison = compared(judged, key);
    if (comparison !== null) {
      tally.compared += 1;
      pending.push(comparison.then((differs) => (differs === null ? undefined : fail(number, made, differs))));
    }
    if (pending.length >= JOSE_AT_ONCE || isMeasured(done + 1)) {
      await Promise.all(pending);
      pending = [];
    }
    if (!isMeasured(done + 1)) continue;
    tally.heapBytes = heapBytes();
    warmBytes ??= tally.heapBytes;
    tally.warmHeapBytes = warmBytes;
    if (tally.heapBytes - tally.warmHeapBytes > MAX_HEAP_GROWTH_BYTES) {
      fail(number, made, `the heap grew from ${tally.warmHeapBytes} to ${tally.heapBytes} bytes`);
      break;
    }
  }
  await Promise.all(pending);
  return { tally, failures };
}
