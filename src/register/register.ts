import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { err, ok, type Result } from '../base/result.ts';
import { type Clock, formatInstant, isEvident, SECOND_MS, type WallTime } from '../base/time.ts';
import type { Timers } from '../base/timers.ts';
import { type Journal, JournalFault } from '../journal/journal.ts';
import type { TrustList } from '../trust/trust-list.ts';
import { type Authority, authorityOf } from './authority.ts';
import { DayKeys } from './day-keys.ts';
import { parseDistrict } from './district.ts';
import { parsePhoneNumber } from './phone-number.ts';
import { registersAside } from './register-aside.ts';
import { cannotBeWritten } from './register-fault.ts';
import { damageIn } from './register-file.ts';
import { openRenewing } from './renew-register.ts';
import { sealVisit } from './seal.ts';
import { DELETED, deletedAtMs, forgetDays, minuteOf, type RegisterPaths, type VisitStore } from './visit-store.ts';

/** Visits that are sealed at once, in threads that stickers and imports want too. */
export const MAX_SEALING = 16;
/** Whoever waits longer than this is told to try again. */
export const SEAL_WITHIN_MS = 10 * SECOND_MS;

/** What a visitor is told once the visit is on the disk. */
export interface Receipt {
  readonly authority: string;
  readonly fingerprint: string;
  /** RFC 3339. */
  readonly deletedAt: string;
}

/** The register as a page may show it. */
export interface RegisterStatus {
  /** Null while no trust list in use names one, or the files cannot be used: nobody can register. */
  readonly authority: string | null;
  readonly fingerprint: string | null;
}

export interface RegisterParts {
  readonly paths: RegisterPaths;
  /** Where the owner has switched it off, what was left is kept until its time and nothing is added. */
  readonly isOn: () => boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly journal: Pick<Journal, 'record'>;
  /** The signed list in use. */
  readonly list: () => TrustList | null;
  readonly seal?: typeof sealVisit;
}

export const NO_REGISTER = 'the visitor register is off: switch it on with munjigi settings set register=on';

/** The files are sound, and whoever waits may use them. */
const PASSING: ReadonlySet<string> = new Set(['SQLITE_FULL', 'SQLITE_BUSY']);
/** A bad read may be the cable's fault and is tried again from the disk; the second is the file's. */
const DAMAGES_BEFORE_ASIDE = 2;

const NO_ROOM =
  'the register has no room for another day, for by its clock nothing could be deleted for weeks: set the clock right and leave it so for a day';

/**
 * The visitor register: number and district, sealed to the authority of the trust list, deleted after 28 x 24 hours.
 * Sealing waits for the thread pool and happens beside the door; nothing of a visit is on the disk before it is sealed.
 */
export class Register {
  readonly #parts: RegisterParts;
  #store: VisitStore | null = null;
  #sealing = 0;
  #isClosed = false;
  /** Nobody could register when the files were last used. */
  #isBroken = false;

  constructor(parts: RegisterParts) {
    this.#parts = parts;
  }

