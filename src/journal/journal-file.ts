import Database from 'better-sqlite3';
import { Suspicion } from './damage.ts';
import type { Handle, SqliteJournalOptions } from './handle.ts';
import { JournalFault } from './journal.ts';
import { scrubAtLast } from './wal-scrub.ts';

/** What a disk says that takes no more for now: the open file is as good as before. */
const REFUSED_FOR_NOW: ReadonlySet<string> = new Set(['SQLITE_FULL', 'SQLITE_BUSY']);

/** The open file of a journal: opened anew after an I/O error, and with a suspicion if what it holds is damaged. */
export class JournalFile {
  readonly #open: SqliteJournalOptions['open'];
  readonly #adopt: (db: Database.Database) => Handle;
  readonly #suspicion = new Suspicion();
  #handle: Handle | null;
  #isClosed = false;

  /**
   * @param handle the file as it was opened first
   * @param adopt called with a file that was opened anew, before anybody uses it
   */
  constructor(open: SqliteJournalOptions['open'], handle: Handle, adopt: (db: Database.Database) => Handle) {
    this.#open = open;
    this.#handle = handle;
    this.#adopt = adopt;
  }

  /** Gives the open file to `use`; what SQLite refuses is a `JournalFault`. */
  reading<T>(use: (handle: Handle) => T): T {
    try {
      this.#handle ??= this.#reopen();
      return use(this.#handle);
    } catch (thrown) {
      if (this.#suspicion.met(thrown)) this.#drop();
      if (!(thrown instanceof Database.SqliteError)) throw thrown;
      // After a failed sync the pages in memory and on disk may differ: only a fresh handle knows what is stored.
      if (!REFUSED_FOR_NOW.has(thrown.code)) this.#drop();
      throw new JournalFault(thrown.code);
    }
  }

  /** It is damaged: the next call sets it aside. */
  distrust(problem: string): void {
    this.#suspicion.because(problem);
    this.#drop();
  }

  close(): void {
    this.#isClosed = true;
    scrubAtLast(this.#handle?.db ?? null);
    this.#drop();
  }

  #drop(): void {
    this.#handle?.db.close();
    this.#handle = null;
  }

  #reopen(): Handle {
    // A print that ends late must not open a folder again whose lock may be another kiosk's by now.
    if (this.#isClosed) throw new JournalFault('closed');
    const opened = this.#open(this.#suspicion.why);
    if (!opened.ok) throw new JournalFault(opened.error);
    this.#suspicion.clear();
    try {
      return this.#adopt(opened.value);
    } catch (thrown) {
      opened.value.close();
      throw thrown;
    }
  }
}
