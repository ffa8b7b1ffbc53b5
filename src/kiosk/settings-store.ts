import { copyFileSync, existsSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { putStagedFile, stageFile } from '../base/atomic-file.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type Clock, isEvident } from '../base/time.ts';
import type { Journal } from '../journal/journal.ts';
import { withValues } from '../policy/params.ts';
import type { Policy } from '../policy/policy.ts';
import { type Assignment, changedMembers, changeSettings } from '../settings/change.ts';
import { NO_SETTINGS, parseSettings, settingsBytes } from '../settings/file.ts';
import { digestOf, SettingsHistory, type SettingsOrigin, type SettingsVersion } from '../settings/history.ts';
import type { Settings } from '../settings/schema.ts';
import type { DataFolder } from './data-folder.ts';
import { policyDigest, policyFor } from './policy-files.ts';
import { discard, finishPolicyImports, importPolicy, type Refuses } from './policy-import.ts';
import { type InUse, inUseOf, type Refused, readInUse } from './settings-in-use.ts';

/** Settings that keys and stores were opened with: a change counts from the next start. */
export const RESTART_SETTINGS = ['venueId', 'kioskId', 'environment'] as const satisfies readonly (keyof Settings)[];

/** What became of a change; `version` is null where nothing was to be changed. */
export interface SavedSettings {
  readonly version: number | null;
  readonly members: readonly string[];
  /** Those of them that count from the next start. */
  readonly restart: readonly string[];
}

/**
 * The owner's settings and the policy that they name, as they are in use. A change is checked whole, laid beside the
 * old file, kept in the history, recorded, and swapped in: whatever ends the process, the settings are the old ones or
 * the new ones, and what the log said last of them is true once the next start has looked (`settle`).
 */
export class SettingsStore {
  readonly #folder: DataFolder;
  readonly #kioskId: string;
  readonly #clock: Clock;
  readonly #history: SettingsHistory;
  readonly #atStart: Settings;
  #inUse: InUse;
  #settings: Settings;
  #refused: Refused | null;
  #isSettled = false;

  private constructor(folder: DataFolder, kioskId: string, clock: Clock, inUse: InUse, refused: Refused | null) {
    this.#folder = folder;
    this.#kioskId = kioskId;
    this.#clock = clock;
    this.#history = new SettingsHistory(folder.settingsHistory);
    this.#atStart = inUse.settings;
    this.#inUse = inUse;
    this.#settings = inUse.settings;
    this.#refused = refused;
  }

  /** As `readInUse`. */
  static open(folder: DataFolder, kioskId: string, clock: Clock): Result<SettingsStore, string> {
    const read = readInUse(folder, kioskId);
    if (!read.ok) return read;
    return ok(new SettingsStore(folder, kioskId, clock, read.value.inUse, read.value.refused));
  }

  settings(): Settings {
    return this.#settings;
  }

  policy(): Policy {
    return this.#inUse.policy;
  }

  /** Why the settings file is not what is used, or null. */
  get warning(): string | null {
    return this.#refused?.warning ?? null;
  }

  /**
   * Records what a killed run left half done, and what somebody changed in the files since. Throws `JournalFault`.
   * @returns what could not be done beside the log, in sentences
   */
  settle(journal: Journal): readonly string[] {
    this.#isSettled = true;
    if (this.#refused !== null) {
      journal.record({ type: 'settings-fallback', using: this.#refused.using, sha256: digestOf(this.#inUse.text) });
      return [this.#refused.warning];
    }
    try {
      discard(this.#folder.settings);
      finishPolicyImports(this.#folder, journal, (policy) => this.#refusal(policy));
      this.#reloadPolicy();
      this.#noteFiles(journal);
      return [];
    } catch (thrown) {
      if (!isFileFault(thrown)) throw thrown;
      return [`the history of the settings cannot be kept: ${thrown.message}`];
    }
  }

  /** Changes settings; a refusal is one sentence and has changed nothing. Throws `JournalFault`. */
  change(assignments: readonly Assignment[], by: SettingsOrigin, journal: Journal): Result<SavedSettings, string> {
    if (!this.#isSettled) this.settle(journal);
    const changed = changeSettings(this.#inUse.written, assignments, this.#kioskId);
    return changed.ok ? this.#save(changed.value.text, by, journal) : changed;
  }

  /** Makes an earlier version of the history the newest one. As `change`. */
  restore(version: number, by: SettingsOrigin, journal: Journal): Result<SavedSettings, string> {
    if (!this.#isSettled) this.settle(journal);
    const found = this.#history.find(version);
    if (found === null) return err(`there is no version ${version}: 'munjigi settings history' lists them`);
    return this.#save(found.text, by, journal);
  }

  /** Checks and stores a policy file; used at once where the settings name it. Throws `JournalFault`. */
  importPolicy(
    file: Parameters<typeof importPolicy>[1],
    by: SettingsOrigin,
    journal: Journal,
  ): ReturnType<typeof importPolicy> {
    if (!this.#isSettled) this.settle(journal);
    const imported = importPolicy(this.#folder, file, journal, (policy) => this.#refusal(policy));
    if (!imported.ok || imported.value.id !== this.#inUse.settings.policy || !imported.value.isNew) return imported;
    this.#reloadPolicy();
    try {
      this.#history.add(this.#versionOf(this.#inUse, [], by));
    } catch (thrown) {
      // The next start finds a policy that the history does not know, and keeps it then.
      if (!isFileFault(thrown)) throw thrown;
    }
    return imported;
  }

  readonly #refusal: Refuses = ({ id, params }) => {
    const { policy, policyParams } = this.#inUse.settings;
    if (id !== policy) return null;
    const fitted = withValues(params, policyParams, 'policyParams');
    return fitted.ok ? null : `it is in use, and does not fit the settings: ${fitted.error}`;
  };

  #save(text: string, by: SettingsOrigin, journal: Journal): Result<SavedSettings, string> {
    const path = this.#folder.settings;
    const bytes = Buffer.from(text);
    const read = parseSettings(bytes, 'the new settings', this.#kioskId);
    if (!read.ok) return read;
    const members = changedMembers(this.#inUse.settings, read.value.settings);
    const policy = policyFor(this.#folder, read.value.settings);
    if (!policy.ok) {
      const isLeftOver = members.includes('policy') && !members.includes('policyParams');
      const remedy = ", or add 'policyParams=' to begin with the policy's own numbers";
      return err(isLeftOver ? policy.error + remedy : policy.error);
    }
    if (members.length === 0 && this.#refused === null) return ok({ version: null, members, restart: [] });
    const next = inUseOf(this.#folder, { ...read.value, text }, policy.value);
    let version: number;
    try {
      stageFile(path, bytes);
      // What was used before any change must be there to go back to.
      if (this.#history.newest() === null) this.#history.add(this.#versionOf(this.#inUse, [], 'file'));
      version = this.#history.add(this.#versionOf(next, members, by));
    } catch (thrown) {
      if (!isFileFault(thrown)) throw thrown;
      discard(path);
      return err(unwritten(path, thrown));
    }
    try {
      journal.record({ type: 'settings-changed', members, sha256: digestOf(bytes) });
      this.#recordPolicy(next, journal);
    } catch (thrown) {
      discard(path);
      this.#history.drop(version);
      throw thrown;
    }
    try {
      if (this.#refused !== null && existsSync(path)) copyFileSync(path, `${path}.refused`);
      putStagedFile(path);
    } catch (thrown) {
      if (!isFileFault(thrown)) throw thrown;
      return this.#unsaved(next, version, members, thrown, journal);
    }
    this.#use(next);
    this.#refused = null;
    const restart = RESTART_SETTINGS.filter((name) => this.#atStart[name] !== next.settings[name]);
    return ok({ version, members, restart: restart.filter((name) => members.includes(name)) });
  }

  /** The log has said what may not have come: the file tells, and the log is set right. */
  #unsaved(
    next: InUse,
    version: number,
    members: readonly string[],
    fault: Error,
    journal: Journal,
  ): Result<SavedSettings, string> {
    const path = this.#folder.settings;
    const bytes = settingsBytes(path);
    if (bytes.ok && digestOf(bytes.value) === digestOf(next.text)) {
      this.#use(next);
      this.#refused = null;
      return err(`${path} may not outlast a power cut: ${reasonOf(fault)}; the new settings are used, set them again`);
    }
    discard(path);
    journal.record({ type: 'settings-changed', members, sha256: digestOf(this.#inUse.text) });
    this.#recordPolicy(this.#inUse, journal, next);
    this.#history.drop(version);
    return err(unwritten(path, fault));
  }

  #use(next: InUse): void {
    this.#inUse = next;
    const { venueId, kioskId, environment } = this.#atStart;
    this.#settings = { ...next.settings, venueId, kioskId, environment };
  }

  #reloadPolicy(): void {
    const policy = policyFor(this.#folder, this.#inUse.settings);
    if (!policy.ok) return;
    const policySha256 = policyDigest(this.#folder, policy.value.id);
    this.#inUse = { ...this.#inUse, policy: policy.value, policySha256 };
  }

  /** Whoever edits a file by hand leaves a trace as well. */
  #noteFiles(journal: Journal): void {
    const known = this.#history.newest();
    const isFirst = known === null && !existsSync(this.#folder.settings) && this.#inUse.policySha256 === null;
    if (isFirst) return;
    const before = parseSettings(Buffer.from(known?.text ?? NO_SETTINGS), 'before', this.#kioskId);
    const members = before.ok ? changedMembers(before.value.settings, this.#inUse.settings) : [];
    const isOther = (known?.sha256 ?? digestOf(NO_SETTINGS)) !== digestOf(this.#inUse.text);
    if (isOther) journal.record({ type: 'settings-changed', members, sha256: digestOf(this.#inUse.text) });
    const isOtherPolicy = this.#recordPolicy(this.#inUse, journal, known?.policy ?? null);
    if (isOther || isOtherPolicy) this.#history.add(this.#versionOf(this.#inUse, members, 'file'));
  }

  /** Names the policy's file where it is another than the one before. */
  #recordPolicy(
    { policy, policySha256 }: InUse,
    journal: Journal,
    before: InUse | SettingsVersion['policy'] | null = this.#inUse,
  ): boolean {
    const beforeSha256 = before === null ? null : 'text' in before ? before.policySha256 : before.sha256;
    if (policySha256 === null || policySha256 === beforeSha256) return false;
    journal.record({ type: 'policy-changed', id: policy.id, sha256: policySha256 });
    return true;
  }

  #versionOf(
    { text, policy, policySha256 }: InUse,
    members: readonly string[],
    by: SettingsOrigin,
  ): Omit<SettingsVersion, 'version'> {
    const now = this.#clock.wall();
    const clock = isEvident(now) ? 'trusted' : 'unsure';
    const used = { id: policy.id, sha256: policySha256 };
    return { atMs: Math.floor(now.atMs), clock, by, members, sha256: digestOf(text), policy: used, text };
  }
}

const isFileFault = (thrown: unknown): thrown is NodeJS.ErrnoException =>
  thrown instanceof Error && 'syscall' in thrown;

const unwritten = (path: string, thrown: unknown): string =>
  `cannot write ${path}: ${reasonOf(thrown)}; check the folder's owner and free space`;
