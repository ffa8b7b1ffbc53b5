import type Database from 'better-sqlite3';
import { err, ok, type Result } from '../base/result.ts';
import { DAY_MS } from '../base/time.ts';
import { PERSONAL_DAYS } from '../journal/use.ts';
import { scrubAtLast, scrubWal } from '../journal/wal-scrub.ts';
import { DayKeys, keyDayOf } from './day-keys.ts';
import { openRegisterFile } from './register-file.ts';
import { shutBox } from './visit-box.ts';

export interface RegisterPaths {
  readonly register: string;
  readonly registerKeys: string;
}

function prepareStatements(db: Database.Database) {
  return {
    add: db.prepare<[number, number, Buffer]>('INSERT INTO visit (day, created_ms, box) VALUES (?, ?, ?)'),
    shut: db.prepare<[Buffer, number | bigint]>('UPDATE visit SET box = ? WHERE id = ?'),
    remove: db.prepare<[number]>('DELETE FROM visit WHERE id = ?'),
    // Made by a clock that was ahead: 28 days from now at the latest.
    bend: db.prepare<{ now: number }>('UPDATE visit SET created_ms = :now WHERE created_ms > :now'),
    drop: db.prepare<[number]>('DELETE FROM visit WHERE created_ms <= ?'),
    isUsed: db.prepare<[number], { id: number }>('SELECT id FROM visit WHERE day = ? LIMIT 1'),
    addUntold: db.prepare<[number]>('UPDATE untold SET deleted = deleted + ?'),
    untold: db.prepare<[], { deleted: number }>('SELECT deleted FROM untold'),
    told: db.prepare<[number]>('UPDATE untold SET deleted = deleted - ?'),
  };
}

const EMPTY = Buffer.alloc(0);

/** Sealed visits on the disk. Every call is durable when it returns, or throws what SQLite or the file system says. */
export class VisitStore {
  readonly #db: Database.Database;
  readonly #keys: DayKeys;
  readonly #statements: ReturnType<typeof prepareStatements>;
  /** An earlier run may have been killed between a deletion and this. */
  #isScrubDue = true;

  private constructor(db: Database.Database, keys: DayKeys) {
    this.#db = db;
    this.#keys = keys;
    this.#statements = prepareStatements(db);
  }

  /** Opens both files, making what is not there; one sentence if they cannot be used. */
  static open({ register, registerKeys }: RegisterPaths): Result<VisitStore, string> {
    const db = openRegisterFile(register);
    if (!db.ok) return db;
    try {
      return ok(new VisitStore(db.value, DayKeys.open(registerKeys)));
    } catch (thrown) {
      db.value.close();
      const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
      if (code === '') throw thrown;
      return err(`the day keys ${registerKeys} cannot be used (${code}): give the file to this user`);
    }
  }

  /** @returns the number of the visit; null where there is no room for the key of its day */
  add(jwe: string, createdMs: number): number | null {
    const day = keyDayOf(createdMs);
    const key = this.#keys.keyFor(day);
    if (key === null) return null;
    const { add, shut } = this.#statements;
    return this.#db.transaction(() => {
      const id = Number(add.run(day, createdMs, EMPTY).lastInsertRowid);
      shut.run(shutBox(jwe, key, id), id);
      return id;
    })();
  }

  /** Takes a visit back that nobody was told of. */
  remove(id: number): void {
    this.#statements.remove.run(id);
    this.#isScrubDue = true;
  }

  /**
   * Deletes visits that are 28 x 24 hours old, destroys the keys of days of which nothing is left, and overwrites what
   * the write-ahead log still holds.
   * @returns false where a reader still needs that log: to be called again soon
   */
  purge(nowMs: number): boolean {
    const { bend, drop, isUsed, addUntold } = this.#statements;
    const deleted = this.#db.transaction(() => {
      bend.run({ now: nowMs });
      const { changes } = drop.run(nowMs - PERSONAL_DAYS * DAY_MS);
      if (changes > 0) addUntold.run(changes);
      return changes;
    })();
    if (deleted > 0) this.#isScrubDue = true;
    for (const day of this.#keys.days) {
      if (day !== keyDayOf(nowMs) && isUsed.get(day) === undefined) this.#keys.destroy(day);
    }
    if (this.#isScrubDue) this.#isScrubDue = !scrubWal(this.#db);
    return !this.#isScrubDue;
  }

  /** Deletions that the journal has not heard of; `told` says that it now has. */
  untold(): number {
    return this.#statements.untold.get()?.deleted ?? 0;
  }

  told(deleted: number): void {
    this.#statements.told.run(deleted);
  }

  close(): void {
    scrubAtLast(this.#db);
    this.#db.close();
  }
}
