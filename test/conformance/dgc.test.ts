import { expect, it } from 'vitest';
import { vectorSet } from '../support/vectors.ts';
import { runDgc } from './dgc.ts';

const { dir, skip, note } = vectorSet('dgc-testdata');

it.skipIf(skip)(`every flag of the public EU certificates gets the reason it stands for${note}`, () => {
  const report = runDgc(dir);
  process.stdout.write(
    `dgc-testdata: ${report.files} files, ${report.flags} flags, ${report.agree} agree, ${report.exceptions.length} named exceptions\n`,
  );
  expect(report.disagreements).toEqual([]);
  expect(report.files).toBeGreaterThanOrEqual(163);
  expect(report.agree + report.exceptions.length).toBe(report.flags);
});
