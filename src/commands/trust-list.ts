import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { plainText } from '../base/plain-text.ts';
import { formatInstant } from '../base/time.ts';
import { chooseDataPath, readDataFolder } from '../kiosk/data-folder.ts';
import type { StoredList } from '../trust/stored-lists.ts';
import { fingerprintOf } from '../trust/trust-root.ts';
import type { StoredDocument, TrustStore } from '../trust/trust-store.ts';
import { counted, EXIT_OK, orUsage, parseCommandLine, print, refuseWords, tell } from './command.ts';
import { openStoredTrust } from './trust-options.ts';
import { listRevocations } from './trust-revocations.ts';

/** `trust list`: the signed list in use and the ones before it, the loose files, and the keys of both. */
export async function listTrust(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { data: { type: 'string' }, json: { type: 'boolean' } });
  refuseWords(positionals);
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const folder = orUsage(readDataFolder(dataPath));
  listRevocations(folder, values.json === true);
  if (!existsSync(folder.trust)) {
    tell('no keys were imported yet: this kiosk trusts its own stickers alone');
    return EXIT_OK;
  }
  const store = openStoredTrust(folder);
  try {
    printStore(store, values.json === true);
  } finally {
    store.close();
  }
  return EXIT_OK;
}

function printStore(store: TrustStore, asJson: boolean): void {
  const { lists } = orUsage(store.lists());
  const contents = orUsage(store.contents());
  for (const stored of lists) {
    const isInUse = contents.list !== null && stored.list?.dates.version === contents.list.dates.version;
    print(asJson ? JSON.stringify(listRow(stored, isInUse)) : listText(stored, isInUse));
  }
  for (const document of store.list()) {
    const importedAt = formatInstant(document.importedAtMs);
    print(asJson ? JSON.stringify({ ...document, importedAt, importedAtMs: undefined }) : documentText(document));
  }
  if (asJson) return;
  for (const key of contents.keys) {
    const whose = `${plainText(key.kid)}  ${plainText(key.issuer ?? '-')}`;
    const digest = thumbprint(key.key.export({ format: 'der', type: 'spki' }));
    print(`  ${whose}  ${[...key.formats].join(',')}  ${digest}`);
  }
}

function listRow({ version, sha256, importedAtMs, condition, root, list }: StoredList, isInUse: boolean) {
  const instant = (atMs: number | undefined): string | null => (atMs === undefined ? null : formatInstant(atMs));
  return {
    list: version,
    inUse: isInUse,
    condition,
    issuedAt: instant(list?.dates.issuedAtMs),
    staleAfter: instant(list?.dates.staleAfterMs),
    expiresAt: instant(list?.dates.expiresAtMs),
    environment: list?.environment ?? null,
    root: root === null ? null : fingerprintOf(root),
    issuers: list?.issuers ?? null,
    keys: list?.keys.length ?? null,
    sha256,
    importedAt: formatInstant(importedAtMs),
  };
}

function listText(stored: StoredList, isInUse: boolean): string {
  const row = listRow(stored, isInUse);
  const use = isInUse ? 'in use' : row.condition === 'good' ? 'kept' : row.condition;
  if (stored.list === null) return `trust list ${row.list}  ${use}`;
  const dates = `issued ${row.issuedAt}  stale after ${row.staleAfter}  expires ${row.expiresAt}`;
  const size = `${counted(stored.list.issuers, 'issuer')}  ${counted(stored.list.keys.length, 'key')}`;
  return `trust list ${row.list}  ${use}  ${dates}  ${row.environment}  ${size}  root '${row.root}'`;
}

function documentText({ name, issuer, keys, importedAtMs, sha256 }: StoredDocument): string {
  const whose = `${plainText(name)}  ${plainText(issuer ?? '')}`;
  return `${whose}  ${counted(keys, 'key')}  ${formatInstant(importedAtMs)}  ${sha256.slice(0, 16)}`;
}

const thumbprint = (der: Buffer): string => createHash('sha256').update(der).digest('hex').slice(0, 16);
