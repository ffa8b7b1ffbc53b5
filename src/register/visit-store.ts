import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { err, ok, type Result } from '../base/result.ts';
import { DAY_MS, isEvident, MINUTE_MS, type WallTime } from '../base/time.ts';
import { PERSONAL_DAYS } from '../journal/use.ts';
import { scrubAtLast, scrubWal } from '../journal/wal-scrub.ts';
import { DayKeys, keyDayOf } from './day-keys.ts';
import { forgetRegisterAside, pathAside, registersAside, setAsideAtMs } from './register-aside.ts';
import { damageIn, openRegisterFile, type RegisterTrouble, troubleOf } from './register-file.ts';
import { salvageVisits } from './salvage-visits.ts';
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
    usedDays: db.prepare<[number], number>('SELECT DISTINCT day FROM visit WHERE minute_ms > ?').pluck(),
    keep: db.prepare<[number, number, number, number, Buffer]>(
      'INSERT INTO visit (id, day, minute_ms, vouched, box) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    keepTally: db.prepare<[string, number, number]>(
      'INSERT INTO tally (what, visits, told) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    asides: db.prepare<[], string>('SELECT file FROM aside').pluck(),
    keepAside: db.prepare<[string, string, number, number, number, number]>(
      'INSERT INTO aside (file, why, minute_ms, vouched, visits, told) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    bendAsides: db.prepare<{ minute: number; vouched: number }>(
      'UPDATE aside SET minute_ms = :minute WHERE minute_ms > :minute AND vouched <= :vouched',
    ),
    asidesOver: db.prepare<[number], string>('SELECT file FROM aside WHERE minute_ms <= ?').pluck(),
    dropAside: db.prepare<[string]>('DELETE FROM aside WHERE file = ?'),
    asidesUntold: db.prepare<[], Aside>('SELECT file, why, visits FROM aside WHERE told = 0 ORDER BY file'),
    asideTold: db.prepare<[string]>('UPDATE aside SET told = 1 WHERE file = ?'),
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

/** A damaged register that this one has taken the place of. */
export interface Aside {
  /** Its name in the folder of damaged ones; empty where the file was gone. */
  readonly file: string;
  readonly why: string;
  /** How many of its visits are in this one. */
  readonly visits: number;
}

const GONE = 'the file was gone';
const KEYS_GONE = 'day keys were lost';

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

  /**
   * Opens both files, making what is not there, and takes over what can be read of damaged registers that were set aside.
   * @param why what the one before has become, where it was set aside just now
   */
  static open(
    { register, registerKeys }: RegisterPaths,
    wall: WallTime,
    why: string | null,
  ): Result<VisitStore, RegisterTrouble> {
    const isNew = (statSync(register, { throwIfNoEntry: false })?.size ?? 0) === 0;
    const db = openRegisterFile(register);
    if (!db.ok) return db;
    try {
      const store = new VisitStore(db.value, DayKeys.open(registerKeys));
      if (store.#hasLostKeys(wall.atMs)) {
        db.value.close();
        return err({ damage: KEYS_GONE, says: KEYS_GONE });
      }
      store.#takeOver(register, wall, why ?? (isNew ? GONE : 'unknown'));
      return ok(store);
    } catch (thrown) {
      db.value.close();
      const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
      if (code === '') throw thrown;
      if (code.startsWith('SQLITE_')) return err(troubleOf(thrown, register));
      const remedy = code === 'EISDIR' ? 'it is a folder, move it away' : 'give the file to this user';
      return err({
        damage: damageIn(thrown),
        says: `the day keys ${registerKeys} cannot be used (${code}): ${remedy}`,
      });
    }
  }

  /** Is there a visit left to keep that nobody can give to the authority any more? */
  #hasLostKeys(nowMs: number): boolean {
    return this.#statements.usedDays.all(lastOverMinuteMs(nowMs)).some((day) => this.#keys.keyOf(day) === null);
  }

  #takeOver(register: string, wall: WallTime, why: string): void {
    const { asides, keep, keepTally, keepAside } = this.#statements;
    const known = new Set(asides.all());
    const files = registersAside(register).filter((file) => !known.has(file));
    // Keys of days of which there is no register: it was there.
    if (files.length === 0 && why === GONE && this.#keys.days.length > 0 && !known.has('')) files.push('');
    for (const file of files) {
      const found = salvageVisits(pathAside(register, file), this.#keys);
      const namedMs = Math.min(setAsideAtMs(file) ?? wall.atMs, wall.atMs);
      // A board without a battery wakes up months ago, and would forget at once what it has just set aside.
      const sinceMs = wall.trusted ? namedMs : Math.max(namedMs, wall.floorMs ?? 0);
      this.#db.transaction(() => {
        let visits = 0;
        for (const row of found.visits) {
          visits += keep.run(row.id, row.day, row.minute_ms, Number(row.vouched > 0), row.box).changes;
        }
        for (const { what, visits: total, told } of found.tallies) keepTally.run(what, total, told);
        for (const row of found.asides) {
          keepAside.run(row.file, row.why, row.minute_ms, Number(row.vouched > 0), row.visits, row.told);
        }
        keepAside.run(file, why, minuteOf(sinceMs), Number(isEvident(wall)), visits, 0);
      })();
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
   * Deletes visits that are 28 x 24 hours old, and damaged registers that lie aside for so long; destroys the keys of
   * days of which nothing is left, and overwrites what the write-ahead log still holds.
   * @param clock what it shows, which may be ahead of the time by which to delete, and `isVouched` as in `add`
   * @returns false where a reader still needs that log: to be called again soon
   */
  purge(nowMs: number, clock: { readonly latestMs: number; readonly isVouched: boolean }): boolean {
    const { bend, bendAsides, drop, isUsed, count } = this.#statements;
    // A full disk refuses the deletion and not this, and a deletion that was refused must wait no day longer.
    forgetDays(this.#keys, nowMs);
    const deleted = this.#db.transaction(() => {
      const now = { minute: minuteOf(clock.latestMs), vouched: Number(clock.isVouched) };
      bend.run(now);
      bendAsides.run(now);
      const { changes } = drop.run(lastOverMinuteMs(nowMs));
      if (changes > 0) count.run(DELETED, changes);
      return changes;
    })();
    if (deleted > 0) this.#isScrubDue = true;
    this.#forgetAsides(nowMs);
    // A damaged register may hold visits of any day up to the one on which it was set aside.
    if (this.#statements.asides.get() === undefined) {
      destroyKeys(this.#keys, (day) => day !== keyDayOf(nowMs) && isUsed.get(day) === undefined);
    }
    if (this.#isScrubDue) this.#isScrubDue = !scrubWal(this.#db);
    return !this.#isScrubDue;
  }

  #forgetAsides(nowMs: number): void {
    for (const file of this.#statements.asidesOver.all(lastOverMinuteMs(nowMs))) {
      if (file !== '') forgetRegisterAside(this.#db.name, file);
      this.#keys.destroyBroken();
      this.#statements.dropAside.run(file);
    }
  }

  /** Damaged registers that the journal has not heard of; `asideTold` says that it now has. */
  asidesUntold(): readonly Aside[] {
    return this.#statements.asidesUntold.all();
  }

  asideTold(file: string): void {
    this.#statements.asideTold.run(file);
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
