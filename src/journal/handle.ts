import type Database from 'better-sqlite3';
import type { Result } from '../base/result.ts';
import type { Clock } from '../base/time.ts';
import type { Stamp } from './entry.ts';
import { EntryWriter } from './entry-writer.ts';
import type { Reserve } from './reserve.ts';
import { prepareStatements, type Statements } from './statements.ts';
import { UseKeys } from './use-key.ts';

export interface SqliteJournalOptions {
  /**
   * Opens (or reopens, after an I/O error) the file; see journal/open.
   * @param suspicion why it must not be gone on with; null for no reason
   */
  readonly open: (suspicion: string | null) => Result<Database.Database, string>;
  /**
   * Has personal rows taken out of journals that were set aside before a time, in milliseconds since the epoch; `latestMs`
   * is what the clock shows. Returns when the newest of those that are kept was set aside, null for none.
   */
  readonly forgetAside?: (untilMs: number, latestMs: number) => number | null;
  /** Keeps the newest signed head outside the file; must not throw. */
  readonly keepHead?: (note: string) => void;
  readonly clock: Clock;
  /** Names the stretch in which monotonic time runs on: the boot id of the machine. */
  readonly bootId: string;
  /** Whose entries these are, if not a kiosk's. */
  readonly writer?: Stamp['writer'];
  /** K_use: what use keys are derived under. 32 bytes. */
  readonly useKeySecret: Buffer;
  /** It was made just now, because there was none. */
  readonly isUseKeyNew?: boolean;
  /** What is given up when the disk is full; without one a full disk is a fault at once. */
  readonly reserve?: Reserve;
}

/** An open file with all that writes to it. */
export interface Handle {
  readonly db: Database.Database;
  readonly statements: Statements;
  readonly writer: EntryWriter;
  readonly useKeys: UseKeys;
}

/** @param lastTrustedMs wall time of the newest entry under a trusted clock, or null */
export function handleOf(
  db: Database.Database,
  { clock, bootId, writer, useKeySecret, isUseKeyNew = false }: SqliteJournalOptions,
  lastTrustedMs: () => number | null,
): Handle {
  const statements = prepareStatements(db);
  const useKeys = new UseKeys(db, useKeySecret, isUseKeyNew, clock.wall().atMs);
  return { db, statements, writer: new EntryWriter(statements, clock, bootId, lastTrustedMs, writer), useKeys };
}
