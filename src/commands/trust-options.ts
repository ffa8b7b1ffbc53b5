import { existsSync } from 'node:fs';
import { revokedStickers } from '../journal/query.ts';
import { type DataFolder, loadKioskId, readDataFolder } from '../kiosk/data-folder.ts';
import { issuerOf, withOwnStickers } from '../kiosk/own-stickers.ts';
import type { Trust } from '../pass/trust.ts';
import { readSettings } from '../settings/file.ts';
import type { Settings } from '../settings/schema.ts';
import { loadStickerKey } from '../sticker/key.ts';
import { conflictIn, trustOf } from '../trust/key-ring.ts';
import { loadRevocations } from '../trust/load-revocations.ts';
import { loadSources } from '../trust/load-sources.ts';
import { parseTrustArgument } from '../trust/read-sources.ts';
import { anyRevokes, Revocations } from '../trust/revocations.ts';
import { openTrustStore, type TrustContents, type TrustStore } from '../trust/trust-store.ts';
import { orUsage, tell, UsageError } from './command.ts';
import { readJournal } from './read-journal.ts';

const UNDRAWN_KIOSK_ID = '00';

/**
 * The trust of a stateless command: what the files hold, and with a data folder also what that kiosk trusts and signed.
 * @param rootPath the file of `--trust-root`
 */
export async function loadTrust(
  trustArguments: readonly string[],
  dataPath: string | undefined,
  rootPath?: string,
): Promise<Trust> {
  const sources = trustArguments.map(parseTrustArgument);
  const loaded = orUsage(await loadSources(sources, rootPath ?? null));
  const given = orUsage(loadRevocations(sources));
  if (dataPath === undefined) return trustOf(loaded.keys, given.isRevoked, loaded.list?.dates ?? null);
  const folder = orUsage(readDataFolder(dataPath));
  const stored = storedTrust(folder);
  const keys = [...loaded.keys, ...stored.keys];
  const conflict = conflictIn(keys);
  if (conflict !== null) throw new UsageError(conflict);
  if (loaded.list !== null && stored.list !== null) {
    throw new UsageError('the data folder holds a signed trust list already: leave out the one of --trust, or --data');
  }
  const list = loaded.list ?? stored.list;
  const kept = Revocations.open(folder.revocations);
  return withStickersOf(folder, trustOf(keys, anyRevokes([given, kept]), list?.dates ?? null));
}

/** The settings of a kiosk that is only looked at; the id that it may not have drawn yet is left open. */
export function storedSettings(folder: DataFolder): Settings {
  return orUsage(readSettings(folder.settings, UNDRAWN_KIOSK_ID));
}

/** The trust store of a kiosk, to look at. */
export function openStoredTrust(folder: DataFolder): TrustStore {
  const { environment } = storedSettings(folder);
  return orUsage(openTrustStore(folder.trust, { readOnly: true, environment }));
}

function storedTrust(folder: DataFolder): Pick<TrustContents, 'keys' | 'list'> {
  if (!existsSync(folder.trust)) return { keys: [], list: null };
  const store = openStoredTrust(folder);
  try {
    const contents = orUsage(store.contents());
    for (const warning of contents.warnings) tell(warning);
    return contents;
  } finally {
    store.close();
  }
}

async function withStickersOf(folder: DataFolder, trust: Trust): Promise<Trust> {
  if (!existsSync(folder.stickerKey)) return trust;
  const settings = orUsage(readSettings(folder.settings, orUsage(loadKioskId(folder))));
  const key = orUsage(await loadStickerKey(folder.stickerKey));
  const revoked = await revokedIn(folder);
  return withOwnStickers(trust, { issuer: issuerOf(settings), key, isRevoked: (id) => revoked.has(id) });
}

const revokedIn = (folder: DataFolder): Promise<ReadonlySet<string>> =>
  existsSync(folder.journal) ? readJournal(folder.journal, revokedStickers) : Promise.resolve(new Set());
