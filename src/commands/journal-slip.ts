import { writeFileSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { siteDayIn, siteDaySpan } from '../base/site-day.ts';
import { formatCheckpointCode } from '../journal/checkpoint-code.ts';
import { sha256 } from '../journal/native-crypto.ts';
import { parseVerifierKey } from '../journal/signed-note.ts';
import { chooseDataPath, readDataFolder } from '../kiosk/data-folder.ts';
import { slipPicture } from '../kiosk/slip-picture.ts';
import { wordsOf } from '../kiosk/witness-desk.ts';
import { encodePng } from '../sticker/png.ts';
import { EXIT_OK, orUsage, parseCommandLine, refuseWords, tell, UsageError } from './command.ts';
import { carryOut } from './control-client.ts';
import { wallNowMs } from './now.ts';
import { storedSettings } from './trust-options.ts';

/** What most printers have: 58 mm paper. */
const PICTURE_PAPER = { widthDots: 384, dpi: 203 };

/** `journal slip`: the paper slip of a day, from the kiosk's printer or as a picture. */
export async function slip(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    day: { type: 'string' },
    out: { type: 'string' },
  });
  refuseWords(positionals);
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  if (values.out !== undefined) return draw(dataPath, values.day, values.out);
  const day = values.day === undefined ? {} : { day: values.day };
  const printed = orUsage(await carryOut(dataPath, { command: 'journal-slip', ...day }));
  tell(`printed the slip of ${printed['day']}`);
  return EXIT_OK;
}

async function draw(dataPath: string, named: string | undefined, out: string): Promise<number> {
  const folder = orUsage(readDataFolder(dataPath));
  const { zone, venueName } = storedSettings(folder);
  const madeAtMs = wallNowMs();
  const day = named ?? siteDayIn(zone, madeAtMs);
  const span = siteDaySpan(zone, day);
  if (span === null) throw new UsageError(`--day must be a day like 2021-12-13, not '${day}'`);
  if (span.fromMs > madeAtMs) throw new UsageError(`${day} has not come yet`);
  const signed = orUsage(await carryOut(dataPath, { command: 'journal-checkpoint' }));
  const key = orUsage(parseVerifierKey(sha256, String(signed['key'])));
  const proof = { old: 0, path: [], checkpoint: String(signed['note']) };
  const known = {
    venue: venueName,
    day,
    log: key.name,
    words: wordsOf(key),
    code: formatCheckpointCode({ key, proof }),
  };
  const journalPath = folder.journal;
  const picture = orUsage(slipPicture({ journalPath, zone, ...span, madeAtMs, known, paper: PICTURE_PAPER }));
  try {
    writeFileSync(out, encodePng(picture));
  } catch (thrown) {
    throw new UsageError(`${out} cannot be written: ${reasonOf(thrown)}`);
  }
  tell(`wrote ${out}`);
  return EXIT_OK;
}
