import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  DAMAGES,
  type Damage,
  damageSector,
  type Evening,
  makeEvening,
  SECTOR_BYTES,
} from '../support/damaged-journal.ts';
import { seededRandom } from '../support/seed.ts';
import { buildOf, PROJECT } from './mutants.ts';
import { optionsOf } from './options.ts';
import { Report } from './report.ts';

const options = optionsOf({
  name: 'flips',
  does: 'Damages each sector of a journal and of a write-ahead log, cuts the journal off at each, and looks whether the kiosk notices.',
  round: 'at most so many sectors of the journal and as many of the write-ahead log, 0 for all of them',
  rounds: 0,
  lanes: 1,
  breaks: {
    'believes-the-disk': /: an entry was changed, and nobody noticed/,
    'gives-up-at-damage': /^wal .* used tickets are forgotten that stand in the log/,
  },
});
const cache = join(PROJECT, 'node_modules', '.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'munjigi-flips-'));
const report = new Report('flips', options);
const build = buildOf(options.broken);
const code = async <T>(path: string): Promise<T> => (await import(join(build.dist, path))) as T;
const { openKioskJournal } = await code<typeof import('../../src/kiosk/open-journal.ts')>('kiosk/open-journal.js');
const { openJournalReader } = await code<typeof import('../../src/journal/open.ts')>('journal/open.js');
const { LogAudit } = await code<typeof import('../../src/journal/log-audit.ts')>('journal/log-audit.js');
const kiosk = { openKioskJournal, openJournalReader, LogAudit };
const closed = await makeEvening(join(folder, 'closed'));
const killed = await makeEvening(join(folder, 'killed'), 'killed');
const random = seededRandom(options.seed);
const every = (evening: Evening, where: 'file' | 'wal', damages: readonly Damage[]) =>
  Array.from({ length: Math.floor(evening[where].length / SECTOR_BYTES) }, (_, sector) => ({
    ...{ evening, where, damages, sector },
    at: random(),
  })).toSorted((one, other) => one.at - other.at);
const inFile = every(closed, 'file', [...DAMAGES, 'cut off']);
// One that lost its end was cut off before it was written: what nobody signed then, nobody can miss.
const inWal = every(killed, 'wal', DAMAGES);
const most = Math.max(inFile.length, inWal.length);
const rounds = options.rounds === 0 ? most : Math.min(options.rounds, most);
const table = new Map<string, number>();
for (let round = 1; round <= rounds && !report.isOver; round += 1) {
  const problems: string[] = [];
  for (const { evening, where, sector, damages } of [inFile[round - 1], inWal[round - 1]].filter((each) => !!each)) {
    for (const damage of damages) {
      const flip = await damageSector(evening, where, sector, damage, kiosk);
      problems.push(...flip.problems.map((problem) => `${where} ${sector} ${damage}: ${problem}`));
      const remembers = flip.lostUses === 0 ? 'all asked about' : 'not all';
      const row = `${where.padEnd(4)} ${damage.padEnd(10)} ${flip.outcome.padEnd(8)} remembers ${remembers}`;
      table.set(row, (table.get(row) ?? 0) + 1);
    }
  }
  report.round(round, problems);
}
rmSync(folder, { recursive: true, force: true });
build.remove();
report.end([
  ...[...table].sort(([a], [b]) => a.localeCompare(b)),
  ['sectors of the journal', inFile.length],
  ['sectors of the write-ahead log', inWal.length],
]);
