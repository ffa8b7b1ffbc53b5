import { writeFileSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { newestCheckpoint, proveEntry } from '../journal/prove.ts';
import { chooseDataPath, readDataFolder } from '../kiosk/data-folder.ts';
import { EXIT_OK, orUsage, parseCommandLine, refuseWords, required, tell, UsageError } from './command.ts';
import { carryOut } from './control-client.ts';
import { readJournal } from './read-journal.ts';
import { seqFrom } from './seq.ts';

/** `journal prove`: one entry, with its proof. */
export async function prove(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { data: { type: 'string' }, out: { type: 'string' } });
  const [subject, ...more] = positionals;
  refuseWords(more);
  const seq = seqFrom(required(subject, 'the number of the entry'), 'SEQ');
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const { journal } = orUsage(readDataFolder(dataPath));
  const covered = await readJournal(journal, (db) => newestCheckpoint(db)?.size ?? 0);
  if (covered <= seq) orUsage(await carryOut(dataPath, { command: 'journal-checkpoint' }));
  const proof = orUsage(await readJournal(journal, (db) => proveEntry(db, seq)));
  if (values.out === undefined) {
    process.stdout.write(proof);
    return EXIT_OK;
  }
  try {
    writeFileSync(values.out, proof);
  } catch (thrown) {
    throw new UsageError(`${values.out} cannot be written: ${reasonOf(thrown)}`);
  }
  tell(`wrote ${values.out}`);
  return EXIT_OK;
}
