import { siteDayIn, siteDaySpan } from '../base/site-day.ts';
import { parseInstant } from '../base/time.ts';
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
  const day = values.day ?? siteDayIn(zone, wallNowMs());
  const { fromMs, toMs } = spanOf(day, zone);
  const counted = await readJournal(folder.journal, (db) => {
    const { from, to } = entriesInTime(db, fromMs, toMs);
    return dayCounters(entriesBetween(db, from, to), zone, fromMs, toMs);
  });
  if (values.json) print(JSON.stringify({ day, zone, ...counted }));
  else for (const line of linesOf(day, counted)) print(line);
  return EXIT_OK;
}

function spanOf(day: string, zone: string): { readonly fromMs: number; readonly toMs: number } {
  if (!parseInstant(`${day}T12:00:00Z`).ok) throw new UsageError(`--day must be a day like 2021-12-13, not '${day}'`);
  const span = siteDaySpan(zone, day);
  if (span === null) throw new UsageError(`there was no ${day} in ${zone}`);
  return span;
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
    ...rows('why staff decided so', all.staffReasons),
  ];
}
