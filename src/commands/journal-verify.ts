import { createReadStream, existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../base/assert.ts';
import { err, type Result } from '../base/result.ts';
import { formatInstant } from '../base/time.ts';
import { checkProof } from '../journal/check-proof.ts';
import type { CheckpointTime } from '../journal/checkpoint.ts';
import { damageText, reportDamage } from '../journal/damage-report.ts';
import type { Note } from '../journal/entry.ts';
import { checkExported, EXPORT_FILES, notesOf, ownFileFault, readKeys } from '../journal/exported-log.ts';
import { JournalFault } from '../journal/journal.ts';
import { headBeside } from '../journal/kept-head.ts';
import type { KeptText } from '../journal/kept-notes.ts';
import { knownWitnesses } from '../journal/known-kiosks.ts';
import { type LogReport, reportJson } from '../journal/log-report.ts';
import { sha256, verifyEd25519 } from '../journal/native-crypto.ts';
import { entriesOfTypes, type JournalReader } from '../journal/query.ts';
import { type InBoth, reportText } from '../journal/report-text.ts';
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../journal/signed-note.ts';
import { checkStored } from '../journal/stored-log.ts';
import { chooseDataPath, readDataFolder } from '../kiosk/data-folder.ts';
import { EXIT_NOT_ALL, EXIT_OK, orUsage, parseCommandLine, print, refuseWords, tell, UsageError } from './command.ts';
import { readJournal } from './read-journal.ts';
import { seqFrom } from './seq.ts';
import { storedLogKey } from './stored-log-key.ts';
import { textFrom } from './text-file.ts';

type Continuation = Extract<Note, { readonly type: 'log-continued' }>;

interface Given {
  readonly keys: readonly string[];
  readonly witnesses: readonly KeptText[];
  readonly witnessKeys: readonly string[];
}

/** `journal verify`: a log, an export of one, or one proof. */
export async function verify(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    export: { type: 'string' },
    proof: { type: 'string' },
    damaged: { type: 'string' },
    key: { type: 'string', multiple: true },
    checkpoint: { type: 'string', multiple: true },
    'witness-key': { type: 'string', multiple: true },
    json: { type: 'boolean' },
  });
  refuseWords(positionals);
  const witnesses: KeptText[] = [];
  for (const path of values.checkpoint ?? []) {
    witnesses.push({ text: await textFrom(path), file: path === '-' ? 'standard input' : path });
  }
  const given: Given = { keys: values.key ?? [], witnesses, witnessKeys: values['witness-key'] ?? [] };
  if (values.proof !== undefined) return verifyProof(await textFrom(values.proof), given.keys);
  if (values.damaged !== undefined) return verifyDamaged(values.damaged, values.data, given.keys, values.json === true);
  const from = values.from === undefined ? 0 : seqFrom(values.from, '--from');
  const to = values.to === undefined ? null : seqFrom(values.to, '--to');
  if (values.export !== undefined && to !== null) {
    throw new UsageError('--to is for the log of this kiosk: an export is checked up to its end');
  }
  if (to !== null && to < from) {
    throw new UsageError(`the end of the stretch lies before its beginning: --to ${to} must be ${from} or more`);
  }
  const report =
    values.export === undefined
      ? await verifyStored(values.data, { from, to }, given)
      : await verifyExport(values.export, from, given);
  if (values.json) print(reportJson(report));
  else for (const line of reportText(report, 'en')) print(line);
  return report.problems.length === 0 ? EXIT_OK : EXIT_NOT_ALL;
}

function verifyProof(text: string, keyTexts: readonly string[]): number {
  if (keyTexts.length === 0)
    throw new UsageError('--key is missing: a proof counts for whoever has the key of the log');
  const keys = orUsage(readKeys(sha256, keyTexts));
  const checked = checkProof(sha256, verifyEd25519, text, keys);
  if (!checked.ok) {
    print(checked.error.en);
    return EXIT_NOT_ALL;
  }
  const { origin, seq, bytes, signed } = checked.value;
  tell(`entry ${seq} of ${origin}, signed ${signedText(signed)}`);
  print(Buffer.from(bytes).toString('utf8'));
  return EXIT_OK;
}

function signedText(signed: CheckpointTime | null): string {
  if (signed === null) return 'at a time not given';
  return `${formatInstant(signed.atMs)}${signed.trusted ? '' : ', by a clock that nobody vouched for'}`;
}

