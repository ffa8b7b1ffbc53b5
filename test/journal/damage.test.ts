import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAMAGES, damageSector, type Evening, makeEvening, SECTOR_BYTES } from '../support/damaged-journal.ts';

/** `npm run flips` damages every one of them. */
const EVERY = 4;

let evening: Evening;
const folder = mkdtempSync(join(tmpdir(), 'damage-'));
beforeAll(async () => {
  evening = await makeEvening(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a sector of the disk that goes bad', () => {
  it.each(DAMAGES)('(%s) changes no admission unnoticed, lets nobody in again and stops no start', async (damage) => {
    const problems: string[] = [];
    const outcomes = { unharmed: 0, noticed: 0 };
    const sectors = evening.file.length / SECTOR_BYTES;
    for (let sector = DAMAGES.indexOf(damage); sector < sectors; sector += EVERY) {
      const flip = await damageSector(evening, sector, damage);
      outcomes[flip.outcome] += 1;
      problems.push(...flip.problems.map((problem) => `sector ${sector}: ${problem}`));
    }
    expect(problems).toEqual([]);
    expect(outcomes.noticed).toBeGreaterThan(0);
  });
});
