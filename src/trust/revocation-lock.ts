import { join } from 'node:path';
import Database from 'better-sqlite3';
import { err, ok, type Result } from '../base/result.ts';

/** Takes a folder of lists for one import at a time; the kernel frees it however the process ends. */
export function lockRevocations(folder: string): Result<{ release(): void }, string> {
  const lock = new Database(join(folder, 'import.lock'), { timeout: 0 });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
    return ok({ release: () => lock.close() });
  } catch (thrown) {
    lock.close();
    if (!(thrown instanceof Database.SqliteError) || thrown.code !== 'SQLITE_BUSY') throw thrown;
    return err('another import of revocations is running: wait for its end, then try again');
  }
}
