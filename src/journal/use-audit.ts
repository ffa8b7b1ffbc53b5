import type Database from 'better-sqlite3';
import type { JournalReader } from './query.ts';

interface UseKey {
  readonly key: Buffer;
  readonly ends_ms: number;
  readonly seq: number;
}

const DAMAGED = 'the memory of used passes is damaged';

/**
 * Reads the memory of used passes through in slices. It is hashed nowhere, since its rows go with time, but each key stands
 * twice: in the table and in the index by its end. What only one of them has is damage.
 */
export class UseAudit {
  readonly #inTable: Database.Statement<[Buffer, number], UseKey>;
  readonly #inIndex: Database.Statement<[number, number, Buffer, number], UseKey>;
  readonly #ofKeyInTable: Database.Statement<[Buffer], { ends_ms: number; seq: number }>;
  readonly #atPlaceInIndex: Database.Statement<[number, number, Buffer], { ends_ms: number }>;
  readonly #slice: (maxRows: number) => string | null;
  #tableAfter: UseKey | null = { key: Buffer.alloc(0), ends_ms: 0, seq: 0 };
  #indexAfter: UseKey | null = { key: Buffer.alloc(0), ends_ms: -1, seq: -1 };

  constructor(db: JournalReader) {
    this.#inTable = db.prepare('SELECT key, ends_ms, seq FROM use WHERE key > ? ORDER BY key LIMIT ?');
    this.#inIndex = db.prepare(
      `SELECT key, ends_ms, seq FROM use INDEXED BY use_ends
       WHERE (ends_ms, seq, key) > (?, ?, ?) ORDER BY ends_ms, seq, key LIMIT ?`,
    );
    this.#ofKeyInTable = db.prepare('SELECT ends_ms, seq FROM use NOT INDEXED WHERE key = ?');
    this.#atPlaceInIndex = db.prepare(
      'SELECT ends_ms FROM use INDEXED BY use_ends WHERE ends_ms = ? AND seq = ? AND key = ?',
    );
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
      if (rows.some(({ key, ends_ms, seq }) => this.#atPlaceInIndex.get(ends_ms, seq, key) === undefined)) {
        return DAMAGED;
      }
      this.#tableAfter = rows.length < maxRows ? null : (rows.at(-1) ?? null);
    } else if (this.#indexAfter !== null) {
      const { ends_ms: endsMs, seq: after, key: last } = this.#indexAfter;
      const rows = this.#inIndex.all(endsMs, after, last, maxRows);
      const isInTable = ({ key, ends_ms, seq }: UseKey): boolean => {
        const row = this.#ofKeyInTable.get(key);
        return row?.ends_ms === ends_ms && row.seq === seq;
      };
      if (!rows.every(isInTable)) return DAMAGED;
      this.#indexAfter = rows.length < maxRows ? null : (rows.at(-1) ?? null);
    }
    return null;
  }
}
