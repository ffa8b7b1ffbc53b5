import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Entry } from '../../src/journal/entry.ts';
import { openJournalReader } from '../../src/journal/open.ts';

interface Row {
  readonly seq: number;
  readonly bytes: Buffer;
  readonly leaf: Buffer;
}

/** Entries that salts and facts belong to, and the keys of uses. */
export interface SideRows {
  readonly salts: ReadonlySet<number>;
  readonly facts: ReadonlySet<number>;
  readonly uses: ReadonlySet<string>;
}

const PREFIX = Buffer.of(0);

/** Whether an entry opens the door. */
export const isAdmission = (entry: Entry): boolean =>
  entry.type === 'staff-admitted' || (entry.type === 'scan' && entry.verdict === 'admit');

/**
 * What the journal holds, read beside the kiosk over a connection of its own: only what is committed is there. Each
 * entry is kept as it was first seen.
 */
export class Ledger {
  readonly #db: Database.Database;
  readonly #after: Database.Statement<[number], Row>;
  readonly #one: Database.Statement<[number], Row>;
  readonly #all: Database.Statement<[], Row>;
  readonly #salts: Database.Statement<[], number>;
  readonly #facts: Database.Statement<[], number>;
  readonly #uses: Database.Statement<[], Buffer>;
  readonly #seen: Buffer[] = [];
  readonly entries: Entry[] = [];

  constructor(path: string) {
    const opened = openJournalReader(path);
    if (!opened.ok) throw new Error(opened.error);
    this.#db = opened.value;
    this.#after = this.#db.prepare('SELECT seq, bytes, leaf FROM entry WHERE seq >= ? ORDER BY seq');
    this.#one = this.#db.prepare('SELECT seq, bytes, leaf FROM entry WHERE seq = ?');
    this.#all = this.#db.prepare('SELECT seq, bytes, leaf FROM entry ORDER BY seq');
    this.#salts = this.#db.prepare<[], number>('SELECT seq FROM salt').pluck();
    this.#facts = this.#db.prepare<[], number>('SELECT seq FROM facts').pluck();
    this.#uses = this.#db.prepare<[], Buffer>('SELECT key FROM use').pluck();
  }

  get reader(): Database.Database {
    return this.#db;
  }

  /** The text of one entry as it lies on the disk now. */
  newestAt(seq: number): { readonly seq: number; readonly bytes: string } {
    const row = this.#one.get(seq);
    return { seq: row?.seq ?? -1, bytes: row?.bytes.toString('utf8') ?? '' };
  }

  /**
   * The entries that have come since the last call; a sentence for what is wrong with their numbers or hashes, or if
   * the newest that was there before is gone.
   */
  read(): { readonly fresh: readonly Entry[]; readonly problem: string | null } {
    const from = this.entries.length;
    const rows = this.#after.all(Math.max(0, from - 1));
    const newest = this.#seen.at(-1);
    if (newest !== undefined && rows[0]?.bytes.equals(newest) !== true) return { fresh: [], problem: this.#lost() };
    for (const { seq, bytes, leaf } of rows.slice(Math.min(from, 1))) {
      const expected = this.entries.length;
      if (seq !== expected) return { fresh: [], problem: `entry ${expected} is missing: ${seq} follows` };
      const hash = createHash('sha256').update(PREFIX).update(bytes).digest();
      if (!hash.equals(leaf)) return { fresh: [], problem: `the leaf of entry ${seq} is not the hash of its bytes` };
      const entry = JSON.parse(bytes.toString('utf8')) as Entry;
      if (entry.seq !== seq) return { fresh: [], problem: `entry ${seq} says that it is ${entry.seq}` };
      this.#seen.push(bytes);
      this.entries.push(entry);
    }
    return { fresh: this.entries.slice(from), problem: null };
  }

  #lost(): string {
    const stored = new Map(this.#all.all().map(({ seq, bytes }) => [seq, bytes]));
    const lost = this.entries.filter(({ seq }) => stored.get(seq)?.equals(this.#seen[seq] ?? PREFIX) !== true);
    const admissions = lost.filter(isAdmission).map(({ seq }) => seq);
    return `${lost.length} entries that were recorded are lost, with ${admissions.length} admissions: ${admissions.join()}`;
  }

  /** Whether every entry is still what it was; a sentence if not. */
  changed(): string | null {
    const rows = this.#all.all();
    if (rows.length < this.#seen.length) return `${this.#seen.length} entries were there and ${rows.length} are left`;
    for (const [at, bytes] of this.#seen.entries()) {
      if (rows[at]?.bytes.equals(bytes) !== true) return `entry ${at} was changed`;
    }
    return null;
  }

  /** What stands in the side tables now; use keys in hexadecimal. */
  sideRows(): SideRows {
    return {
      salts: new Set(this.#salts.all()),
      facts: new Set(this.#facts.all()),
      uses: new Set(this.#uses.all().map((key) => key.toString('hex'))),
    };
  }

  close(): void {
    this.#db.close();
  }
}
