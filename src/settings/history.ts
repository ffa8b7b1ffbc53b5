import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../base/atomic-file.ts';
import { isJsonArray, isJsonObject, type Json, parseJsonBytes, textOr } from '../base/json.ts';
import { makeFolder } from '../base/make-folder.ts';
import { MAX_SETTINGS_BYTES } from './file.ts';

/** Versions that are kept; the oldest go first. */
export const MAX_VERSIONS = 100;
/** Where a version came from: a command, the owner's page, or a file that somebody edited by hand. */
export const SETTINGS_ORIGINS = ['shell', 'screen', 'file'] as const;
export type SettingsOrigin = (typeof SETTINGS_ORIGINS)[number];

/** The settings file as it was at one time, and the policy that was used with it. */
export interface SettingsVersion {
  readonly version: number;
  /** Milliseconds since the epoch, by the kiosk's clock. */
  readonly atMs: number;
  readonly clock: 'trusted' | 'unsure';
  readonly by: SettingsOrigin;
  /** The settings that differ from the version before. */
  readonly members: readonly string[];
  /** Of the text in UTF-8, hexadecimal. */
  readonly sha256: string;
  readonly policy: {
    readonly id: string /** Of the policy file; null for a preset. */;
    readonly sha256: string | null;
  };
  readonly text: string;
}

const NAME = /^(\d{6})\.json$/;
const LAST_VERSION = 999_999;
/** The text stands in it as a JSON string, which may spell each byte with six. */
const MAX_FILE_BYTES = 8 * MAX_SETTINGS_BYTES;

/** SHA-256 of a file's bytes, hexadecimal. */
export const digestOf = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The folder of earlier settings, one file a version. A damaged version counts as not there. */
export class SettingsHistory {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Every good version, the newest first. Throws what the file system says. */
  versions(): readonly SettingsVersion[] {
    return this.#numbers()
      .reverse()
      .flatMap((version) => this.#read(version) ?? []);
  }

  newest(): SettingsVersion | null {
    for (const version of this.#numbers().reverse()) {
      const read = this.#read(version);
      if (read !== null) return read;
    }
    return null;
  }

  find(version: number): SettingsVersion | null {
    return this.#numbers().includes(version) ? this.#read(version) : null;
  }

  /** Adds a version, durably, and drops those that are too many. Throws what the file system says. */
  add(version: Omit<SettingsVersion, 'version'>): number {
    makeFolder(this.#folder, 0o700);
    const numbers = this.#numbers();
    const next = Math.min((numbers.at(-1) ?? 0) + 1, LAST_VERSION);
    replaceFile(this.#pathOf(next), `${JSON.stringify({ version: next, ...version })}\n`);
    for (const old of numbers.slice(0, Math.max(0, numbers.length + 1 - MAX_VERSIONS))) this.drop(old);
    return next;
  }

  /** Takes a version away that was never used, or is too old. Throws what the file system says. */
  drop(version: number): void {
    rmSync(this.#pathOf(version), { force: true });
  }

  #pathOf(version: number): string {
    return join(this.#folder, `${String(version).padStart(6, '0')}.json`);
  }

  /** In rising order. */
  #numbers(): number[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder)
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  #read(version: number): SettingsVersion | null {
    const path = this.#pathOf(version);
    if (statSync(path).size > MAX_FILE_BYTES) return null;
    const parsed = parseJsonBytes(readFileSync(path));
    return parsed.ok ? versionOf(parsed.value, version) : null;
  }
}

function versionOf(value: Json, version: number): SettingsVersion | null {
  if (!isJsonObject(value) || !isJsonObject(value['policy'])) return null;
  const { atMs, members, policy, sha256 } = value;
  const by = SETTINGS_ORIGINS.find((known) => known === value['by']);
  const text = textOr(value['text']);
  if (value['version'] !== version || typeof atMs !== 'number' || by === undefined || !isJsonArray(members))
    return null;
  if (digestOf(text) !== sha256) return null;
  return {
    version,
    atMs,
    clock: value['clock'] === 'trusted' ? 'trusted' : 'unsure',
    by,
    members: members.map(textOr),
    sha256,
    policy: { id: textOr(policy['id']), sha256: typeof policy['sha256'] === 'string' ? policy['sha256'] : null },
    text,
  };
}
