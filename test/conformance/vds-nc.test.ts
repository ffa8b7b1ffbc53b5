import { expect, it } from 'vitest';
import { vectorSet } from '../support/vectors.ts';
import { runVdsNc } from './vds-nc.ts';

const who = vectorSet('who-ddcc');
const kde = vectorSet('kde-khealthcertificate');
const NOW = { atMs: Date.parse('2021-12-13T00:00:00Z'), trusted: true };

it.skipIf(who.skip || kde.skip)(
  `every ICAO seal is signed as it says, and worth nothing without its authority${who.note}${kde.note}`,
  () => {
    const run = runVdsNc([who.dir, kde.dir], NOW);
    process.stdout.write(`vds-nc: ${run.genuine} seals genuine by signature, ${run.refused} refusals as expected\n`);
    expect(run.disagreements).toEqual([]);
    expect(run.genuine).toBeGreaterThanOrEqual(2);
    expect(run.refused).toBe(run.genuine * 3);
  },
);