async function verifyStored(
  data: string | undefined,
  stretch: { readonly from: number; readonly to: number | null },
  { keys, witnesses, witnessKeys }: Given,
): Promise<LogReport> {
  const dataPath = chooseDataPath(data);
  tell(`data folder: ${dataPath}`);
  const folder = orUsage(readDataFolder(dataPath));
  const logKeys = keys.length > 0 ? orUsage(readKeys(sha256, keys)) : [storedLogKey(folder)];
  const report = orUsage(
    await readJournal(folder.journal, (db) => {
      const first = continuationOf(db);
      if (first !== null) tell(continuationText(first));
      const known = witnessKeys.length > 0 ? orUsage(readKeys(sha256, witnessKeys)) : knownWitnesses(db);
      if (witnessKeys.length === 0) for (const key of known) tell(`witness key kept here: ${formatVerifierKey(key)}`);
      const head = headBeside(db, folder.journal, logKeys);
      return checkStored(db, stretch, { keys: logKeys, witnesses, witnessKeys: known, head });
    }),
  );
  // A key that is kept here is the right one, even where a stretch holds nothing that it has signed.
  return witnessKeys.length > 0 ? report : { ...report, unusedWitnessKeys: [] };
}

/** The first entry of a log that has taken the place of a damaged one; null for every other log. */
export function continuationOf(db: JournalReader): Continuation | null {
  try {
    const [first] = entriesOfTypes(db, 0, 1, ['log-continued']);
    return first?.type === 'log-continued' ? first : null;
  } catch (thrown) {
    // What is wrong with it is for the check to say.
    if (!(thrown instanceof JournalFault)) throw thrown;
    return null;
  }
}

/** Where a log begins that has taken the place of a damaged one, in one sentence. */
export function continuationText({ file, origin, size, root, whole }: Continuation): string {
  const head =
    size === null
      ? 'nothing of it that was signed can be read'
      : `${origin} as signed over ${size} entries, root ${root}`;
  const memory = whole ? '' : '; not every pass that was used before could be read';
  const kept =
    file === null
      ? 'nothing of it was left to be kept'
      : `it is kept as damaged/${file}: munjigi journal verify --damaged FILE, or export --damaged FILE`;
  return `this log goes on from a damaged one, ${head}${memory}; ${kept}`;
}

function verifyDamaged(file: string, data: string | undefined, keys: readonly string[], isJson: boolean): number {
  const key = keys[0] === undefined ? keyIn(chooseDataPath(data)) : orUsage(parseVerifierKey(sha256, keys[0]));
  const report = orUsage(reportDamage(file, key));
  if (isJson) print(JSON.stringify(report));
  else for (const line of damageText(report)) print(line);
  return report.stretches.length === 0 ? EXIT_OK : EXIT_NOT_ALL;
}

function keyIn(dataPath: string): VerifierKey {
  const folder = readDataFolder(dataPath);
  if (!folder.ok) throw new UsageError(`${folder.error}, or give the log's key with --key`);
  return storedLogKey(folder.value);
}

async function verifyExport(
  folder: string,
  askedFrom: number,
  { keys, witnesses, witnessKeys }: Given,
): Promise<LogReport> {
  const file = (name: string): string => join(folder, name);
  const own = new Set(Object.values(EXPORT_FILES).map((name) => realPath(file(name))));
  for (const witness of witnesses) {
    if (witness.file !== null && own.has(realPath(witness.file))) throw new UsageError(ownFileFault(witness.file).en);
  }
  const start = existsSync(file(EXPORT_FILES.start)) ? await textFrom(file(EXPORT_FILES.start)) : null;
  const texts = {
    checkpoints: await textFrom(file(EXPORT_FILES.checkpoints)),
    keys: keys.length > 0 ? keys : [await textFrom(file(EXPORT_FILES.key))],
    witnesses,
    witnessKeys,
  };
  if (keys.length === 0)
    tell('the key is the one that lies in the export: compare it with the one that the kiosk shows');
  const notes = inEnglish(notesOf(sha256, texts));
  const check = inEnglish(checkExported(sha256, verifyEd25519, notes, start, askedFrom));
  await eachLine(file(EXPORT_FILES.entries), (line) => check.entry(line));
  return check.finish();
}

/** Where a file lies, whatever links lead to it; as it was named where nothing lies there. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

const inEnglish = <T>(result: Result<T, InBoth>): T => orUsage(result.ok ? result : err(result.error.en));

/** The lines of a file without their line feeds, in the memory of the longest. */
async function eachLine(path: string, take: (line: Buffer) => void): Promise<void> {
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let from = 0;
      for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', from)) {
        take(bytes.subarray(from, end));
        from = end + 1;
      }
      rest = Buffer.from(bytes.subarray(from));
    }
  } catch (thrown) {
    throw new UsageError(`${path} cannot be read: ${reasonOf(thrown)}`);
  }
  if (rest.length > 0) take(rest);
}
