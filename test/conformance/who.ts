import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { WallTime } from '../../src/base/time.ts';
import type { Trust } from '../../src/pass/trust.ts';
import { outcomeOf, type Run, Tally } from './outcome.ts';
import { filesBelow } from './vector-files.ts';

/**
 * The collection of the WHO's validators holds passes of many formats and no keys: each must be told for what it is,
 * and none may be read as a certificate of the EU that is not one.
 */
const EXPECTED: readonly (readonly [RegExp, string])[] = [
  [/^(WHO|DVC).*(Contents|QR)\.txt$/, 'who-ddcc: unknown-key'],
  [/^EU.*Contents\.txt$/, 'eu-dcc: unknown-key'],
  [/^ICAO.*Contents\.txt$/, 'vds-nc: unknown-issuer'],
  [/^SHC.*Contents\.txt$/, 'smart-health-card: unknown-issuer'],
];
/** A DIVOC certificate is bytes, and these files are text that lost some of them. */
const NOT_SCANS = /^DIVOC/;

export function runWho(dir: string, trust: Trust, now: WallTime): Run {
  const tally = new Tally();
  for (const path of filesBelow(dir, /(Contents|QR)\.txt$/)) {
    const name = basename(path);
    if (NOT_SCANS.test(name)) continue;
    const expected = EXPECTED.find(([pattern]) => pattern.test(name))?.[1];
    const outcome = outcomeOf(lineIn(join(dir, path)), trust, now);
    if (expected === undefined) tally.noteUnlisted(path, outcome);
    else tally.note(path, outcome, expected);
  }
  return tally;
}

/** The one line of a file; a seal that stands in a list of one is taken out of it. */
export function lineIn(path: string): string {
  const text = readFileSync(path, 'latin1').replace(/[\r\n]+$/, '');
  return /^\s*\[/.test(text) ? JSON.stringify(JSON.parse(text)[0]) : text;
}
