import { writeFileSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { parseCheckpoint } from '../journal/checkpoint.ts';
import { formatCheckpointCode } from '../journal/checkpoint-code.ts';
import { type ConsistencyProof, formatConsistency } from '../journal/consistency.ts';
import { consistencyPath } from '../journal/merkle.ts';
import { sha256 } from '../journal/native-crypto.ts';
import { parseNote, parseVerifierKey } from '../journal/signed-note.ts';
import { TreeStore } from '../journal/tree-store.ts';
import { chooseDataPath, readDataFolder } from '../kiosk/data-folder.ts';
import { encodePng } from '../sticker/png.ts';
import { encodeAlphanumericQr } from '../sticker/qr.ts';
import { qrPicture } from '../sticker/qr-picture.ts';
import { EXIT_OK, orUsage, parseCommandLine, print, refuseWords, tell, UsageError } from './command.ts';
import { carryOut } from './control-client.ts';
import { readJournal } from './read-journal.ts';
import { seqFrom } from './seq.ts';

/** What a telephone reads from a screen or a printed slip. */
const DOTS_A_MODULE = 8;

/** `journal checkpoint`: signs the log as it is. */
export async function checkpoint(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    since: { type: 'string' },
    qr: { type: 'string' },
    code: { type: 'boolean' },
    json: { type: 'boolean' },
  });
  refuseWords(positionals);
  const since = values.since === undefined ? null : seqFrom(values.since, '--since');
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const signed = orUsage(await carryOut(dataPath, { command: 'journal-checkpoint' }));
  const note = String(signed['note']);
  const proof = since === null ? { old: 0, path: [], checkpoint: note } : await proofSince(dataPath, note, since);
  const key = orUsage(parseVerifierKey(sha256, String(signed['key'])));
  const code = formatCheckpointCode({ key, proof });
  if (values.qr !== undefined) writePicture(values.qr, code);
  tell(`verifier key: ${signed['key']}`);
  if (values.code) {
    print(code);
    return EXIT_OK;
  }
  const told = since === null ? note : formatConsistency(proof);
  if (values.json) print(JSON.stringify({ note: told, key: signed['key'] }));
  else process.stdout.write(told);
  return EXIT_OK;
}

async function proofSince(dataPath: string, note: string, old: number): Promise<ConsistencyProof> {
  const { size } = orUsage(parseCheckpoint(orUsage(parseNote(note)).text));
  if (old > size) throw new UsageError(`--since names ${old} entries and the log has ${size}`);
  return readJournal(orUsage(readDataFolder(dataPath)).journal, (db) => {
    const path = consistencyPath(sha256, new TreeStore(db).subtree, old, size);
    return { old, path, checkpoint: note };
  });
}

function writePicture(path: string, code: string): void {
  const matrix = orUsage(encodeAlphanumericQr(code));
  try {
    writeFileSync(path, encodePng(qrPicture(matrix, DOTS_A_MODULE)));
  } catch (thrown) {
    throw new UsageError(`${path} cannot be written: ${reasonOf(thrown)}`);
  }
  tell(`wrote ${path}`);
}
