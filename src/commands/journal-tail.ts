import { plainText } from '../base/plain-text.ts';
import { formatInstant, SECOND_MS } from '../base/time.ts';
import { realTimers } from '../base/timers.ts';
import type { Entry } from '../journal/entry.ts';
import { entriesFrom, type JournalReader, newestEntries } from '../journal/query.ts';
import { chooseDataPath, readDataFolder } from '../kiosk/data-folder.ts';
import { EXIT_OK, orUsage, parseCommandLine, print, refuseWords, tell, UsageError } from './command.ts';
import { readJournal } from './read-journal.ts';

export const USUAL_LINES = 20;
const MAX_LINES = 1_000_000;
const FOLLOW_EVERY_MS = SECOND_MS / 2;
const FOLLOW_BATCH = 1_000;

/** `journal tail`: the newest entries, oldest first. */
export async function tail(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    lines: { type: 'string', short: 'n' },
    follow: { type: 'boolean', short: 'f' },
    json: { type: 'boolean' },
  });
  refuseWords(positionals);
  const lines = Number(values.lines ?? USUAL_LINES);
  if (!Number.isInteger(lines) || lines < 0 || lines > MAX_LINES) {
    throw new UsageError(`--lines must be a number from 0 to ${MAX_LINES}, not '${values.lines}'`);
  }
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const show = (entry: Entry): void => print(values.json ? JSON.stringify(entry) : textOf(entry));
  await readJournal(orUsage(readDataFolder(dataPath)).journal, async (db) => {
    const newest = newestEntries(db, lines);
    for (const entry of newest) show(entry);
    if (values.follow) await follow(db, (newest.at(-1)?.seq ?? newestSeq(db)) + 1, show);
  });
  return EXIT_OK;
}

const newestSeq = (db: JournalReader): number => newestEntries(db, 1)[0]?.seq ?? -1;

function follow(db: JournalReader, from: number, show: (entry: Entry) => void): Promise<void> {
  let next = from;
  return new Promise((resolve, reject) => {
    const look = (): void => {
      try {
        for (const entry of entriesFrom(db, next, FOLLOW_BATCH)) {
          show(entry);
          next = entry.seq + 1;
        }
      } catch (thrown) {
        reject(thrown);
        return;
      }
      cancel = realTimers.after(FOLLOW_EVERY_MS, look);
    };
    let cancel = (): void => {};
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        cancel();
        resolve();
      });
    }
    look();
  });
}

const STAMP_MEMBERS = new Set(['v', 'seq', 'boot', 'monoMs', 'wallMs', 'clock', 'type', 'pass', 'facts']);

function textOf(entry: Entry): string {
  const told = Object.entries(entry)
    .filter(([name, value]) => !STAMP_MEMBERS.has(name) && value !== null)
    .map(([name, value]) => `${name}=${plainText(String(value))}`);
  const doubt = entry.clock === 'unsure' ? ' (clock unsure)' : '';
  return [`${entry.seq}`, `${formatInstant(entry.wallMs)}${doubt}`, entry.type, ...told].join('  ');
}
