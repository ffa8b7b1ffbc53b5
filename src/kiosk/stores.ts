import { err, ok, type Result } from '../base/result.ts';
import type { Clock } from '../base/time.ts';
import { type LogKey, loadLogKey } from '../journal/log-key.ts';
import { openJournalFile } from '../journal/open.ts';
import { SqliteJournal } from '../journal/sqlite-journal.ts';
import type { Trust, TrustedKey } from '../pass/trust.ts';
import type { Policy } from '../policy/policy.ts';
import { PRESETS, presetNamed } from '../policy/presets.ts';
import { readSettings } from '../settings/file.ts';
import type { Settings } from '../settings/schema.ts';
import { loadStickerKey, type StickerKey } from '../sticker/key.ts';
import { importDocuments } from '../trust/import-documents.ts';
import { trustOf } from '../trust/key-ring.ts';
import type { LooseDocument } from '../trust/loose-key.ts';
import { openTrustStore, type StoredDocument, type TrustStore } from '../trust/trust-store.ts';
import { type DataFolder, loadKioskId, loadUseKeySecret, lockDataFolder, prepareDataFolder } from './data-folder.ts';
import { issuerOf, withOwnStickers } from './own-stickers.ts';

/** Everything a kiosk keeps, opened for writing and locked for this process. */
export interface Stores {
  readonly folder: DataFolder;
  readonly settings: Settings;
  readonly policy: Policy;
  readonly journal: SqliteJournal;
  readonly trustStore: TrustStore;
  readonly stickerKey: StickerKey;
  readonly logKey: LogKey;
  /** The keys as they are now: swapped in one step by `importTrust`. */
  trust(): Trust;
  importTrust(
    documents: readonly LooseDocument[],
    atMs: number,
    record: (documents: readonly StoredDocument[]) => void,
  ): Promise<Result<readonly StoredDocument[], string>>;
  close(): void;
}

/**
 * Opens a data folder, making at first start what is not there.
 * @returns the stores, or one sentence that says what to do
 */
export async function openStores(path: string, clock: Clock, bootId: string): Promise<Result<Stores, string>> {
  const folder = prepareDataFolder(path);
  if (!folder.ok) return folder;
  const lock = lockDataFolder(folder.value);
  if (!lock.ok) return lock;
  const opened = await openLocked(folder.value, clock, bootId, lock.value.release);
  if (!opened.ok) lock.value.release();
  return opened;
}

async function openLocked(
  folder: DataFolder,
  clock: Clock,
  bootId: string,
  release: () => void,
): Promise<Result<Stores, string>> {
  const kioskId = loadKioskId(folder);
  if (!kioskId.ok) return kioskId;
  const settings = readSettings(folder.settings, kioskId.value);
  if (!settings.ok) return settings;
  const policy = presetNamed(settings.value.policy);
  if (policy === null) {
    const known = PRESETS.map(({ id }) => id).join(', ');
    return err(`${folder.settings}: policy: there is no preset '${settings.value.policy}', choose one of ${known}`);
  }
  const useKeySecret = loadUseKeySecret(folder);
  if (!useKeySecret.ok) return useKeySecret;
  const stickerKey = await loadStickerKey(folder.stickerKey);
  if (!stickerKey.ok) return stickerKey;
  const logKey = loadLogKey(folder.logKey, settings.value);
  if (!logKey.ok) return logKey;
  const trustStore = openTrustStore(folder.trust, { readOnly: false });
  if (!trustStore.ok) return trustStore;
  const open = () => openJournalFile(folder.journal);
  const journal = SqliteJournal.open({ open, clock, bootId, useKeySecret: useKeySecret.value });
  if (!journal.ok) return journal;

  const trustIn = (keys: readonly TrustedKey[]): Trust =>
    withOwnStickers(trustOf(keys), {
      issuer: issuerOf(settings.value),
      key: stickerKey.value,
      isRevoked: (id) => journal.value.isStickerRevoked(id),
    });
  const keys = trustStore.value.keys();
  if (!keys.ok) return keys;
  let trust = trustIn(keys.value);
  return ok({
    folder,
    settings: settings.value,
    policy,
    journal: journal.value,
    trustStore: trustStore.value,
    stickerKey: stickerKey.value,
    logKey: logKey.value,
    trust: () => trust,
    async importTrust(documents, atMs, record) {
      const imported = await importDocuments(folder.trust, documents, atMs, record);
      if (!imported.ok) return imported;
      trust = trustIn(imported.value.keys);
      return ok(imported.value.stored);
    },
    close() {
      journal.value.close();
      trustStore.value.close();
      release();
    },
  });
}
