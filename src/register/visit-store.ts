import type Database from 'better-sqlite3';
import { err, ok, type Result } from '../base/result.ts';
import { DAY_MS, MINUTE_MS } from '../base/time.ts';
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
    add: db.prepare<[number, number, number, Buffer]>(
      'INSERT INTO visit (day, minute_ms, vouched, box) VALUES (?, ?, ?, ?)',
    ),
    shut: db.prepare<[Buffer, number | bigint]>('UPDATE visit SET box = ? WHERE id = ?'),
    // Made by a clock that was ahead: 28 days from now at the latest. A hand does not overrule what vouched for a clock,
    // or a wrong date of the past would have everybody forgotten as soon as it is put right.
    bend: db.prepare<{ minute: number; vouched: number }>(
      'UPDATE visit SET minute_ms = :minute WHERE minute_ms > :minute AND vouched <= :vouched',
    ),
    drop: db.prepare<[number]>('DELETE FROM visit WHERE minute_ms <= ?'),
    isUsed: db.prepare<[number], { id: number }>('SELECT id FROM visit WHERE day = ? LIMIT 1'),
    count: db.prepare<[string, number]>(
      `INSERT INTO tally (what, visits, told) VALUES (?, ?, 0)
       ON CONFLICT (what) DO UPDATE SET visits = visits + excluded.visits`,
    ),
    untold: db.prepare<[], Tally>('SELECT what, visits, told FROM tally WHERE visits > told ORDER BY what'),
    told: db.prepare<[number, string]>('UPDATE tally SET told = ? WHERE what = ?'),
  };
}

const EMPTY = Buffer.alloc(0);
/** No thumbprint: these have 43 characters. */
export const DELETED = 'deleted';

/** How many visits were ever deleted, or sealed to one key, and how many of those the journal tells of. */
export interface Tally {
  readonly what: string;
  readonly visits: number;
  readonly told: number;
}

/** When a visit began, no finer than it is kept. */
export const minuteOf = (atMs: number): number => Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
/** Of visits kept under this minute or an earlier one nothing may be left at `nowMs`: all of it is 28 x 24 hours old. */
export const lastOverMinuteMs = (nowMs: number): number => minuteOf(nowMs - PERSONAL_DAYS * DAY_MS) - MINUTE_MS;
/** When a visit of this minute is deleted. */
export const deletedAtMs = (minuteMs: number): number => minuteMs + MINUTE_MS + PERSONAL_DAYS * DAY_MS;

function destroyKeys(keys: DayKeys, isOver: (day: number) => boolean): void {
  for (const day of keys.days) if (isOver(day)) keys.destroy(day);
}

/**
 * Destroys the keys of days of which everything is 28 x 24 hours old; it needs neither room nor the visits themselves, of
 * which nobody can read anything then. Throws what the file system says.
 */
export function forgetDays(keys: DayKeys, nowMs: number): void {
  const firstKept = keyDayOf(lastOverMinuteMs(nowMs) + MINUTE_MS);
  destroyKeys(keys, (day) => day < firstKept);
}

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

  /**
   * @param to thumbprint of the key that it was sealed to
   * @param isVouched whether more than somebody's hand stands behind the clock
   * @returns false where there is no room for the key of its day
   */
  add(jwe: string, atMs: number, to: string, isVouched: boolean): boolean {
    const day = keyDayOf(atMs);
    const key = this.#keys.keyFor(day);
    if (key === null) return false;
    const { add, shut, count } = this.#statements;
    this.#db.transaction(() => {
      const id = Number(add.run(day, minuteOf(atMs), Number(isVouched), EMPTY).lastInsertRowid);
      shut.run(shutBox(jwe, key, id), id);
      count.run(to, 1);
    })();
    return true;
  }

  /**
   * Deletes visits that are 28 x 24 hours old, destroys the keys of days of which nothing is left, and overwrites what
   * the write-ahead log still holds.
   * @param clock what it shows, which may be ahead of the time by which to delete, and `isVouched` as in `add`
   * @returns false where a reader still needs that log: to be called again soon
   */
  purge(nowMs: number, clock: { readonly latestMs: number; readonly isVouched: boolean }): boolean {
    const { bend, drop, isUsed, count } = this.#statements;
    // A full disk refuses the deletion and not this, and a deletion that was refused must wait no day longer.
    forgetDays(this.#keys, nowMs);
    const deleted = this.#db.transaction(() => {
      bend.run({ minute: minuteOf(clock.latestMs), vouched: Number(clock.isVouched) });
      const { changes } = drop.run(lastOverMinuteMs(nowMs));
      if (changes > 0) count.run(DELETED, changes);
      return changes;
    })();
    if (deleted > 0) this.#isScrubDue = true;
    destroyKeys(this.#keys, (day) => day !== keyDayOf(nowMs) && isUsed.get(day) === undefined);
    if (this.#isScrubDue) this.#isScrubDue = !scrubWal(this.#db);
    return !this.#isScrubDue;
  }

  /** What the journal has not heard of in full; `told` says that it now has. */
  untold(): readonly Tally[] {
    return this.#statements.untold.all();
  }

  told({ what, visits }: Tally): void {
    this.#statements.told.run(visits, what);
  }

  close(): void {
    scrubAtLast(this.#db);
    this.#db.close();
  }
}
