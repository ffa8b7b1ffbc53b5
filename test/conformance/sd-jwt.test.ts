import { describe, expect, it } from 'vitest';
import { vectorSet } from '../support/vectors.ts';
import { disclosedIn, runSdJwt, vectorsIn } from './sd-jwt.ts';

const { dir, skip, note } = vectorSet('sd-jwt');
/** After all of the examples were made and before they end. */
const NOW = { atMs: Date.parse('2024-06-01T00:00:00Z'), trusted: true };

describe.skipIf(skip)(`the examples of RFC 9901${note}`, () => {
  it('each is accepted or refused as its signatures say', () => {
    const report = runSdJwt(dir, NOW);
    process.stdout.write(`sd-jwt: ${report.vectors} examples, ${report.agree} agree\n`);
    expect(report.disagreements).toEqual([]);
    expect(report.agree).toBe(report.vectors);
    expect(report.vectors).toBeGreaterThanOrEqual(2);
  });

  it('each discloses exactly what the RFC says', () => {
    for (const { sd_jwt: line, expected } of vectorsIn(dir)) expect(disclosedIn(line)).toEqual(expected);
  });
});
