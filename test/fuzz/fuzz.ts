import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { CONTROLS } from './controls.ts';
import { type Failure, runShard, type Shard, type ShardResult } from './shard.ts';
import { summed, tableOf } from './tally.ts';
import { makeWorld } from './world.ts';

/**
 * `npm run fuzz -- --cases N --seed S [--format F]`: hostile and odd passes of every format at the path of `verify`.
 * `--only K` judges case K alone and says all about it; `--break NAME` puts a verifier with a known mistake in place.
 */
const MOST_PROCESSES = 8;
const SEEDS = 2 ** 31;
/** Failures of one process. */
const ENOUGH = 10;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Options {
  readonly cases: number;
  readonly seed: number;
  readonly only: number | null;
  readonly format: string | null;
  readonly control: string | null;
}

function numberOf(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number, not '${text}'`);
}

function optionsOf(): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { cases: text, seed: text, only: text, format: text, break: text } });
  const control = values.break ?? null;
  if (control !== null && CONTROLS[control] === undefined) {
    throw new Error(`--break must be one of ${Object.keys(CONTROLS).join(', ')}`);
  }
  const cases = numberOf('cases', values.cases) ?? 20_000;
  if (cases === 0) throw new Error('--cases must be at least 1: of nothing nothing can fail');
  const rows = makeWorld(0).sources.map(({ row }) => row);
  if (values.format !== undefined && !rows.includes(values.format)) {
    throw new Error(`--format must be one of ${[...new Set(rows)].join(', ')}`);
  }
  return {
    cases,
    seed: numberOf('seed', values.seed) ?? randomInt(SEEDS),
    only: numberOf('only', values.only),
    format: values.format ?? null,
    control,
  };
}

function describe({ number, row, did, fault, lines }: Failure, { seed, format }: Options): string {
  const formatOption = format === null ? '' : ` --format ${format}`;
  return [
    `FAILED case ${number} (${row}, ${did}): ${fault}`,
    `  again: npm run fuzz -- --seed ${seed} --only ${number}${formatOption}`,
    ...lines.map((line) => `  line: ${line}`),
  ].join('\n');
}

/** Runs one shard in a process of its own, so that its processor time is its own. */
function inChild(shard: Shard): Promise<ShardResult> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1] ?? '', ['--shard', JSON.stringify(shard)], { serialization: 'json' });
    let result: ShardResult | null = null;
    child.on('message', (message) => {
      result = message as ShardResult;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (result === null)
        reject(new Error(`a process ended without a result (${signal ?? code}): ${JSON.stringify(shard)}`));
      else resolve(result);
    });
  });
}

async function runAll(options: Options): Promise<boolean> {
  const { seed, cases, only, format, control } = options;
  const started = performance.now();
  const shardOf = (first: number, step: number, count: number): Shard => ({
    seed,
    first,
    step,
    count,
    only: format,
    control,
    enough: ENOUGH,
  });
  const step = only === null ? Math.min(availableParallelism(), MOST_PROCESSES) : 1;
  const shards =
    only === null
      ? Array.from({ length: step }, (_, first) => shardOf(first, step, Math.ceil((cases - first) / step)))
      : [shardOf(only, 1, 1)];
  print(`seed ${seed}, ${only === null ? `${cases} cases in ${step} processes` : `case ${only}`}`);
  const results = await Promise.all(shards.map(inChild));
  const failures = results.flatMap((result) => result.failures);
  print(tableOf(summed(results.map(({ tally }) => tally))));
  for (const failure of failures) print(describe(failure, options));
  const seconds = (performance.now() - started) / 1_000;
  print(`${failures.length} failures in ${seconds.toFixed(0)} s`);
  return failures.length === 0;
}

const [flag, shardText] = process.argv.slice(2);
if (flag === '--shard') {
  const result = await runShard(JSON.parse(shardText ?? '') as Shard);
  process.send?.(result, () => process.disconnect());
} else {
  try {
    process.exitCode = (await runAll(optionsOf())) ? 0 : 1;
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    process.stderr.write(`fuzz: ${said.split(/\.\s/)[0]}\n`);
    process.exitCode = 2;
  }
}
