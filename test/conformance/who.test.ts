import { describe, expect, it } from 'vitest';
import { trustOf } from '../../src/trust/key-ring.ts';
import { vectorSet } from '../support/vectors.ts';
import { runWho } from './who.ts';

const { dir, skip, note } = vectorSet('who-ddcc');
const NOW = { atMs: Date.parse('2021-12-13T00:00:00Z'), trusted: true };

describe.skipIf(skip)(`the collection of the WHO${note}`, () => {
  it('each pass is told for what it is, and none is accepted without a key', () => {
    const run = runWho(dir, trustOf([]), NOW);
    process.stdout.write(`who-ddcc: ${run.vectors} passes, ${run.refused} told for what they are\n`);
    expect(run.disagreements).toEqual([]);
    expect(run.unlisted).toEqual([]);
    expect(run.genuine).toBe(0);
    expect(run.vectors).toBeGreaterThanOrEqual(5);
  });
});
