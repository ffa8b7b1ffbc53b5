import { expect, it } from 'vitest';
import { vectorSet } from '../support/vectors.ts';
import { runCoseExamples } from './cose-examples.ts';

const { dir, skip, note } = vectorSet('cose-examples');

it.skipIf(skip)(`no false COSE message of the working group passes, and the others do or have a reason${note}`, () => {
  const report = runCoseExamples(dir);
  process.stdout.write(
    `cose-examples: ${report.vectors} messages, ${report.agree} agree, ${report.exceptions.length} named exceptions\n`,
  );
  expect(report.disagreements).toEqual([]);
  expect(report.agree + report.exceptions.length).toBe(report.vectors);
  expect(report.vectors).toBeGreaterThanOrEqual(46);
});
