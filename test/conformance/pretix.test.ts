import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trustOf } from '../../src/trust/key-ring.ts';
import { loadLoose } from '../../src/trust/load-loose.ts';
import { vectorSet } from '../support/vectors.ts';
import { runPretix } from './pretix.ts';

const { dir, skip, note } = vectorSet('pretix-sig1');

describe.skipIf(skip)(`pretix tickets${note}`, () => {
  const keys = () => {
    const read = loadLoose([{ path: join(dir, 'event1.json'), issuer: 'demo' }]);
    if (!read.ok) throw new Error(read.error);
    return read.value;
  };

  it('each ticket of libpretixsync gets its verdict, on both sides of its dates', () => {
    const run = runPretix(dir, trustOf(keys()));
    process.stdout.write(
      `pretix-sig1: ${run.vectors} scans, ${run.genuine} genuine, ${run.refused} refused as upstream says\n`,
    );
    expect(run.disagreements).toEqual([]);
    expect(run.genuine).toBeGreaterThanOrEqual(3);
    expect(run.refused).toBeGreaterThanOrEqual(2);
  });

  it('without the second key of the event the tickets of the second key are forged', () => {
    const [first] = keys();
    if (first === undefined) throw new Error('two keys');
    const run = runPretix(dir, trustOf([first]));
    expect(run.disagreements.filter((sentence) => sentence.includes('bad-signature')).length).toBeGreaterThan(0);
  });
});
