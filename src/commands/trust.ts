import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { plainText } from '../base/plain-text.ts';
import { formatInstant } from '../base/time.ts';
import { chooseDataPath, readDataFolder } from '../kiosk/data-folder.ts';
import { parseTrustArgument, readSources } from '../trust/read-sources.ts';
import { isRevocationFile } from '../trust/revocation-read.ts';
import { openTrustStore } from '../trust/trust-store.ts';
import {
  type Command,
  counted,
  EXIT_OK,
  orUsage,
  parseCommandLine,
  print,
  refuseWords,
  runAction,
  tell,
  UsageError,
} from './command.ts';
import { carryOut } from './control-client.ts';
import { importRevocations, listRevocations, sentenceOf } from './trust-revocations.ts';

export const trust: Command = {
  help: `Usage: munjigi trust import --unsigned [ISSUER=]FILE... [--json] [--data DIR]
       munjigi trust list [--json] [--data DIR]

import   adds keys to what this kiosk trusts; a file of the same name and issuer is replaced.
         All files are taken or none, and the import is an entry of the journal.
         --json prints how many files and keys were taken.
         A revocation list takes the place of the one about the same, whole: batches of the EU's list (all of one country
         and hash type in one file), a card revocation list (ISSUER=FILE), the pages of pretix's revoked or blocked
         secrets, or {"iss", "version", "revokedIds"} for entry passes and stickers. --json prints one line for each.
list     shows the files that were imported and the keys in them.`,

  run: (args) => runAction('trust', ACTIONS, args),
};

const ACTIONS = new Map([
  ['import', importFiles],
  ['list', listKeys],
]);

async function importFiles(args: readonly string[]): Promise<number> {
  const { values, positionals: files } = parseCommandLine(args, {
    data: { type: 'string' },
    unsigned: { type: 'boolean' },
    json: { type: 'boolean' },
  });
  if (files.length === 0) throw new UsageError('name at least one file of keys; see --help');
  if (values.unsigned !== true) {
    throw new UsageError('this version imports loose keys alone: say --unsigned if you know where they come from');
  }
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const sources = files.map(parseTrustArgument);
  const lists = sources.filter(({ path }) => isRevocationFile(path));
  for (const list of lists) {
    const built = await importRevocations(dataPath, list, null);
    const { kind, issuer, entries } = built.list;
    if (values.json) print(JSON.stringify({ kind, issuer, entries, replaced: built.replaces?.entries ?? null }));
    tell(sentenceOf(built));
  }
  if (lists.length === sources.length) return EXIT_OK;
  const read = orUsage(readSources(sources.filter((source) => !lists.includes(source))));
  const sent = read.map(({ name, issuer, bytes }) => ({
    name: resolve(name),
    issuer,
    bytes: bytes.toString('base64'),
  }));
  const done = orUsage(await carryOut(dataPath, { command: 'trust-import', documents: sent }));
  const [documents, keys] = [Number(done['documents']), Number(done['keys'])];
  if (values.json) print(JSON.stringify({ documents, keys }));
  tell(`imported ${counted(keys, 'key')} from ${counted(documents, 'file')}`);
  return EXIT_OK;
}

async function listKeys(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { data: { type: 'string' }, json: { type: 'boolean' } });
  refuseWords(positionals);
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  return list(dataPath, values.json === true);
}

function list(dataPath: string, asJson: boolean): number {
  const folder = orUsage(readDataFolder(dataPath));
  listRevocations(folder, asJson);
  if (!existsSync(folder.trust)) {
    tell('no keys were imported yet: this kiosk trusts its own stickers alone');
    return EXIT_OK;
  }
  const store = orUsage(openTrustStore(folder.trust, { readOnly: true }));
  try {
    for (const document of store.list()) {
      const importedAt = formatInstant(document.importedAtMs);
      if (asJson) print(JSON.stringify({ ...document, importedAt, importedAtMs: undefined }));
      else {
        const whose = `${plainText(document.name)}  ${plainText(document.issuer ?? '')}`;
        print(`${whose}  ${counted(document.keys, 'key')}  ${importedAt}  ${document.sha256.slice(0, 16)}`);
      }
    }
    if (asJson) return EXIT_OK;
    for (const key of orUsage(store.keys())) {
      const whose = `${plainText(key.kid)}  ${plainText(key.issuer ?? '-')}`;
      const digest = thumbprint(key.key.export({ format: 'der', type: 'spki' }));
      print(`  ${whose}  ${[...key.formats].join(',')}  ${digest}`);
    }
  } finally {
    store.close();
  }
  return EXIT_OK;
}

const thumbprint = (der: Buffer): string => createHash('sha256').update(der).digest('hex').slice(0, 16);
