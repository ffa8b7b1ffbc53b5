import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WallTime } from '../../src/base/time.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { outcomeOf } from './outcome.ts';
import { Comparison, type Report } from './report.ts';
import { filesBelow } from './vector-files.ts';

/** What the passes of each folder are, and that no key for them is at hand. */
const EXPECTED: readonly (readonly [RegExp, RegExp])[] = [
  [/(^|\/)eu-dgc\/[^/]*\.txt$/, /^eu-dcc: unknown-key$/],
  [/(^|\/)icao\/[^/]*\.txt$/, /^vds-nc: (unknown-issuer|unsupported-format)$/],
  [/(^|\/)shc\/[^/]*\.txt$/, /^smart-health-card: (unknown-issuer|incomplete)$/],
  [/(^|\/)nl-coronacheck\/[^/]*\.txt$/, /^nl2: unsupported-format$/],
  [/(^|\/)divoc\/[^/]*\.(bin|zip)$/, /^divoc: unsupported-format$/],
];

/** The passes of KDE's Itinerary: each is told for what it is, and none is accepted without a key. */
export function runKde(dir: string, now: WallTime): Report {
  const comparison = new Comparison();
  for (const path of filesBelow(dir, /\.(txt|bin|zip)$/)) {
    const expected = EXPECTED.find(([folder]) => folder.test(path))?.[1];
    if (expected === undefined) continue;
    const bytes = readFileSync(join(dir, path), 'latin1');
    const line = path.endsWith('.txt') ? bytes.replace(/[\r\n]+$/, '') : bytes;
    const { format, reason } = outcomeOf(line, trustOf([]), now);
    comparison.note(`${path}: ${format}, ${reason}`, expected.test(`${format}: ${reason}`), true);
  }
  return comparison;
}
