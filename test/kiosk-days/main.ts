import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { MUTANTS } from './mutants.ts';
import { type BrokenDay, MUTANT_DAYS, runShard, type Shard, type ShardResult } from './shard.ts';
import { summed, tableOf } from './tally.ts';

/** `npm run days -- --days N --seed S`: whole days of a kiosk under one seed, each with everything that can go wrong. */
const USAGE = `npm run days -- [--days N] [--from DAY] [--seed S] [--only DAY] [--break NAME]

  --days N      so many days, 1000 unless given
  --from DAY    goes on with a run of that seed that was ended; it says with which day
  --seed S      repeats a run; drawn and printed unless given
  --only DAY    runs that day of the seed alone
  --break NAME  a kiosk with a known mistake: ${Object.keys(MUTANTS).join(', ')};
                ends with 1 when it is caught within ${MUTANT_DAYS} days, with 0 when not

It ends with 2 when anything is thrown that is no broken promise, or when a day has less than it promises.`;
const MOST_PROCESSES = 8;
const SEEDS = 2 ** 31;
const ENOUGH = 5;
const PROGRESS_EVERY = 500;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Options {
  readonly days: number;
  readonly from: number;
  readonly seed: number;
  readonly only: number | null;
  readonly mutant: string | null;
}

function wholeNumber(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number, not '${text}'`);
}

function optionsOf(): Options | null {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { days: text, from: text, seed: text, only: text, break: text, help: { type: 'boolean' } },
  });
  if (values.help === true) return null;
  const mutant = values.break ?? null;
  if (mutant !== null && MUTANTS[mutant] === undefined) {
    throw new Error(`--break must be one of ${Object.keys(MUTANTS).join(', ')}`);
  }
  return {
    days: wholeNumber('days', values.days) ?? (mutant === null ? 1_000 : MUTANT_DAYS),
    from: wholeNumber('from', values.from) ?? 0,
    seed: wholeNumber('seed', values.seed) ?? randomInt(SEEDS),
    only: wholeNumber('only', values.only),
    mutant,
  };
}

/** Runs one shard in a process of its own, which ends after the day that it is at once `ended` is aborted. */
function inChild(shard: Shard, progress: () => void, ended: AbortSignal): Promise<ShardResult> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1] ?? '', ['--shard', JSON.stringify(shard)], { serialization: 'json' });
    ended.addEventListener('abort', () => child.connected && child.send('end'));
    let result: ShardResult | null = null;
    child.on('message', (message) => {
      if (message === 'day') progress();
      else result = message as ShardResult;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (result === null) reject(new Error(`a process ended without a result (${signal ?? code})`));
      else resolve(result);
    });
  });
}

function tell(how: 'BROKEN' | 'FAILED', { day, problem, steps }: BrokenDay, { seed, mutant }: Options): void {
  print(`\n${how} on day ${day} of seed ${seed}: ${problem}`);
  for (const step of steps) print(`  ${step}`);
  print(`  again: npm run days -- --seed ${seed} --only ${day}${mutant === null ? '' : ` --break ${mutant}`}`);
}

/** The days of each process: every `step`-th one. */
function shardsOf({ seed, days, from, only, mutant }: Options): readonly Shard[] {
  const enough = mutant === null ? ENOUGH : 1;
  if (only !== null) return [{ seed, first: only, step: 1, count: 1, mutant, enough }];
  const step = Math.min(availableParallelism(), MOST_PROCESSES, Math.max(1, days - from));
  return Array.from({ length: step }, (_, index) => {
    const first = from + index;
    return { seed, first, step, count: Math.max(0, Math.ceil((days - first) / step)), mutant, enough };
  });
}

async function runAll(options: Options): Promise<number> {
  const { seed, days, from, only, mutant } = options;
  const beganMs = performance.now();
  const seconds = (): string => ((performance.now() - beganMs) / 1_000).toFixed(0);
  const shards = shardsOf(options);
  const asked = only === null ? `${days}${from === 0 ? '' : ` from day ${from} on`}` : `day ${only}`;
  print(`days: ${asked}, seed ${seed}${mutant === null ? '' : `, broken: ${mutant}`}`);
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  let ran = 0;
  const progress = (): void => {
    ran += 1;
    if (ran % PROGRESS_EVERY === 0) print(`  ${ran} days, ${seconds()} s`);
  };
  const results = await Promise.all(shards.map((shard) => inChild(shard, progress, ending.signal)));
  const broken = results.flatMap((result) => result.broken);
  const failed = results.flatMap((result) => result.failed);
  for (const day of broken) tell('BROKEN', day, options);
  for (const day of failed) tell('FAILED', day, options);
  for (const { day, problem } of results.flatMap(({ other }) => other))
    print(`\nday ${day}, which is no catch: ${problem}`);
  if (mutant === null) print(`\n${tableOf(summed(results.map(({ tally }) => tally)), ran)}`);
  print(`\n${ran} days of 1,440 minutes in ${seconds()} s, ${broken.length} of them broken, ${failed.length} failed`);
  if (failed.length > 0) {
    print(`days: FAILED: that is a mistake of the kiosk or of this harness and no broken promise; --seed ${seed}`);
    return 2;
  }
  if (mutant !== null) {
    const first = Math.min(...broken.map(({ day }) => day));
    const came = broken.length > 0 ? `caught on day ${first}` : 'was NOT CAUGHT: this proves nothing';
    print(`days: ${mutant} ${came}`);
  } else if (broken.length > 0) {
    print(`days: BROKEN, repeat with --seed ${seed}`);
  } else if (ending.signal.aborted) {
    const next = Math.min(...results.map(({ days: done }, index) => from + index + done * shards.length));
    print(`days: ended, clean so far; go on with npm run days -- --days ${days} --from ${next} --seed ${seed}`);
    return 1;
  } else {
    print('days: clean');
  }
  return Number(broken.length > 0);
}

async function runInChild(shard: Shard): Promise<void> {
  let isEnded = false;
  process.on('message', () => {
    isEnded = true;
  });
  // Ctrl+C, or a service that is stopped, reaches the whole group: the parent says when it is over.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  const result = await runShard(shard, async () => {
    process.send?.('day');
    await setImmediate();
    return !isEnded;
  });
  process.send?.(result, () => process.disconnect());
}

const [flag, shardText] = process.argv.slice(2);
if (flag === '--shard') {
  await runInChild(JSON.parse(shardText ?? '') as Shard);
} else {
  try {
    const options = optionsOf();
    if (options === null) print(USAGE);
    else process.exitCode = await runAll(options);
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    process.exitCode = 2;
  }
}
