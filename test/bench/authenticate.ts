import { authenticate } from '../../src/pass/authenticate.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { type Figure, figure } from './figure.ts';
import type { FurtherIssuers } from './further-samples.ts';
import type { Issuers, Sample } from './samples.ts';
import { medianOfBlocks, quantile, ratioOfBlocks } from './statistics.ts';

/** Different passes of one format, so that nothing remembered of one pass can help the next. */
const PASSES = 64;
const WARM_ROUNDS = 500;
const BLOCKS = 20;
/** The aim for ES256; other algorithms verify in other times, so that their ratio says nothing about our own work. */
const MOST_TIMES_RAW = 1.5;

/** The bare signature check and the whole authentication of the same passes, in µs, in the order they were timed. */
interface Times {
  readonly raw: number[];
  readonly full: number[];
}

interface Contest {
  readonly name: string;
  readonly isAimed: boolean;
  readonly samples: readonly Sample[];
  readonly alone: Times;
  readonly mixed: Times;
}

/**
 * Authenticates passes of every format, each next to the bare check of its own signature. Once a block of one format
 * after a block of another; and once mixed, no pass of the format of the one before, which finds the processor's
 * caches filled with other things.
 * @param rounds timed passes of each format, either way
 */
export function benchAuthenticate(
  issuers: Issuers,
  further: FurtherIssuers,
  nowMs: number,
  rounds: number,
): readonly Figure[] {
  const trust = trustOf([...issuers.trusted, ...further.trusted]);
  const now = { atMs: nowMs, trusted: true };
  const check = ({ line }: Sample): boolean => authenticate({ line, parts: 1 }, trust, now).ok;
  const contests = [
    contest('eu-dcc ES256', true, issuers.euDcc),
    contest('eu-dcc PS256', false, issuers.euDccPs256),
    contest('smart-health-card ES256', true, issuers.healthCard),
    contest('entry-pass ES256', true, issuers.entryPass),
    contest('entry-pass EdDSA', false, issuers.entryPassEdDsa),
    contest('sticker ES256', true, issuers.sticker),
    ...further.formats.map(({ name, make }) => contest(name, true, make)),
  ];
  const warming: Times = { raw: [], full: [] };
  for (const { samples } of contests) time(samples, 0, WARM_ROUNDS, check, warming);
  const blockRounds = Math.ceil(rounds / BLOCKS);
  for (let from = 0; from < rounds; from += blockRounds) {
    for (const { samples, alone } of contests) time(samples, from, blockRounds, check, alone);
    for (let round = from; round < from + blockRounds; round += 1) {
      for (const { samples, mixed } of contests) time(samples, round, 1, check, mixed);
    }
  }
  return contests.flatMap(figuresOf);
}

function contest(name: string, isAimed: boolean, make: () => Sample): Contest {
  const samples = Array.from({ length: PASSES }, make);
  return { name, isAimed, samples, alone: { raw: [], full: [] }, mixed: { raw: [], full: [] } };
}

/** Whoever goes second finds warmer caches: the two take turns. */
function time(
  samples: readonly Sample[],
  from: number,
  rounds: number,
  check: (sample: Sample) => boolean,
  { raw, full }: Times,
): void {
  for (let round = from; round < from + rounds; round += 1) {
    const sample = samples[round % samples.length];
    if (sample === undefined) continue;
    if (round % 2 === 0) raw.push(timed(sample.raw));
    full.push(timed(() => check(sample)));
    if (round % 2 === 1) raw.push(timed(sample.raw));
  }
}

function timed(isGood: () => boolean): number {
  const startMs = performance.now();
  const wasGood = isGood();
  const us = (performance.now() - startMs) * 1_000;
  if (!wasGood) throw new Error('a good pass was not authenticated');
  return us;
}

function figuresOf({ name, isAimed, samples, alone, mixed }: Contest): readonly Figure[] {
  const characters = samples[0]?.line.length ?? 0;
  return [
    figure(`authenticate ${name} (${characters} characters), p50`, medianOfBlocks(alone.full, BLOCKS), 'µs'),
    figure(`authenticate ${name}, p99`, quantile(alone.full, 0.99), 'µs'),
    figure('  raw crypto.verify of the same signatures, p50', medianOfBlocks(alone.raw, BLOCKS), 'µs'),
    figure('  raw crypto.verify of the same signatures, p99', quantile(alone.raw, 0.99), 'µs'),
    figure(
      `  authenticate ${name} / raw, p50`,
      ratioOfBlocks(alone.full, alone.raw, BLOCKS),
      'x',
      isAimed ? MOST_TIMES_RAW : null,
    ),
    figure('  the same with other formats between', ratioOfBlocks(mixed.full, mixed.raw, BLOCKS), 'x'),
  ];
}
