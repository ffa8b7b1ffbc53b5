import { ok, type Result } from '../base/result.ts';
import type { Clock } from '../base/time.ts';
import type { Stamp } from '../journal/entry.ts';
import { type LogKey, loadLogKey } from '../journal/log-key.ts';
import { Reserve } from '../journal/reserve.ts';
import type { SqliteJournal } from '../journal/sqlite-journal.ts';
import type { Trust } from '../pass/trust.ts';
import { loadStickerKey, type StickerKey } from '../sticker/key.ts';
import { importDocuments } from '../trust/import-documents.ts';
import type { Found, ImportTask } from '../trust/import-protocol.ts';
import { trustOf } from '../trust/key-ring.ts';
import { Revocations } from '../trust/revocations.ts';
import { openTrustStore, type TrustContents, type TrustStore } from '../trust/trust-store.ts';
import { clockFloorMs } from './clock-floor.ts';
import { type DataFolder, loadKioskId, loadUseKey, lockDataFolder, prepareDataFolder } from './data-folder.ts';
import { stderrLog } from './log.ts';
import { openKioskJournal, type Patience } from './open-journal.ts';
import { issuerOf, withOwnStickers } from './own-stickers.ts';
import { SettingsStore } from './settings-store.ts';

/** Everything a kiosk keeps, opened for writing and locked for this process. */
export interface Stores {
  readonly folder: DataFolder;
  /** The owner's settings and the policy that they name, and the ways to change both. */
  readonly settingsStore: SettingsStore;
  /** Names this boot of the machine. */
  readonly bootId: string;
  readonly journal: SqliteJournal;
  readonly trustStore: TrustStore;
  /** Asked by `trust()` and swapped list by list beneath it. */
  readonly revocations: Revocations;
  readonly stickerKey: StickerKey;
  readonly logKey: LogKey;
  /** The keys as they are now: swapped in one step by `importTrust`. */
  trust(): Trust;
  /** All that `trust` was made from, the signed list with what else it names. */
  trustContents(): TrustContents;
  /**
   * @param record called when all is found good and before any of it is stored; what it throws stops the import
   * @returns what was imported, or one sentence
   */
  importTrust(task: ImportTask, record: (found: Found) => void): Promise<Result<Found, string>>;
  /** The wall clock cannot be right before this, in milliseconds since the epoch; a new trust list raises it. */
  clockFloorMs(): number;
  /** The owner has set the clock by hand: what an earlier clock said is no floor any more. */
  forgetTrustedTime(): void;
  close(): void;
}

/**
 * Opens a data folder, making at first start what is not there.
 * @param patience with a disk that refuses; a command has none
 * @param writer a command where no kiosk runs, so that what it writes is taken for no sign of life
 * @returns the stores, or one sentence that says what to do
 */
export async function openStores(
  path: string,
  clock: Clock,
  bootId: string,
  patience: Patience | null = null,
  writer: Stamp['writer'] = undefined,
): Promise<Result<Stores, string>> {
  const folder = prepareDataFolder(path);
  if (!folder.ok) return folder;
  const lock = lockDataFolder(folder.value);
  if (!lock.ok) return lock;
  const opened = await openLocked(folder.value, clock, bootId, lock.value.release, patience, writer);
  if (!opened.ok) lock.value.release();
  return opened;
}

async function openLocked(
  folder: DataFolder,
  clock: Clock,
  bootId: string,
  release: () => void,
  patience: Patience | null,
  writer: Stamp['writer'],
): Promise<Result<Stores, string>> {
  const reserve = new Reserve(folder.reserve);
  const kioskId = loadKioskId(folder);
  if (!kioskId.ok) return kioskId;
  const settingsStore = SettingsStore.open(folder, kioskId.value, clock);
  if (!settingsStore.ok) return settingsStore;
  // Keys and stores are opened once: `settings()` keeps what they were opened with.
  const settings = settingsStore.value.settings();
  const useKey = loadUseKey(folder);
  if (!useKey.ok) return useKey;
  const stickerKey = await loadStickerKey(folder.stickerKey);
  if (!stickerKey.ok) return stickerKey;
  const logKey = loadLogKey(folder.logKey, settings);
  if (!logKey.ok) return logKey;
  const { environment } = settings;
  const trustStore = openTrustStore(folder.trust, { readOnly: false, environment });
  if (!trustStore.ok) return trustStore;
  const owner = { clock, bootId, writer, ...useKey.value };
  const around = { path: folder.journal, key: logKey.value, reserve, ...owner };
  const journal = await openKioskJournal(around, stderrLog, patience);
  if (!journal.ok) return journal;

  const revocations = Revocations.open(folder.revocations);
  const trustIn = ({ keys, list }: TrustContents): Trust =>
    withOwnStickers(trustOf(keys, revocations.isRevoked, list?.dates ?? null), {
      issuer: issuerOf(settings),
      key: stickerKey.value,
      isRevoked: (id) => journal.value.isStickerRevoked(id),
    });
  const stored = trustStore.value.contents();
  if (!stored.ok) return stored;
  let contents = stored.value;
  // As it was at the start: a clock that ran ahead for a while in this run must be able to come back.
  let lastTrustedMs = journal.value.lastTrustedMs();
  let trust = trustIn(contents);
  return ok({
    folder,
    settingsStore: settingsStore.value,
    bootId,
    journal: journal.value,
    trustStore: trustStore.value,
    revocations,
    stickerKey: stickerKey.value,
    logKey: logKey.value,
    trust: () => trust,
    trustContents: () => contents,
    async importTrust(task, record) {
      const imported = await importDocuments(folder.trust, environment, task, record);
      if (!imported.ok) return imported;
      const next = trustIn(imported.value.contents);
      contents = imported.value.contents;
      trust = next;
      return ok(imported.value.found);
    },
    clockFloorMs: () => clockFloorMs({ lastTrustedMs, listIssuedAtMs: trust.list?.issuedAtMs ?? null }),
    forgetTrustedTime() {
      lastTrustedMs = null;
    },
    close() {
      journal.value.close();
      trustStore.value.close();
      revocations.close();
      release();
    },
  });
}
