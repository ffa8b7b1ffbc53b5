import { randomBytes, randomInt } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { makeFolder } from '../base/make-folder.ts';
import { err, ok, type Result } from '../base/result.ts';
import { CROCKFORD } from '../settings/schema.ts';

export const DEFAULT_DATA = '/var/lib/munjigi';
const USE_KEY_BYTES = 32;

/** Where everything lies that a kiosk keeps. */
export interface DataFolder {
  readonly path: string;
  readonly journal: string;
  readonly reserve: string;
  readonly trust: string;
  /** The folder of revocation lists, each a file of its own. */
  readonly revocations: string;
  /** Sealed visits, where the owner keeps a visitor register, and the keys of their days. */
  readonly register: string;
  readonly registerKeys: string;
  readonly settings: string;
  /** Earlier settings, one file a version. */
  readonly settingsHistory: string;
  /** How the owner set the clock, for as long as the machine runs. */
  readonly handSetClock: string;
  /** What is known of the clock over restarts. */
  readonly clockMemory: string;
  /** The owner's policy files. */
  readonly policies: string;
  readonly stickerKey: string;
  /** What the heads of the journal are signed with. */
  readonly logKey: string;
  /** The owner's PIN, as scrypt of it. */
  readonly ownerPin: string;
  /** Which slips of days came out. */
  readonly dailySlip: string;
  /** The newest checkpoints of other kiosks that were countersigned here, a text file for each. */
  readonly witnessed: string;
  readonly controlSocket: string;
}

/** The data folder of a command: the one named, else the system's if it is there, else `./data`. */
export function chooseDataPath(named: string | undefined): string {
  if (named !== undefined) return named;
  return existsSync(DEFAULT_DATA) ? DEFAULT_DATA : 'data';
}

/** The places inside a folder; nothing is opened or made. */
export function dataFolderAt(path: string): DataFolder {
  return {
    path,
    journal: join(path, 'journal.db'),
    reserve: join(path, 'reserve'),
    trust: join(path, 'trust.db'),
    revocations: join(path, 'revocations'),
    register: join(path, 'register.db'),
    registerKeys: join(path, 'keys', 'register-days.keys'),
    settings: join(path, 'settings.json'),
    settingsHistory: join(path, 'settings-history'),
    handSetClock: join(path, 'hand-set-clock.json'),
    clockMemory: join(path, 'clock-memory.json'),
    policies: join(path, 'policies'),
    stickerKey: join(path, 'keys', 'sticker.jwk'),
    logKey: join(path, 'log-key.jwk'),
    ownerPin: join(path, 'keys', 'owner-pin.json'),
    dailySlip: join(path, 'daily-slip.json'),
    witnessed: join(path, 'witnessed'),
    controlSocket: join(path, 'control.sock'),
  };
}

/** What must be a folder, where it is there at all; one sentence if it is none. */
function checkFolders(folder: DataFolder): Result<DataFolder, string> {
  for (const path of [dirname(folder.stickerKey), folder.revocations]) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === false) return err(`${path} must be a folder and is a file: move the file away`);
  }
  return ok(folder);
}

/** Makes the folder if need be and sees that it can be written; one sentence if not. */
export function prepareDataFolder(path: string): Result<DataFolder, string> {
  try {
    if (existsSync(path) && !statSync(path).isDirectory()) {
      return err(`the data folder ${path} cannot be written: it is no folder; name another with --data DIR`);
    }
    makeFolder(join(path, 'keys'), 0o700);
    const folder = checkFolders(dataFolderAt(path));
    if (!folder.ok) return folder;
    const { stickerKey, revocations } = folder.value;
    for (const needed of [path, dirname(stickerKey), revocations]) {
      if (existsSync(needed)) accessSync(needed, constants.R_OK | constants.W_OK | constants.X_OK);
    }
    return folder;
  } catch (thrown) {
    return err(
      `the data folder ${path} cannot be written: ${reasonOf(thrown)}; give it to this user or name another with --data DIR`,
    );
  }
}

