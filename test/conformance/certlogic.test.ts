import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/policy/policy.ts';
import { vectorSet } from '../support/vectors.ts';
import { policyAround, runBusinessRules, runCertLogicSuites, runCertLogicValidation } from './certlogic.ts';

const { dir, skip, note } = vectorSet('certlogic');

describe.skipIf(skip)(`CertLogic${note}`, () => {
  it('evaluates as the specification says, but for what upstream skips itself', () => {
    const report = runCertLogicSuites(dir);
    process.stdout.write(`certlogic: ${report.agree} of ${report.vectors} assertions as the specification says\n`);
    expect(report.disagreements).toEqual([]);
    expect(report.vectors).toBeGreaterThanOrEqual(200);
  });

  it('finds the expressions faulty that the specification finds so', () => {
    const report = runCertLogicValidation(dir);
    process.stdout.write(`certlogic: ${report.agree} of ${report.vectors} expressions validated as upstream\n`);
    expect(report.disagreements).toEqual([]);
    expect(report.vectors).toBeGreaterThan(10);
  });

  it('takes the rules of the member states as they are, and gives each of their tests its verdict', () => {
    const report = runBusinessRules(dir);
    process.stdout.write(`business rules: ${report.agree} of ${report.vectors} published tests agree\n`);
    expect(report.unimported).toEqual([]);
    expect(report.disagreements).toEqual([]);
    expect(report.vectors).toBeGreaterThanOrEqual(600);
  });

  it('takes all of them in one file', () => {
    const lines = readFileSync(join(dir, 'business-rules', 'rules.jsonl'), 'utf8')
      .split('\n')
      .slice(0, -1);
    const policy = parsePolicy(policyAround(lines.map((line) => JSON.parse(line).rule)), 'all.json');
    expect(policy.ok ? policy.value.rules.length : policy.error).toBe(lines.length);
  });
});
