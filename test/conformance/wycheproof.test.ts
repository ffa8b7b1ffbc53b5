import { describe, expect, it } from 'vitest';
import { vectorSet } from '../support/vectors.ts';
import { runWycheproofJws, runWycheproofSignatures } from './wycheproof.ts';

const { dir, skip, note } = vectorSet('wycheproof');

describe.skipIf(skip)(`Wycheproof${note}`, () => {
  it('no invalid token passes the gate, and a valid one is refused for a named reason alone', () => {
    const report = runWycheproofJws(dir);
    process.stdout.write(
      `wycheproof jws, jwk: ${report.vectors} tokens, ${report.agree} agree, ${report.exceptions.length} named exceptions\n`,
    );
    expect(report.disagreements).toEqual([]);
    expect(report.agree + report.exceptions.length).toBe(report.vectors);
    expect(report.vectors).toBeGreaterThanOrEqual(213);
    const special = report.exceptions.filter((sentence) => !/closed list|shared secret/.test(sentence));
    expect(special.filter((sentence) => !/empty payload|another algorithm/.test(sentence))).toEqual([]);
    expect(special.length).toBeLessThanOrEqual(8);
  });

  it('no invalid signature passes, and each valid one on our list does', () => {
    const report = runWycheproofSignatures(dir);
    process.stdout.write(
      `wycheproof signatures: ${report.vectors}, ${report.agree} agree, ${report.exceptions.length} not on the list\n`,
    );
    expect(report.disagreements).toEqual([]);
    expect(report.agree + report.exceptions.length).toBe(report.vectors);
    expect(report.vectors).toBeGreaterThanOrEqual(1_400);
  });
});