/** Sees that an existing folder can be read, for commands that only look; one sentence if not. */
export function readDataFolder(path: string): Result<DataFolder, string> {
  try {
    if (!statSync(path).isDirectory()) {
      return err(`the data folder ${path} cannot be read: it is no folder; name the kiosk's folder with --data DIR`);
    }
    accessSync(path, constants.R_OK | constants.X_OK);
    return checkFolders(dataFolderAt(path));
  } catch (thrown) {
    return err(`the data folder ${path} cannot be read: ${reasonOf(thrown)}; name the kiosk's folder with --data DIR`);
  }
}

/**
 * Takes the folder for this process until `release` or the end of the process, however it ends: the kernel frees the
 * lock, so a killed kiosk leaves nothing to clean up.
 */
export function lockDataFolder(folder: DataFolder): Result<{ release(): void }, string> {
  const path = join(folder.path, 'lock');
  try {
    const lock = new Database(path, { timeout: 0 });
    try {
      chmodSync(path, 0o600);
      // Nothing is ever written: on a full disk there is no room for a rollback journal, and the reserve is behind this lock.
      lock.pragma('journal_mode = MEMORY');
      lock.pragma('locking_mode = EXCLUSIVE');
      lock.exec('BEGIN EXCLUSIVE');
    } catch (thrown) {
      lock.close();
      throw thrown;
    }
    return ok({ release: () => lock.close() });
  } catch (thrown) {
    if (thrown instanceof Database.SqliteError && thrown.code === 'SQLITE_BUSY') {
      return err(`another kiosk is running on ${folder.path}: stop it first or name another folder with --data DIR`);
    }
    const isOdd = thrown instanceof Database.SqliteError && thrown.code === 'SQLITE_NOTADB';
    const remedy = isOdd ? 'delete it while no kiosk runs, it holds nothing' : 'give the folder to this user';
    return err(`${path} cannot be locked: ${reasonOf(thrown)}; ${remedy}`);
  }
}

export interface UseKey {
  /** K_use: what use keys are derived under. */
  readonly useKeySecret: Buffer;
  readonly isUseKeyNew: boolean;
}

/**
 * K_use, never exported; made where it is not there. What is no key is moved beside it: the journal knows whether uses
 * are forgotten with it, and the door must come back.
 */
export function loadUseKey(folder: DataFolder): Result<UseKey, string> {
  const path = join(folder.path, 'keys', 'use.key');
  try {
    const stored = existsSync(path) ? readFileSync(path) : null;
    if (stored?.length === USE_KEY_BYTES) return ok({ useKeySecret: stored, isUseKeyNew: false });
    if (stored !== null) renameSync(path, `${path}.damaged`);
    const useKeySecret = randomBytes(USE_KEY_BYTES);
    replaceFile(path, useKeySecret);
    return ok({ useKeySecret, isUseKeyNew: true });
  } catch (thrown) {
    return err(`${path} cannot be used: ${reasonOf(thrown)}; give the folder to this user`);
  }
}

const KIOSK_ID = new RegExp(`^[${CROCKFORD}]{2}$`);

/** The two characters that begin this kiosk's sticker ids, drawn once. What is none of that is moved beside its place. */
export function loadKioskId(folder: DataFolder): Result<string, string> {
  const path = join(folder.path, 'keys', 'kiosk-id');
  try {
    const stored = existsSync(path) ? readFileSync(path, 'utf8') : null;
    if (stored !== null && KIOSK_ID.test(stored)) return ok(stored);
    if (stored !== null) renameSync(path, `${path}.damaged`);
    const drawn = CROCKFORD.charAt(randomInt(CROCKFORD.length)) + CROCKFORD.charAt(randomInt(CROCKFORD.length));
    replaceFile(path, drawn);
    return ok(drawn);
  } catch (thrown) {
    return err(`${path} cannot be used: ${reasonOf(thrown)}; give the folder to this user`);
  }
}
