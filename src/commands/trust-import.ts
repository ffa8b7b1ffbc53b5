import { resolve } from 'node:path';
import { chooseDataPath } from '../kiosk/data-folder.ts';
import type { SentFile } from '../kiosk/office-request.ts';
import { looksSigned } from '../trust/list-token.ts';
import type { LooseDocument } from '../trust/loose-key.ts';
import { parseTrustArgument, readSources } from '../trust/read-sources.ts';
import { counted, EXIT_OK, orUsage, parseCommandLine, print, tell, UsageError } from './command.ts';
import { carryOut } from './control-client.ts';

const sent = ({ name, bytes }: LooseDocument): SentFile => ({ name: resolve(name), bytes: bytes.toString('base64') });

/** `trust import`: one signed list, or with `--unsigned` any number of files of loose keys. */
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
  const documents = orUsage(readSources(files.map(parseTrustArgument)));
  if (unsigned) return importLoose(documents, dataPath, asJson);
  const [rootFile] = root === undefined ? [] : orUsage(readSources([{ issuer: null, path: root }]));
  const more = rootFile === undefined ? {} : { root: sent(rootFile) };
  return importList(documents, { ...more, ...(fingerprint === undefined ? {} : { fingerprint }) }, dataPath, asJson);
}

async function importLoose(documents: readonly LooseDocument[], dataPath: string, asJson: boolean): Promise<number> {
  const loose = documents.map((document) => ({ ...sent(document), issuer: document.issuer }));
  const done = orUsage(await carryOut(dataPath, { command: 'trust-import', documents: loose }));
  const [files, keys] = [Number(done['documents']), Number(done['keys'])];
  if (asJson) print(JSON.stringify({ documents: files, keys }));
  tell(`imported ${counted(keys, 'key')} from ${counted(files, 'file')}`);
  return EXIT_OK;
}

async function importList(
  documents: readonly LooseDocument[],
  pinning: { readonly root?: SentFile; readonly fingerprint?: string },
  dataPath: string,
  asJson: boolean,
): Promise<number> {
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
  return EXIT_OK;
}
