import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatInstant } from '../base/time.ts';
import { chooseDataPath, readDataFolder } from '../kiosk/data-folder.ts';
import { parseTrustArgument, readSources } from '../trust/read-sources.ts';
import { openTrustStore } from '../trust/trust-store.ts';
import { type Command, EXIT_OK, orUsage, parseCommandLine, print, tell, UsageError } from './command.ts';
import { carryOut } from './control-client.ts';

export const trust: Command = {
  help: `Usage: munjigi trust import --unsigned [ISSUER=]FILE... [--data DIR]
       munjigi trust list [--json] [--data DIR]

import   adds keys to what this kiosk trusts; a file of the same name and issuer is replaced.
         All files are taken or none, and the import is an entry of the journal.
list     shows the files that were imported and the keys in them.`,

  async run(args) {
    const { values, positionals } = parseCommandLine(args, {
      data: { type: 'string' },
      unsigned: { type: 'boolean' },
      json: { type: 'boolean' },
    });
    const [action, ...files] = positionals;
    const dataPath = chooseDataPath(values.data);
    switch (action) {
      case 'import':
        if (files.length === 0) throw new UsageError('name at least one file of keys; see --help');
        if (values.unsigned !== true) {
          throw new UsageError(
            'this version imports loose keys alone: say --unsigned if you know where they come from',
          );
        }
        tell(`data folder: ${dataPath}`);
        return importFiles(dataPath, files);
      case 'list':
        if (files.length > 0) throw new UsageError(`'${files[0]}' is not expected; see --help`);
        tell(`data folder: ${dataPath}`);
        return list(dataPath, values.json === true);
      default:
        throw new UsageError("say 'munjigi trust import' or 'munjigi trust list'; see --help");
    }
  },
};

async function importFiles(dataPath: string, files: readonly string[]): Promise<number> {
  const documents = orUsage(readSources(files.map(parseTrustArgument))).map(({ name, issuer, bytes }) => ({
    name: resolve(name),
    issuer,
    bytes: bytes.toString('base64'),
  }));
  const done = orUsage(await carryOut(dataPath, { command: 'trust-import', documents }));
  tell(`imported ${done['keys']} keys from ${done['documents']} files`);
  return EXIT_OK;
}

function list(dataPath: string, asJson: boolean): number {
  const folder = orUsage(readDataFolder(dataPath));
  if (!existsSync(folder.trust)) {
    tell('no keys were imported yet: this kiosk trusts its own stickers alone');
    return EXIT_OK;
  }
  const store = orUsage(openTrustStore(folder.trust, { readOnly: true }));
  try {
    for (const document of store.list()) {
      const importedAt = formatInstant(document.importedAtMs);
      if (asJson) print(JSON.stringify({ ...document, importedAt, importedAtMs: undefined }));
      else
        print(
          `${document.name}  ${document.issuer ?? ''}  ${document.keys} keys  ${importedAt}  ${document.sha256.slice(0, 16)}`,
        );
    }
    if (asJson) return EXIT_OK;
    for (const key of orUsage(store.keys())) {
      print(
        `  ${key.kid}  ${key.issuer ?? '-'}  ${[...key.formats].join(',')}  ${thumbprint(key.key.export({ format: 'der', type: 'spki' }))}`,
      );
    }
  } finally {
    store.close();
  }
  return EXIT_OK;
}

const thumbprint = (der: Buffer): string => createHash('sha256').update(der).digest('hex').slice(0, 16);
