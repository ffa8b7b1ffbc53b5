import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trustOf } from '../../src/trust/key-ring.ts';
import { loadLoose } from '../../src/trust/load-loose.ts';
import { vectorSet } from '../support/vectors.ts';
import { runNzcp } from './nzcp.ts';

const { dir, skip, note } = vectorSet('nzcp');
const NOW = { atMs: Date.parse('2021-12-13T00:00:00Z'), trusted: true };
const ACTIVE = { atMs: Date.parse('2026-11-02T20:05:31Z'), trusted: true };

function trustIn(...files: readonly string[]) {
  const keys = loadLoose(files.map((path) => ({ path: join(dir, path), issuer: null })));
  if (!keys.ok) throw new Error(keys.error);
  return trustOf(keys.value);
}

describe.skipIf(skip)(`New Zealand passes${note}`, () => {
  it('each example of the specification gets its verdict', () => {
    const run = runNzcp(dir, trustIn('spec/examples/valid/did.json'), NOW);
    process.stdout.write(
      `nzcp: ${run.vectors} passes, ${run.genuine} genuine, ${run.refused} refused as upstream says\n`,
    );
    expect(run.disagreements).toEqual([]);
    expect(run.unlisted).toEqual([]);
    expect(run.genuine).toBe(1);
    expect(run.vectors).toBeGreaterThanOrEqual(5);
  });

  it('the example issuer counts for nothing where only the real one is trusted', () => {
    const run = runNzcp(dir, trustIn('did/liveDIDDocument.json'), NOW);
    expect(run.genuine).toBe(0);
    expect(run.disagreements).toHaveLength(run.vectors);
    for (const sentence of run.disagreements) expect(sentence).toContain('unknown-issuer');
  });

  it('the pass that is not active yet becomes so in the second it names', () => {
    const trust = trustIn('did/exampleDIDDocument.json');
    const inactive = /notactive.*not-yet-valid/;
    const before = runNzcp(dir, trust, { ...ACTIVE, atMs: ACTIVE.atMs - 1 });
    expect(before.disagreements.filter((sentence) => inactive.test(sentence))).toEqual([]);
    const after = runNzcp(dir, trust, ACTIVE);
    expect(after.disagreements.filter((sentence) => inactive.test(sentence))).toHaveLength(1);
  });
});
