import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { PassFields } from '../pass/pass.ts';
import { BUILDING_FILE } from './revocation-build.ts';
import { type OpenList, openList, type StoredList } from './revocation-file.ts';
import {
  fileOfList,
  kindOfFile,
  type ListSubject,
  MAX_REVOCATION_LISTS,
  type RevocationKind,
} from './revocation-list.ts';
import { type RevocationName, revocationNamesOf } from './revocation-names.ts';

/**
 * All revocation lists of one kiosk, each an SQLite file of its own that is written once. Looking up is synchronous, one
 * indexed row a name, and no update ever writes to a file that is looked at.
 */
export class Revocations {
  readonly #folder: string;
  /** By what they are about. */
  readonly #open = new Map<string, OpenList>();
  /** Files of lists that cannot be read, with one sentence each. */
  readonly #damaged = new Map<string, string>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens every list in a folder, which need not be there yet. One that is damaged is kept in mind, not passed over. */
  static open(folder: string): Revocations {
    const revocations = new Revocations(folder);
    const names = existsSync(folder) ? readdirSync(folder) : [];
    for (const name of names) if (kindOfFile(name) !== null) revocations.#load(name);
    return revocations;
  }

  /** Lists that lie in memory, for a command that looks at them once. */
  static inMemory(lists: readonly OpenList[]): Revocations {
    const revocations = new Revocations('');
    for (const list of lists) revocations.#open.set(aboutOf(list.list), list);
    return revocations;
  }

  /** `Trust.isRevoked` for every kind of list but the stickers of this kiosk itself, which its journal knows. */
  readonly isRevoked = (pass: PassFields): boolean | 'unknown' => {
    let isUnknown = false;
    for (const name of revocationNamesOf(pass, this.#holds)) {
      const answer = this.#lookUp(name);
      if (answer === true) return true;
      isUnknown ||= answer === 'unknown';
    }
    return isUnknown ? 'unknown' : false;
  };

  list(): readonly StoredList[] {
    return [...this.#open.values()].map(({ list }) => list);
  }

  /** One sentence for each list that cannot be read. */
  complaints(): readonly string[] {
    return [...this.#damaged.values()];
  }

  /**
   * Puts the list that was built beside the others in the place of the old one about the same, in one step.
   * @param sha256 of the file that it was built from
   * @param record called before anything is changed; what it throws leaves all as it was
   */
  adopt(sha256: string, record: (list: StoredList) => void): Result<StoredList, string> {
    const built = join(this.#folder, BUILDING_FILE);
    const next = openList(built);
    if (!next.ok) return next;
    const { list } = next.value;
    const file = fileOfList(list);
    const problem =
      list.sha256 !== sha256
        ? 'another list was built meanwhile: import it again'
        : !this.#open.has(aboutOf(list)) && this.#open.size >= MAX_REVOCATION_LISTS
          ? `there are ${MAX_REVOCATION_LISTS} revocation lists already`
          : null;
    if (problem !== null) {
      next.value.close();
      return err(problem);
    }
    try {
      record(list);
      renameSync(built, join(this.#folder, file));
    } catch (thrown) {
      next.value.close();
      throw thrown;
    }
    this.#open.get(aboutOf(list))?.close();
    this.#open.set(aboutOf(list), next.value);
    this.#damaged.delete(file);
    return ok(list);
  }

  close(): void {
    for (const list of this.#open.values()) list.close();
    this.#open.clear();
  }

  #load(name: string): void {
    const opened = openList(join(this.#folder, name));
    if (!opened.ok) this.#damaged.set(name, opened.error);
    else if (fileOfList(opened.value.list) === name) this.#open.set(aboutOf(opened.value.list), opened.value);
    else {
      opened.value.close();
      this.#damaged.set(name, `the revocation list ${name} holds another list: import both again`);
    }
  }

  /** Only a kind of which there is a list is worth the hashing. */
  readonly #holds = (kind: RevocationKind): boolean => {
    for (const { list } of this.#open.values()) if (list.kind === kind) return true;
    for (const name of this.#damaged.keys()) if (kindOfFile(name) === kind) return true;
    return false;
  };

  #lookUp(name: RevocationName): boolean | 'unknown' {
    try {
      if (this.#open.get(aboutOf(name))?.revokes(name.id, name.issuedAtMs) === true) return true;
    } catch (thrown) {
      if (!(thrown instanceof Database.SqliteError)) throw thrown;
      const file = fileOfList(name);
      this.#damaged.set(file, `the revocation list ${file} cannot be read (${reasonOf(thrown)}): import it again`);
    }
    return this.#damaged.size > 0 && this.#damaged.has(fileOfList(name)) ? 'unknown' : false;
  }
}

const aboutOf = ({ kind, issuer, scope }: ListSubject): string => `${kind}\n${scope}\n${issuer}`;

/** True where any of several sets of lists revokes; else `unknown` where one of them does not know. */
export function anyRevokes(all: readonly Revocations[]): (pass: PassFields) => boolean | 'unknown' {
  return (pass) => {
    const answers = all.map(({ isRevoked }) => isRevoked(pass));
    return answers.includes(true) || (answers.includes('unknown') ? 'unknown' : false);
  };
}
