import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { reasonOf } from '../base/assert.ts';
import { chooseDataPath, prepareDataFolder } from '../kiosk/data-folder.ts';
import type { SentFile } from '../kiosk/office-request.ts';
import { looksSigned } from '../trust/list-token.ts';
import type { LooseDocument } from '../trust/loose-key.ts';
import { parseTrustArgument, readSources, type TrustSource } from '../trust/read-sources.ts';
import { isRevocationFile } from '../trust/revocation-read.ts';
import type { NamedRevocations } from '../trust/trust-list.ts';
import { counted, EXIT_OK, orUsage, parseCommandLine, print, tell, UsageError } from './command.ts';
import { carryOut } from './control-client.ts';
import { openStoredTrust } from './trust-options.ts';
import { importRevocations, sentenceOf } from './trust-revocations.ts';

const sent = ({ name, bytes }: LooseDocument): SentFile => ({ name: resolve(name), bytes: bytes.toString('base64') });

/** `trust import`: one signed list and revocation lists, or with `--unsigned` any number of files of loose keys too. */
export async function importFiles(args: readonly string[]): Promise<number> {
  const { values, positionals: files } = parseCommandLine(args, {
    data: { type: 'string' },
    unsigned: { type: 'boolean' },
    root: { type: 'string' },
    fingerprint: { type: 'string' },
    json: { type: 'boolean' },
  });
  const { root, fingerprint, unsigned = false } = values;
  if (files.length === 0) throw new UsageError('name at least one file; see --help');
  if (unsigned && (root !== undefined || fingerprint !== undefined)) {
    throw new UsageError('--root and --fingerprint are for signed lists: leave them out, or leave out --unsigned');
  }
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const asJson = values.json === true;
  const sources = files.map(parseTrustArgument);
  const revocations = sources.filter(({ path }) => isRevocationFile(path));
  const documents = orUsage(readSources(sources.filter((source) => !revocations.includes(source))));
  if (documents.length > 0) {
    if (unsigned) await importLoose(documents, dataPath, asJson);
    else {
      const [rootFile] = root === undefined ? [] : orUsage(readSources([{ issuer: null, path: root }]));
      const more = rootFile === undefined ? {} : { root: sent(rootFile) };
      await importList(documents, { ...more, ...(fingerprint === undefined ? {} : { fingerprint }) }, dataPath, asJson);
    }
  }
  // After the list that may have just named them.
  for (const source of revocations) await importRevocationFile(source, unsigned, dataPath, asJson);
  return EXIT_OK;
}

async function importRevocationFile(
  source: TrustSource,
  unsigned: boolean,
  dataPath: string,
  asJson: boolean,
): Promise<void> {
  const named = namedBySignedList(dataPath, await digestOf(source.path));
  if (named === null && !unsigned) {
    throw new UsageError(
      `${source.path} is a revocation list that no signed trust list here names: say --unsigned if you know where it comes from`,
    );
  }
  const built = await importRevocations(dataPath, source, named);
  const { kind, issuer, entries } = built.list;
  const replaced = built.replaces?.entries ?? null;
  if (asJson) print(JSON.stringify({ kind, issuer, entries, signed: named !== null, replaced }));
  tell(sentenceOf(built));
}

/** What the signed list in use says of a file with this digest, or null. */
function namedBySignedList(dataPath: string, sha256: string): NamedRevocations | null {
  // A refusal must not leave a folder behind.
  if (!existsSync(dataPath)) return null;
  const folder = orUsage(prepareDataFolder(dataPath));
  if (!existsSync(folder.trust)) return null;
  const store = openStoredTrust(folder);
  try {
    const { list } = orUsage(store.contents());
    return list?.revocations.find((named) => named.sha256 === sha256) ?? null;
  } finally {
    store.close();
  }
}

/** SHA-256 of a file that need not fit into memory, hexadecimal. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (thrown) {
    throw new UsageError(`${path} cannot be read: ${reasonOf(thrown)}`);
  }
  return hash.digest('hex');
}

async function importLoose(documents: readonly LooseDocument[], dataPath: string, asJson: boolean): Promise<void> {
  const loose = documents.map((document) => ({ ...sent(document), issuer: document.issuer }));
  const done = orUsage(await carryOut(dataPath, { command: 'trust-import', documents: loose }));
  const [files, keys] = [Number(done['documents']), Number(done['keys'])];
  if (asJson) print(JSON.stringify({ documents: files, keys }));
  tell(`imported ${counted(keys, 'key')} from ${counted(files, 'file')}`);
}

async function importList(
  documents: readonly LooseDocument[],
  pinning: { readonly root?: SentFile; readonly fingerprint?: string },
  dataPath: string,
  asJson: boolean,
): Promise<void> {
  const [list, another] = documents;
  const unsigned = documents.find(({ bytes }) => !looksSigned(bytes));
  if (unsigned !== undefined) {
    throw new UsageError(
      `${unsigned.name} is no signed trust list: if it holds keys, say --unsigned if you know where they come from`,
    );
  }
  if (list === undefined || another !== undefined) {
    throw new UsageError('import signed lists one at a time, the oldest first');
  }
  if (list.issuer !== null) throw new UsageError(`${list.name} names its issuers itself: leave out ISSUER=`);
  const done = orUsage(await carryOut(dataPath, { command: 'trust-list-import', list: sent(list), ...pinning }));
  const { version, issuers, keys, imported, rootBecame } = done;
  if (asJson) print(JSON.stringify({ version, issuers, keys, imported }));
  if (rootBecame === 'pinned') tell('its root is pinned: from now on only lists that it signs are taken');
  if (rootBecame === 'handed-over')
    tell('the root before it has handed over: from now on only the new one signs lists');
  const size = `${counted(Number(issuers), 'issuer')} and ${counted(Number(keys), 'key')}`;
  tell(imported === true ? `imported trust list ${version} with ${size}` : `trust list ${version} is imported already`);
}
