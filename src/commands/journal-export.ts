import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  rmdirSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '../base/assert.ts';
import { damagedNotes, damageText, reportDamage } from '../journal/damage-report.ts';
import { extractLog, type LogExtract } from '../journal/export.ts';
import { EXPORT_FILES } from '../journal/exported-log.ts';
import { formatVerifierKey } from '../journal/signed-note.ts';
import { chooseDataPath, readDataFolder } from '../kiosk/data-folder.ts';
import type { OfficeAnswer } from '../kiosk/office-request.ts';
import { counted, EXIT_OK, orUsage, parseCommandLine, refuseWords, required, tell, UsageError } from './command.ts';
import { carryOut } from './control-client.ts';
import { continuationOf, continuationText } from './journal-verify.ts';
import { readJournal } from './read-journal.ts';
import { seqFrom } from './seq.ts';
import { storedLogKey } from './stored-log-key.ts';

/** Made by the build from journal/verifier/web. */
const VERIFIER_PAGE = fileURLToPath(new URL('../journal/verifier/verify.html', import.meta.url));

const NEW_LINE = Buffer.from('\n');

/** `journal export`: what a stranger needs to check the log, in a new folder. */
export async function exportLog(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    out: { type: 'string' },
    from: { type: 'string' },
    damaged: { type: 'string' },
  });
  refuseWords(positionals);
  const out = required(values.out, '--out DIR');
  const from = values.from === undefined ? 0 : seqFrom(values.from, '--from');
  if (existsSync(out))
    throw new UsageError(`${out} is there already: name a folder that is not, nothing is overwritten`);
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  if (values.damaged !== undefined) {
    if (values.from !== undefined) throw new UsageError('--from is for a log that is whole, not for --damaged');
    return exportDamaged(values.damaged, out, dataPath);
  }
  const { journal } = orUsage(readDataFolder(dataPath));
  const size = await readJournal(journal, (db) => extractLog(db, 0).size);
  if (from > size) throw new UsageError(`--from names entry ${from} and the log has ${counted(size, 'signed entry')}`);
  const signed = await recordExport(out, dataPath, { exportFrom: from });
  await readJournal(journal, (db) => {
    const extract = extractLog(db, from);
    const { entries, checkpoints, start } = extract;
    write(out, { checkpoints, start }, String(signed['key']), (put) => {
      for (const lines of entries()) put(lines);
    });
    tell(
      `wrote entries ${from} to ${extract.size - 1} and ${EXPORT_FILES.verifier}, the page that checks them, to ${out}`,
    );
    if (from > 0) tell(`the check says that entries 0 to ${from - 1} are missing, unless it is told --from ${from}`);
    const continued = continuationOf(db);
    if (continued !== null) tell(`nothing from before is among them: ${continuationText(continued)}`);
  });
  tell(`verifier key, to be given by another way than the folder: ${signed['key']}`);
  return EXIT_OK;
}

/**
 * What is left of a journal that was set aside: the entries that are as they were written, without the salts and facts
 * that lie beside them in the file.
 */
async function exportDamaged(file: string, out: string, dataPath: string): Promise<number> {
  const key = storedLogKey(orUsage(readDataFolder(dataPath)));
  // Once before anything is written: a file that nothing can be read of is no export.
  const report = orUsage(reportDamage(file, key));
  const notes = orUsage(damagedNotes(file, key));
  if (report.sound === 0) throw new UsageError(`nothing in ${file} is as it was written; keep the file`);
  await recordExport(out, dataPath, { exportFrom: 0, damaged: basename(file) });
  write(out, { checkpoints: notes.join('\n'), start: null }, formatVerifierKey(key), (put) => {
    orUsage(reportDamage(file, key, (bytes) => put(Buffer.concat([bytes, NEW_LINE]))));
  });
  for (const line of damageText(report)) tell(line);
  tell(`wrote the ${counted(report.sound, 'sound entry')} to ${out}: its page names what is missing among them`);
  return EXIT_OK;
}

/** Says in the log what is given away, before any of it is, and not where there is no place for it. */
async function recordExport(
  out: string,
  dataPath: string,
  what: { readonly exportFrom: number; readonly damaged?: string },
): Promise<OfficeAnswer> {
  try {
    mkdirSync(out, { mode: 0o755 });
  } catch (thrown) {
    throw new UsageError(`${out} cannot be written: ${reasonOf(thrown)}`);
  }
  const signed = await carryOut(dataPath, { command: 'journal-checkpoint', ...what });
  if (!signed.ok) rmdirSync(out);
  return orUsage(signed);
}

/** Fills the folder that `recordExport` has made. */
function write(
  out: string,
  { checkpoints, start }: Pick<LogExtract, 'checkpoints' | 'start'>,
  key: string,
  fill: (put: (lines: Buffer) => void) => void,
): void {
  try {
    const file = openSync(join(out, EXPORT_FILES.entries), 'wx', 0o644);
    try {
      fill((lines) => void writeSync(file, lines));
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
