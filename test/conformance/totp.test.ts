import { describe, expect, it } from 'vitest';
import { vectorSet } from '../support/vectors.ts';
import { runTotp } from './totp.ts';

const { dir, skip, note } = vectorSet('totp');

describe.skipIf(skip)(`time-based codes${note}`, () => {
  it('each code of RFC 6238 opens as a ticket at its time and no other', () => {
    const report = runTotp(dir);
    process.stdout.write(`totp: ${report.vectors} codes, ${report.agree} agree\n`);
    expect(report.disagreements).toEqual([]);
    expect(report.vectors).toBeGreaterThanOrEqual(12);
  });
});