  /** One sentence that says why nobody can register; null while somebody can. */
  refusal(): string | null {
    if (!this.#parts.isOn()) return null;
    const ready = this.#ready();
    return ready.ok ? null : ready.error;
  }

  /** Null where it is switched off. */
  status(): RegisterStatus | null {
    if (!this.#parts.isOn()) return null;
    const authority = this.#authority();
    if (!authority.ok || this.#isBroken) return { authority: null, fingerprint: null };
    return { authority: authority.value.title, fingerprint: authority.value.fingerprint };
  }

  /** Lines for checkpoints: whose key visits are sealed to, so that it cannot be changed unnoticed. */
  readonly checkpointLines = (): readonly string[] => {
    const authority = this.#parts.isOn() ? this.#authority() : null;
    return authority?.ok === true ? [`register ${authority.value.fingerprint}`] : [];
  };

  /**
   * Seals and stores one visit; whoever gets a receipt is on the disk. A refusal is one sentence without what was given.
   */
  async add(phone: string, district: string): Promise<Result<Receipt, string>> {
    const number = parsePhoneNumber(phone);
    if (!number.ok) return number;
    const home = parseDistrict(district);
    if (!home.ok) return home;
    const ready = this.#ready();
    if (!ready.ok) return ready;
    const wall = this.#parts.clock.wall();
    const { atMs, trusted } = wall;
    if (!trusted)
      return err('nobody can register while the clock is unsure, for nobody would know when to delete it: set it');
    if (this.#sealing >= MAX_SEALING) return err('too many people register at once: try again in a moment');
    const jwe = await this.#sealed({ atMs, phone: number.value, district: home.value }, ready.value);
    if (jwe === null) return err('the visit could not be sealed in time and is not stored: try again');
    const still = this.#ready();
    if (!still.ok) return still;
    if (still.value.fingerprint !== ready.value.fingerprint)
      return err('the trust list names another key by now, so that the visit is not stored: try again');
    return this.#keep(jwe, wall, ready.value);
  }

  /**
   * Deletes what is 28 x 24 hours old by a clock that is trusted.
   * @param nowMs the time by which to delete, in milliseconds since the epoch, no later than the clock
   * @returns null once nothing of it is left; else one sentence, and it must be called again soon
   */
  purge(nowMs: number): string | null {
    if (!this.#isThere()) return null;
    const wall = this.#parts.clock.wall();
    const clock = { latestMs: Math.max(nowMs, wall.atMs), isVouched: isEvident(wall) };
    const purged = this.#using((store) => store.purge(nowMs, clock));
    if (!purged.ok) {
      if (this.#store === null) this.#forgetDaysOfUnreadable(nowMs);
      return purged.error;
    }
    const untold = this.tell();
    if (untold !== null) return untold;
    return purged.value ? null : 'the visitor register is being read, so that its log cannot be emptied yet';
  }

  /**
   * Tells the journal how many visits were sealed and deleted since it last heard. Not visit by visit: entries that
   * stand between two scans would say who of the people at the door each of them was.
   * @returns null once the journal has it, else one sentence
   */
  tell(): string | null {
    if (!this.#isThere()) return null;
    const told = this.#using((store) => this.#tell(store));
    return told.ok ? null : told.error;
  }

  /** What the journal does not hear any more it hears after the next start. */
  close(): void {
    if (this.#isClosed) return;
    this.tell();
    this.#isClosed = true;
    this.#drop();
  }

  /** A log that takes nothing keeps nobody from registering, and hears of it later. */
  #tellOfAsides(store: VisitStore): void {
    try {
      for (const { file, why, visits } of store.asidesUntold()) {
        this.#parts.journal.record({ type: 'register-continued', why, file: file === '' ? null : file, visits });
        store.asideTold(file);
      }
    } catch (thrown) {
      if (!(thrown instanceof JournalFault)) throw thrown;
    }
  }

  #tell(store: VisitStore): void {
    const { journal } = this.#parts;
    for (const tally of store.untold()) {
      const { what, visits: total, told } = tally;
      const counts = { visits: total - told, total };
      journal.record(
        what === DELETED ? { type: 'register-deleted', ...counts } : { type: 'register-sealed', to: what, ...counts },
      );
      store.told(tally);
    }
  }

  #authority(): Result<Authority, string> {
    return authorityOf(this.#parts.list(), this.#parts.clock.wall().atMs);
  }

  #ready(): Result<Authority, string> {
    if (!this.#parts.isOn()) return err(NO_REGISTER);
    const authority = this.#authority();
    if (!authority.ok) return authority;
    const store = this.#using(() => undefined);
    return store.ok ? authority : store;
  }

  /** The sealed visit, or null where the threads are too busy: what comes out later is thrown away. */
  async #sealed(visit: Parameters<typeof sealVisit>[0], authority: Authority): Promise<string | null> {
    const { timers, seal = sealVisit } = this.#parts;
    this.#sealing += 1;
    const sealing = seal(visit, authority).finally(() => {
      this.#sealing -= 1;
    });
    let cancel = (): void => {};
    const late = new Promise<null>((resolve) => {
      cancel = timers.after(SEAL_WITHIN_MS, () => resolve(null));
    });
    try {
      return await Promise.race([sealing, late]);
    } finally {
      cancel();
    }
  }

  #keep(jwe: string, wall: WallTime, { title, fingerprint }: Authority): Result<Receipt, string> {
    const kept = this.#using((store) => store.add(jwe, wall.atMs, fingerprint, isEvident(wall)));
    if (!kept.ok) return kept;
    if (!kept.value) return err(NO_ROOM);
    return ok({ authority: title, fingerprint, deletedAt: formatInstant(deletedAtMs(minuteOf(wall.atMs))) });
  }

  /** A damaged file must not keep anybody longer. */
  #forgetDaysOfUnreadable(nowMs: number): void {
    const { registerKeys } = this.#parts.paths;
    try {
      if (existsSync(registerKeys)) forgetDays(DayKeys.read(registerKeys), nowMs);
    } catch (thrown) {
      if (faultOf(thrown) === null) throw thrown;
    }
  }

  #isThere(): boolean {
    const { register, registerKeys } = this.#parts.paths;
    if (this.#store !== null || existsSync(register) || existsSync(registerKeys)) return true;
    return registersAside(register).length > 0;
  }

  /**
   * Gives the open files to `use`, which may be called more than once. They are opened anew after a fault; damaged ones
   * are set aside and new ones begun. What the disk refuses is one sentence.
   */
  #using<T>(use: (store: VisitStore) => T): Result<T, string> {
    if (this.#isClosed) return err('the kiosk is stopping: try again when it is back');
    let suspicion: string | null = null;
    for (let damages = 1; ; damages += 1) {
      const opened = this.#opened(suspicion);
      if (!opened.ok) return opened;
      try {
        this.#tellOfAsides(opened.value);
        const used = use(opened.value);
        this.#isBroken = false;
        return ok(used);
      } catch (thrown) {
        const damage = damageIn(thrown) ?? lostIn(thrown);
        if (damage === null || damages > DAMAGES_BEFORE_ASIDE) return this.#refused(thrown);
        this.#drop();
        suspicion = damages === DAMAGES_BEFORE_ASIDE ? damageIn(thrown) : null;
      }
    }
  }

  #opened(suspicion: string | null): Result<VisitStore, string> {
    if (this.#store !== null) return ok(this.#store);
    const { paths, clock } = this.#parts;
    const opened = openRenewing(paths, clock.wall(), suspicion);
    this.#isBroken = !opened.ok;
    if (opened.ok) this.#store = opened.value;
    return opened;
  }

  #refused(thrown: unknown): Result<never, string> {
    if (thrown instanceof JournalFault) return err(cannotBeWritten(thrown.message));
    const code = faultOf(thrown);
    if (code === null) throw thrown;
    // After a failed sync only a fresh handle knows what is stored.
    if (!PASSING.has(code)) this.#drop();
    this.#isBroken = code !== 'SQLITE_BUSY';
    return err(cannotBeWritten(code));
  }

  #drop(): void {
    this.#store?.close();
    this.#store = null;
  }
}

function faultOf(thrown: unknown): string | null {
  if (thrown instanceof Database.SqliteError) return thrown.code;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return /^E[A-Z]+$/.test(code) ? code : null;
}

/** A file was taken away under an open register: opened anew, it is found to be gone. */
const lostIn = (thrown: unknown): string | null => {
  const code = faultOf(thrown);
  return code === 'ENOENT' ? code : null;
};
