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

/** A fault of the disk that waits for its turn, or lasts. */
export interface ArmedDisk {
  readonly fault: DiskFault;
  readonly hasFailed: boolean;
}

/** Told of a kill or a fault at the moment at which it happens. */
export type FuseBlown = (kind: 'restart' | 'disk', what: string) => void;

/** Burns down with each point that the kiosk passes, and then kills it or fails its disk. */
export class Fuse {
  readonly #blown: FuseBlown;
  #kill: { left: number; readonly at: Point | null } | null = null;
  #disk: (ArmedDisk & { left: number; hasFailed: boolean }) | null = null;
  #isHeld = false;
  #landed = 0;
  #failed = 0;
  #killedAt: Point | null = null;

  constructor(blown: FuseBlown) {
    this.#blown = blown;
  }

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

  /** Whether a kill waits for its turn. */
  get isKillArmed(): boolean {
    return this.#kill !== null;
  }

  /** Whether the disk fails, or is going to. */
  get isDiskArmed(): boolean {
    return this.#disk !== null;
  }

  /** Kills the process at the `after`-th point from here, or at the `after`-th one of that name. */
  armKill(after: number, at: Point | null): void {
    this.#kill = { left: after, at };
  }

  /** Fails the disk at the `after`-th point of the fault's name from here. */
  armDisk(after: number, fault: DiskFault): ArmedDisk {
    this.#disk = { left: after, fault, hasFailed: false };
    return this.#disk;
  }

  /** Ends that fault of the disk, and no later one. */
  mend(armed: ArmedDisk): void {
    if (this.#disk === armed) this.#disk = null;
  }

  /** What still waits for its turn happens at the next point. */
  hurry(): void {
    if (this.#kill !== null) this.#kill = { left: 1, at: null };
    if (this.#disk !== null) this.#disk.left = 1;
  }

  hurryDisk(): void {
    if (this.#disk !== null) this.#disk.left = 1;
  }

  /** Nothing happens while `act` runs; what waits goes on waiting. */
  async held(act: () => Promise<void>): Promise<void> {
    this.#isHeld = true;
    try {
      await act();
    } finally {
      this.#isHeld = false;
    }
  }

  disarm(): void {
    this.#kill = null;
    this.#disk = null;
  }

  touch(point: Point): void {
    if (this.#isHeld) return;
    const kill = this.#kill;
    if (kill !== null && (kill.at === null || kill.at === point)) {
      kill.left -= 1;
      if (kill.left <= 0) {
        this.#kill = null;
        this.#killedAt = point;
        this.#blown('restart', `killed at ${point}`);
        throw new Killed(point);
      }
    }
    const disk = this.#disk;
    if (disk === null || disk.fault.at !== point) return;
    disk.left -= 1;
    if (disk.left > 0) return;
    const { code, lasts } = disk.fault;
    if (!disk.hasFailed) this.#blown('disk', `${code} at ${point}${lasts ? ', lasting' : ''}`);
    disk.hasFailed = true;
    if (!lasts) this.#disk = null;
    this.#failed += 1;
    if (point === 'committed') this.#landed += 1;
    throw new Database.SqliteError(`simulated ${code}`, code);
  }
}
