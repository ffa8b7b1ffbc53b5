import Database from 'better-sqlite3';

/** Where something can go wrong: around each transaction and each statement, and around what the door shows. */
export const DISK_POINTS = ['open', 'begin', 'statement', 'commit', 'committed'] as const;
export const DOOR_POINTS = ['before-signal', 'after-signal', 'before-rest'] as const;
export type DiskPoint = (typeof DISK_POINTS)[number];
export type Point = DiskPoint | (typeof DOOR_POINTS)[number];

/** The process is gone: no handler of the kiosk may stop this. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** What the disk answers, and where. `committed` is a sync that failed after the bytes had arrived. */
export interface DiskFault {
  readonly code: 'SQLITE_FULL' | 'SQLITE_BUSY' | 'SQLITE_IOERR_WRITE' | 'SQLITE_IOERR_READ' | 'SQLITE_IOERR_FSYNC';
  readonly at: DiskPoint;
  /** It goes on until it is mended; else it happens once. */
  readonly lasts: boolean;
}

/** Burns down with each point that the kiosk passes, and then kills it or fails its disk. */
export class Fuse {
  #kill: { left: number; readonly at: Point | null } | null = null;
  #disk: { left: number; readonly fault: DiskFault } | null = null;
  #landed = 0;
  #failed = 0;
  #killedAt: Point | null = null;

  /** How many commits are on the disk although their writer was told that they failed. */
  get landed(): number {
    return this.#landed;
  }

  /** How often the disk has refused. */
  get failed(): number {
    return this.#failed;
  }

  /** Where the process was killed, if it was since this was last asked. */
  takeKilledAt(): Point | null {
    const point = this.#killedAt;
    this.#killedAt = null;
    return point;
  }

  get isDiskBad(): boolean {
    return this.#disk !== null;
  }

  /** Kills the process at the `after`-th point from here, or at the `after`-th one of that name. */
  armKill(after: number, at: Point | null): void {
    this.#kill = { left: after, at };
  }

  armDisk(after: number, fault: DiskFault): void {
    this.#disk = { left: after, fault };
  }

  mend(): void {
    this.#disk = null;
  }

  disarm(): void {
    this.#kill = null;
    this.#disk = null;
  }

  touch(point: Point): void {
    const kill = this.#kill;
    if (kill !== null && (kill.at === null || kill.at === point)) {
      kill.left -= 1;
      if (kill.left <= 0) {
        this.#kill = null;
        this.#killedAt = point;
        throw new Killed(point);
      }
    }
    const disk = this.#disk;
    if (disk === null || disk.fault.at !== point) return;
    disk.left -= 1;
    if (disk.left > 0) return;
    if (!disk.fault.lasts) this.#disk = null;
    this.#failed += 1;
    if (point === 'committed') this.#landed += 1;
    throw new Database.SqliteError(`simulated ${disk.fault.code}`, disk.fault.code);
  }
}
