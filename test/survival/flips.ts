import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DAMAGES, damageSector, makeEvening, SECTOR_BYTES } from '../support/damaged-journal.ts';
import { seededRandom } from '../support/seed.ts';
import { PROJECT } from './mutants.ts';
import { optionsOf } from './options.ts';
import { Report } from './report.ts';

const options = optionsOf({
  name: 'flips',
  does: 'Damages each sector of a journal, in three ways, and looks whether the kiosk notices and comes back.',
  round: 'at most so many sectors, 0 for all of them',
  rounds: 0,
  lanes: 1,
  breaks: { 'believes-the-disk': /: an entry was changed, and nobody noticed/ },
});
const cache = join(PROJECT, 'node_modules', '.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'munjigi-flips-'));
const report = new Report('flips', options);
const evening = await makeEvening(folder);
const all = evening.file.length / SECTOR_BYTES;
const table = new Map<string, number>();
const random = seededRandom(options.seed);
const sectors = Array.from({ length: all }, (_, sector) => ({ sector, at: random() }))
  .toSorted((one, other) => one.at - other.at)
  .slice(0, options.rounds === 0 ? all : options.rounds);
for (const [round, { sector }] of sectors.entries()) {
  if (report.isOver) break;
  for (const damage of DAMAGES) {
    const { outcome, problems } = await damageSector(evening, sector, damage, options.broken !== null);
    report.round(
      round + 1,
      problems.map((problem) => `sector ${sector} ${damage}: ${problem}`),
    );
    const row = `${damage.padEnd(10)} ${outcome}`;
    table.set(row, (table.get(row) ?? 0) + 1);
  }
}
rmSync(folder, { recursive: true, force: true });
report.end([...[...table].sort(([a], [b]) => a.localeCompare(b)), ['sectors', all]]);
