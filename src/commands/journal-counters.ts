import { DAY_MS, dayIn, HOUR_MS, parseInstant, startOfDayIn } from '../base/time.ts';
import { type DayCounters, dayCounters } from '../journal/counters.ts';
import { entriesInTime } from '../journal/entries-in-time.ts';
import { entriesBetween } from '../journal/query.ts';
import { chooseDataPath, readDataFolder } from '../kiosk/data-folder.ts';
import { EXIT_OK, orUsage, parseCommandLine, print, refuseWords, tell, UsageError } from './command.ts';
import { wallNowMs } from './now.ts';
import { readJournal } from './read-journal.ts';
import { storedSettings } from './trust-options.ts';

/** `journal counters`: what was decided on one day of the site. */
export async function counters(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    day: { type: 'string' },
    json: { type: 'boolean' },
  });
  refuseWords(positionals);
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const folder = orUsage(readDataFolder(dataPath));
  const { zone } = storedSettings(folder);
  const day = values.day ?? dayIn(zone, wallNowMs());
  const { fromMs, toMs } = spanOf(day, zone);
  const counted = await readJournal(folder.journal, (db) => {
    const { from, to } = entriesInTime(db, fromMs, toMs);
    return dayCounters(entriesBetween(db, from, to), zone, fromMs, toMs);
  });
  if (values.json) print(JSON.stringify({ day, zone, ...counted }));
  else for (const line of linesOf(day, counted)) print(line);
  return EXIT_OK;
}

/** Days have 23 to 25 hours. */
function spanOf(day: string, zone: string): { readonly fromMs: number; readonly toMs: number } {
  const noon = parseInstant(`${day}T12:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || !noon.ok)
    throw new UsageError(`--day must be a day like 2021-12-13, not '${day}'`);
  // Noon in London is this day or one of its neighbours anywhere.
  const near = [noon.value - DAY_MS / 2, noon.value, noon.value + DAY_MS / 2].find((atMs) => dayIn(zone, atMs) === day);
  if (near === undefined) throw new UsageError(`there was no ${day} in ${zone}`);
  const fromMs = startOfDayIn(zone, near);
  return { fromMs, toMs: startOfDayIn(zone, fromMs + DAY_MS + 4 * HOUR_MS) };
}

function linesOf(day: string, { hours, ...all }: DayCounters): readonly string[] {
  const row = (name: string, ...counts: readonly number[]): string =>
    name.padEnd(22) + counts.map((count) => String(count).padStart(8)).join('');
  const rows = (title: string, tally: Readonly<Record<string, number>>): readonly string[] => [
    '',
    title,
    ...Object.entries(tally)
      .sort(([, one], [, other]) => other - one)
      .map(([name, count]) => row(`  ${name}`, count)),
  ];
  return [
    `${day.padEnd(22)}   admit  assist  refuse`,
    row('all day', all.admit, all.assist, all.refuse),
    ...hours.map(({ hour, admit, assist, refuse }) =>
      row(`  ${String(hour).padStart(2, '0')}:00`, admit, assist, refuse),
    ),
    ...rows('reason', all.reasons),
    ...rows('format', all.formats),
    ...rows('kind', all.kinds),
    '',
    row('let in by staff', all.staffAdmitted),
    row('turned away by staff', all.staffRefused),
    row('stickers', all.stickers),
  ];
}
