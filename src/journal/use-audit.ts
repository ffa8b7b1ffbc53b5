import type Database from 'better-sqlite3';
import type { JournalReader } from './query.ts';

interface UseKey {
  readonly key: Buffer;
  readonly ends_ms: number;
}

const DAMAGED = 'the memory of used passes is damaged';

/**
 * Reads the memory of used passes through in slices. It is hashed nowhere, since its rows go with time, but each key stands
 * twice: in the table and in the index by its end. What only one of them has is damage.
 */
export class UseAudit {
  readonly #inTable: Database.Statement<[Buffer, number], UseKey>;
  readonly #inIndex: Database.Statement<[number, Buffer, number], UseKey>;
  readonly #endInTable: Database.Statement<[Buffer], { ends_ms: number }>;
  readonly #atEndInIndex: Database.Statement<[number, Buffer], { ends_ms: number }>;
  readonly #slice: (maxRows: number) => string | null;
  #tableAfter: UseKey | null = { key: Buffer.alloc(0), ends_ms: 0 };
  #indexAfter: UseKey | null = { key: Buffer.alloc(0), ends_ms: -1 };

  constructor(db: JournalReader) {
    this.#inTable = db.prepare('SELECT key, ends_ms FROM use WHERE key > ? ORDER BY key LIMIT ?');
    this.#inIndex = db.prepare(
      `SELECT key, ends_ms FROM use INDEXED BY use_ends
       WHERE (ends_ms, key) > (?, ?) ORDER BY ends_ms, key LIMIT ?`,
    );
    this.#endInTable = db.prepare('SELECT ends_ms FROM use WHERE key = ?');
    this.#atEndInIndex = db.prepare('SELECT ends_ms FROM use INDEXED BY use_ends WHERE ends_ms = ? AND key = ?');
    // Both must be asked of one state of the file.
    this.#slice = db.transaction((maxRows: number) => this.#compare(maxRows));
  }

  get isOver(): boolean {
    return this.#tableAfter === null && this.#indexAfter === null;
  }

  /** Looks at the next rows, at most `maxRows`. @returns one sentence for damage, else null */
  step(maxRows: number): string | null {
    return this.#slice(maxRows);
  }

  #compare(maxRows: number): string | null {
    if (this.#tableAfter !== null) {
      const rows = this.#inTable.all(this.#tableAfter.key, maxRows);
      if (rows.some(({ key, ends_ms }) => this.#atEndInIndex.get(ends_ms, key) === undefined)) return DAMAGED;
      this.#tableAfter = rows.length < maxRows ? null : (rows.at(-1) ?? null);
    } else if (this.#indexAfter !== null) {
      const rows = this.#inIndex.all(this.#indexAfter.ends_ms, this.#indexAfter.key, maxRows);
      if (rows.some(({ key, ends_ms }) => this.#endInTable.get(key)?.ends_ms !== ends_ms)) return DAMAGED;
      this.#indexAfter = rows.length < maxRows ? null : (rows.at(-1) ?? null);
    }
    return null;
  }
}
