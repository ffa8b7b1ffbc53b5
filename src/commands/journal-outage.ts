import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '../base/assert.ts';
import { DAY_MS, formatMinuteIn, MINUTE_MS } from '../base/time.ts';
import { type EntryRange, entriesInTime } from '../journal/entries-in-time.ts';
import { loadLogKey } from '../journal/log-key.ts';
import { MAX_OUTAGE_DAYS, makeOutage } from '../journal/make-outage.ts';
import type { OutageCertificate, OutageInterval } from '../journal/outage.ts';
import { outageDocument } from '../journal/outage-document.ts';
import { readOutage, signOutage } from '../journal/outage-file.ts';
import { OutageTimes, type ShownTime } from '../journal/outage-times.ts';
import { CAUSE_WORDS, REASON_WORDS, unknownText } from '../journal/outage-words.ts';
import { entriesBetween, type JournalReader } from '../journal/query.ts';
import { chooseDataPath, readDataFolder } from '../kiosk/data-folder.ts';
import { encodeTextQr } from '../sticker/qr.ts';
import { qrSvg } from '../sticker/qr-svg.ts';
import { EXIT_OK, orUsage, parseCommandLine, print, refuseWords, required, tell, UsageError } from './command.ts';
import { carryOut } from './control-client.ts';
import { timeFrom, wallNowMs } from './now.ts';
import { readJournal } from './read-journal.ts';
import { storedSettings } from './trust-options.ts';

/** Beside a time of which no clock that somebody vouched for says that it was then. */
const MARKS: Readonly<Record<ShownTime['mark'], string>> = {
  ...{ trusted: '', unsure: ' (unsure clock)', 'hand-set': ' (clock set by hand)', reckoned: ' (reckoned)' },
};
/** Made by the build from journal/verifier/web. */
const TEMPLATE = fileURLToPath(new URL('../journal/verifier/outage.html', import.meta.url));

/** `journal outage`: when this kiosk could not check, signed with the key of its log. */
export async function outage(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    out: { type: 'string' },
    html: { type: 'string' },
    json: { type: 'boolean' },
  });
  refuseWords(positionals);
  const fromMs = timeFrom(required(values.from, '--from TIME'), '--from');
  const toMs = timeFrom(required(values.to, '--to TIME'), '--to');
  if (toMs <= fromMs) throw new UsageError('--to must be later than --from');
  if (toMs - fromMs > MAX_OUTAGE_DAYS * DAY_MS) {
    throw new UsageError(`one certificate covers at most ${MAX_OUTAGE_DAYS} days: ask for less at a time`);
  }
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const folder = orUsage(readDataFolder(dataPath));
  const madeAtMs = wallNowMs();
  const { from, isKnown } = await readJournal(folder.journal, (db) => {
    const range = entriesInTime(db, fromMs, toMs);
    return { from: range.from, isKnown: fromMs <= madeAtMs || hasEntryIn(db, range, fromMs, toMs) };
  });
  if (!isKnown) throw new UsageError('that time has not come yet by this clock: ask for one that has');
  const { venueName, zone, venueId, kioskId } = storedSettings(folder);
  for (const path of [values.out, values.html]) if (path !== undefined) mustHavePlace(path);
  // Signed up to now, after an entry that says that something is given away.
  const signed = orUsage(await carryOut(dataPath, { command: 'journal-checkpoint', exportFrom: from }));
  const key = orUsage(loadLogKey(folder.logKey, { venueId, kioskId }));
  const question = { fromMs, toMs, madeAtMs, log: key.origin, venue: venueName, zone };
  const certificate = orUsage(await readJournal(folder.journal, (db) => makeOutage(db, question)));
  const file = signOutage(certificate, key);
  if (values.out !== undefined) write(values.out, `${file}\n`);
  if (values.html !== undefined) write(values.html, documentOf(file, certificate.after));
  if (values.json) print(file);
  else for (const line of linesOf(certificate)) print(line);
  tell(`verifier key, to be given by another way than the certificate: ${signed['key']}`);
  return EXIT_OK;
}

/** Under a clock that was ahead, there are entries of a time that has not come. */
function hasEntryIn(db: JournalReader, { from, to }: EntryRange, fromMs: number, toMs: number): boolean {
  for (const { wallMs } of entriesBetween(db, from, to)) if (wallMs >= fromMs && wallMs <= toMs) return true;
  return false;
}

function documentOf(file: string, checkpoint: string): string {
  const signed = readOutage(file);
  if (!signed.ok) throw new UsageError('there are too many outages for one certificate: ask for less time at once');
  const code = qrSvg(orUsage(encodeTextQr(checkpoint)));
  return outageDocument(readFileSync(TEMPLATE, 'utf8'), file, signed.value, code);
}

/** Asked before the log says that something was given away. */
function mustHavePlace(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (thrown) {
    throw new UsageError(`${path} cannot be written: ${reasonOf(thrown)}`);
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (thrown) {
    throw new UsageError(`${path} cannot be written: ${reasonOf(thrown)}`);
  }
  tell(`wrote ${path}`);
}

function linesOf(certificate: OutageCertificate): readonly string[] {
  const { first, intervals, further, counts, zone } = certificate;
  const { admitted, assisted, refused, serverBound } = counts;
  const times = new OutageTimes(certificate);
  const unknown = unknownText(certificate, (instant) => formatMinuteIn(zone, Date.parse(instant)));
  if (first === null && intervals.length === 0)
    return ['there are no records of this time', ...(unknown === null ? [] : [unknown.en])];
  return [
    ...(unknown === null ? [] : [unknown.en]),
    ...intervals.map((interval) => lineOf(interval, times, zone)),
    ...(further === 0 ? [] : [`others, not listed here: ${further}`]),
    ...(intervals.length === 0 ? ['no outage in this time'] : []),
    `in all: admitted ${admitted}, assisted ${assisted}, refused ${refused}; codes that only a server can judge: ${serverBound}`,
  ];
}

function lineOf(interval: OutageInterval, times: OutageTimes, zone: string): string {
  const { cause, reason, from, to, during } = interval;
  const at = ({ atMs, mark }: ShownTime): string => `${formatMinuteIn(zone, atMs)}${MARKS[mark]}`;
  const until = to === null ? `still so at ${at(times.stillSoAt(interval))}` : at(times.of(to));
  const why = `${CAUSE_WORDS[cause].en}${reason === null ? '' : ` (${REASON_WORDS[reason].en})`}`;
  const lastedMs = times.lastedMs(interval);
  const minutes = lastedMs === null ? '? min' : `${Math.round(lastedMs / MINUTE_MS)} min`;
  const counts = `admitted ${during.admitted}, assisted ${during.assisted}, refused ${during.refused}`;
  return [at(times.of(from)), until, ...(to === null ? [] : [minutes]), why, counts].join('  ');
}
