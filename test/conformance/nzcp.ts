import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { WallTime } from '../../src/base/time.ts';
import type { Trust } from '../../src/pass/trust.ts';
import { outcomeOf, type Run, Tally } from './outcome.ts';
import { filesBelow } from './vector-files.ts';

/** The specification's own verdicts (its section "Examples"), by file name. */
const EXPECTED: readonly (readonly [RegExp, string])[] = [
  [/^nzcp\.txt$/, 'ok'],
  [/bad-public-key|modified-sig|modified-payload/, 'bad-signature'],
  [/not-associated-public-key/, 'unknown-key'],
  [/expired-payload/, 'expired'],
  [/notactive-payload/, 'not-yet-valid'],
];

/** Every pass below `dir`; the clock must be before the "not active" example begins, on 2 November 2026. */
export function runNzcp(dir: string, trust: Trust, now: WallTime): Run {
  const tally = new Tally();
  for (const path of filesBelow(dir, /\.txt$/)) {
    const line = readFileSync(join(dir, path), 'latin1').replace(/\r?\n$/, '');
    if (!line.startsWith('NZCP:/')) continue;
    const expected = EXPECTED.find(([name]) => name.test(basename(path)))?.[1];
    const outcome = outcomeOf(line, trust, now);
    if (expected === undefined) tally.noteUnlisted(path, outcome);
    else tally.note(path, outcome, `nzcp: ${expected}`);
  }
  return tally;
}
