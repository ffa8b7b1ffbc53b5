import { existsSync } from 'node:fs';
import { revokedStickers } from '../journal/query.ts';
import { type DataFolder, loadKioskId, readDataFolder } from '../kiosk/data-folder.ts';
import { issuerOf, withOwnStickers } from '../kiosk/own-stickers.ts';
import type { Trust } from '../pass/trust.ts';
import { readSettings } from '../settings/file.ts';
import { loadStickerKey } from '../sticker/key.ts';
import { conflictIn, trustOf } from '../trust/key-ring.ts';
import { loadLoose } from '../trust/load-loose.ts';
import { loadRevocations } from '../trust/load-revocations.ts';
import type { LooseKey } from '../trust/loose-key.ts';
import { parseTrustArgument } from '../trust/read-sources.ts';
import { anyRevokes, Revocations } from '../trust/revocations.ts';
import { openTrustStore } from '../trust/trust-store.ts';
import { orUsage, UsageError } from './command.ts';
import { readJournal } from './read-journal.ts';

/** The trust of a stateless command: loose keys, and with a data folder also what that kiosk trusts and signed. */
export async function loadTrust(trustArguments: readonly string[], dataPath: string | undefined): Promise<Trust> {
  const sources = trustArguments.map(parseTrustArgument);
  const loose = orUsage(loadLoose(sources));
  const given = orUsage(loadRevocations(sources));
  if (dataPath === undefined) return trustOf(loose, given.isRevoked);
  const folder = orUsage(readDataFolder(dataPath));
  const keys = [...loose, ...storedKeys(folder)];
  const conflict = conflictIn(keys);
  if (conflict !== null) throw new UsageError(conflict);
  const stored = Revocations.open(folder.revocations);
  return withStickersOf(folder, trustOf(keys, anyRevokes([given, stored])));
}

function storedKeys(folder: DataFolder): readonly LooseKey[] {
  if (!existsSync(folder.trust)) return [];
  const store = orUsage(openTrustStore(folder.trust, { readOnly: true }));
  try {
    return orUsage(store.keys());
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
