import Database from 'better-sqlite3';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { DamagedJournal } from './journal.ts';

const UNREADABLE: ReadonlySet<string> = new Set(['SQLITE_NOTADB', 'SQLITE_ERROR', 'SQLITE_MISMATCH', 'SQLITE_FORMAT']);
/** A number that is given out once and stands there already. */
const TAKEN_NUMBER = /^UNIQUE constraint failed: (entry|node|checkpoint|salt|facts|unshown)\./;

/** Does what was thrown say that the file is not what was written, rather than that the disk refuses for now? */
export function isDamage(thrown: unknown): boolean {
  if (thrown instanceof DamagedJournal) return true;
  if (!(thrown instanceof Database.SqliteError)) return false;
  const { code, message } = thrown;
  return code.startsWith('SQLITE_CORRUPT') || UNREADABLE.has(code) || TAKEN_NUMBER.test(message);
}

/** A bad read may be the cable's fault and is tried again from the disk; the second is the file's. */
export const DAMAGES_BEFORE_ASIDE = 2;

const reasonFor = (thrown: unknown): string =>
  thrown instanceof Database.SqliteError ? thrown.code : reasonOf(thrown);

/** Whether a journal that is open is still to be believed. */
export class Suspicion {
  #damages = 0;
  #why: string | null = null;

  /** Why the file must not be gone on with; null while it may. */
  get why(): string | null {
    return this.#why;
  }

  /** Takes note of what a query threw. @returns whether it says that the file is damaged */
  met(thrown: unknown): boolean {
    if (!isDamage(thrown)) return false;
    this.#damages += 1;
    if (this.#damages >= DAMAGES_BEFORE_ASIDE) this.because(reasonFor(thrown));
    return true;
  }

  because(problem: string): void {
    this.#why ??= problem;
  }

  /** The file was opened with all that is suspected: what was damaged is not in use any more. */
  clear(): void {
    if (this.#why !== null) this.#damages = 0;
    this.#why = null;
  }
}

/**
 * Opens a file and reads from it what `adopt` needs; one that opens and cannot be read is opened once more with that as
 * a suspicion. The error is one sentence.
 */
export function openReadable<T>(
  open: (suspicion: string | null) => Result<Database.Database, string>,
  adopt: (db: Database.Database) => T,
): Result<T, string> {
  let suspicion: string | null = null;
  for (;;) {
    const opened = open(suspicion);
    if (!opened.ok) return opened;
    try {
      return ok(adopt(opened.value));
    } catch (thrown) {
      opened.value.close();
      if (!(thrown instanceof Database.SqliteError) && !isDamage(thrown)) throw thrown;
      const why = reasonFor(thrown);
      if (suspicion !== null || !isDamage(thrown)) {
        return err(`the journal cannot be read: ${why}; check the disk, then start again`);
      }
      suspicion = why;
    }
  }
}
