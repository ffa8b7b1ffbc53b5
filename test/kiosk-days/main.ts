import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { MUTANTS } from './mutants.ts';
import { type BrokenDay, runShard, type Shard, type ShardResult } from './shard.ts';
import { summed, tableOf } from './tally.ts';

/** `npm run days -- --days N --seed S`: whole days of a kiosk under one seed, each with everything that can go wrong. */
const USAGE = `npm run days -- [--days N] [--seed S] [--only DAY] [--break NAME]

  --days N      so many days, 1000 unless given
  --seed S      repeats a run; drawn and printed unless given
  --only DAY    runs that day of the seed alone
  --break NAME  a kiosk with a known mistake: ${Object.keys(MUTANTS).join(', ')};
                ends with 1 when it is caught within 20 days, with 0 when not`;
const MOST_PROCESSES = 8;
const SEEDS = 2 ** 31;
const ENOUGH = 5;
const MUTANT_DAYS = 20;
const PROGRESS_EVERY = 500;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Options {
  readonly days: number;
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
    options: { days: text, seed: text, only: text, break: text, help: { type: 'boolean' } },
  });
  if (values.help === true) return null;
  const mutant = values.break ?? null;
  if (mutant !== null && MUTANTS[mutant] === undefined) {
    throw new Error(`--break must be one of ${Object.keys(MUTANTS).join(', ')}`);
  }
  return {
    days: wholeNumber('days', values.days) ?? (mutant === null ? 1_000 : MUTANT_DAYS),
    seed: wholeNumber('seed', values.seed) ?? randomInt(SEEDS),
    only: wholeNumber('only', values.only),
    mutant,
  };
}

/** Runs one shard in a process of its own. */
function inChild(shard: Shard, progress: () => void): Promise<ShardResult> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1] ?? '', ['--shard', JSON.stringify(shard)], { serialization: 'json' });
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

function tell({ day, problem, steps }: BrokenDay, { seed, mutant }: Options): void {
  print(`\nBROKEN on day ${day} of seed ${seed}: ${problem}`);
  for (const step of steps) print(`  ${step}`);
  print(`  again: npm run days -- --seed ${seed} --only ${day}${mutant === null ? '' : ` --break ${mutant}`}`);
}

async function runAll(options: Options): Promise<number> {
  const { seed, days, only, mutant } = options;
  const beganMs = performance.now();
  const seconds = (): string => ((performance.now() - beganMs) / 1_000).toFixed(0);
  const enough = mutant === null ? ENOUGH : 1;
  const step = only === null ? Math.min(availableParallelism(), MOST_PROCESSES, days) : 1;
  const shards: Shard[] =
    only === null
      ? Array.from({ length: step }, (_, first) => {
          return { seed, first, step, count: Math.ceil((days - first) / step), mutant, enough };
        })
      : [{ seed, first: only, step: 1, count: 1, mutant, enough }];
  print(`days: ${only === null ? days : `day ${only}`}, seed ${seed}${mutant === null ? '' : `, broken: ${mutant}`}`);
  let done = 0;
  const progress = (): void => {
    done += 1;
    if (done % PROGRESS_EVERY === 0) print(`  ${done} days, ${seconds()} s`);
  };
  const results = await Promise.all(shards.map((shard) => inChild(shard, progress)));
  const ran = results.reduce((sum, result) => sum + result.days, 0);
  const broken = results.flatMap((result) => result.broken);
  for (const day of broken) tell(day, options);
  if (mutant === null) print(`\n${tableOf(summed(results.map(({ tally }) => tally)), ran)}`);
  print(`\n${ran} days of 1,440 minutes in ${seconds()} s, ${broken.length} of them broken`);
  if (mutant === null) {
    print(broken.length === 0 ? 'days: clean' : `days: BROKEN, repeat with --seed ${seed}`);
    return Number(broken.length > 0);
  }
  const first = Math.min(...broken.map(({ day }) => day));
  print(
    broken.length > 0
      ? `days: ${mutant} caught on day ${first}`
      : `days: ${mutant} was NOT CAUGHT: this proves nothing`,
  );
  return Number(broken.length > 0);
}

const [flag, shardText] = process.argv.slice(2);
if (flag === '--shard') {
  const result = await runShard(JSON.parse(shardText ?? '') as Shard, () => process.send?.('day'));
  process.send?.(result, () => process.disconnect());
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
