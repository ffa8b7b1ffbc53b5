import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '../base/assert.ts';
import { extractLog, type LogExtract } from '../journal/export.ts';
import { EXPORT_FILES } from '../journal/exported-log.ts';
import { chooseDataPath, readDataFolder } from '../kiosk/data-folder.ts';
import { counted, EXIT_OK, orUsage, parseCommandLine, refuseWords, required, tell, UsageError } from './command.ts';
import { carryOut } from './control-client.ts';
import { continuationOf, continuationText } from './journal-verify.ts';
import { readJournal } from './read-journal.ts';
import { seqFrom } from './seq.ts';

/** Made by the build from journal/verifier/web. */
const VERIFIER_PAGE = fileURLToPath(new URL('../journal/verifier/verify.html', import.meta.url));

/** `journal export`: what a stranger needs to check the log, in a new folder. */
export async function exportLog(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    out: { type: 'string' },
    from: { type: 'string' },
  });
  refuseWords(positionals);
  const out = required(values.out, '--out DIR');
  const from = values.from === undefined ? 0 : seqFrom(values.from, '--from');
  if (existsSync(out))
    throw new UsageError(`${out} is there already: name a folder that is not, nothing is overwritten`);
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const { journal } = orUsage(readDataFolder(dataPath));
  const size = await readJournal(journal, (db) => extractLog(db, 0).size);
  if (from > size) throw new UsageError(`--from names entry ${from} and the log has ${counted(size, 'signed entry')}`);
  const signed = orUsage(await carryOut(dataPath, { command: 'journal-checkpoint', exportFrom: from }));
  await readJournal(journal, (db) => {
    const extract = extractLog(db, from);
    write(out, extract, String(signed['key']));
    tell(
      `wrote entries ${from} to ${extract.size - 1} and ${EXPORT_FILES.verifier}, the page that checks them, to ${out}`,
    );
    const continued = continuationOf(db);
    if (continued !== null) tell(`nothing from before is among them: ${continuationText(continued)}`);
  });
  tell(`verifier key, to be given by another way than the folder: ${signed['key']}`);
  return EXIT_OK;
}

function write(out: string, { entries, checkpoints, start }: LogExtract, key: string): void {
  try {
    mkdirSync(out, { mode: 0o755 });
    const file = openSync(join(out, EXPORT_FILES.entries), 'wx', 0o644);
    try {
      for (const lines of entries()) writeSync(file, lines);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    writeFileSync(join(out, EXPORT_FILES.checkpoints), checkpoints);
    writeFileSync(join(out, EXPORT_FILES.key), `${key}\n`);
    if (start !== null) writeFileSync(join(out, EXPORT_FILES.start), start);
    copyFileSync(VERIFIER_PAGE, join(out, EXPORT_FILES.verifier));
  } catch (thrown) {
    throw new UsageError(`${out} cannot be written: ${reasonOf(thrown)}`);
  }
}
