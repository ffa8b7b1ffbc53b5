import { DamagedJournal, JournalFault } from '../journal/journal.ts';
import { openJournalReader } from '../journal/open.ts';
import { type JournalReader, UnknownEntry } from '../journal/query.ts';
import { orUsage, UsageError } from './command.ts';

/** Gives the journal at `path`, for reading beside a running kiosk, to `use`; a damaged file is a usage error. */
export async function readJournal<T>(path: string, use: (db: JournalReader) => T | Promise<T>): Promise<T> {
  const db = orUsage(openJournalReader(path));
  try {
    return await use(db);
  } catch (thrown) {
    if (thrown instanceof UnknownEntry) throw new UsageError(thrown.message);
    if (!(thrown instanceof JournalFault)) throw thrown;
    const what = `cannot read the journal ${path}: ${thrown.message}; keep the file and check the disk`;
    throw new UsageError(
      thrown instanceof DamagedJournal ? `${what}; 'munjigi journal verify --damaged ${path}' says what is left` : what,
    );
  } finally {
    db.close();
  }
}
