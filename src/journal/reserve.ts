import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, statfsSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type HeldBack, JournalFault } from './journal.ts';

/** Room for more than 5,000 admissions, with SQLite's write-ahead log beside them. */
export const RESERVE_BYTES = 16 * 1_048_576;
/** A full disk shows at a commit, or where SQLite makes its shared index bigger. */
const DISK_IS_FULL: ReadonlySet<string> = new Set(['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT']);
/** Written at a time: little enough that the loop does not notice. */
const SLICE_BYTES = 1_048_576;
/** What a start needs beside the journal. */
const LEAST_FREE_BYTES = 2 * 1_048_576;

/**
 * Disk space that is held back for the journal, as a file: where the disk is full it is given up and the door goes on
 * recording, while somebody is told. Deleting old entries would be no way out, since SQLite needs room for that too.
 */
export class Reserve implements HeldBack {
  readonly #path: string;
  #bytes: number;

  /** Takes up what an earlier run left, and fills the rest where there is room. Throws nothing: a full disk is a state. */
  constructor(path: string) {
    this.#path = path;
    this.#bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (this.isLow) {
      const slice = incompressible();
      while (this.#add(slice));
    }
    // A start writes more than the journal: on a disk that was filled while the kiosk was off it needs the space now.
    if (freeBytes(path) < LEAST_FREE_BYTES) this.release();
  }

  /** The disk cannot, or not yet again, hold back the whole reserve. */
  get isLow(): boolean {
    return this.#bytes < RESERVE_BYTES;
  }

  /**
   * Adds one slice, if as much again as the whole reserve stays free beside it: it must not be what fills the disk.
   * @returns whether it has grown
   */
  grow(): boolean {
    return this.isLow && this.#add(incompressible());
  }

  #add(slice: Buffer): boolean {
    if (!this.isLow) return false;
    try {
      // Not synced: only the space counts.
      const file = openSync(this.#path, 'a', 0o600);
      try {
        if (freeBytes(this.#path) < RESERVE_BYTES + SLICE_BYTES) return false;
        this.#bytes += writeSync(file, slice);
        return true;
      } finally {
        closeSync(file);
      }
    } catch {
      return false;
    }
  }

  /** Gives the space back to the disk. @returns false where there is none to give */
  release(): boolean {
    if (this.#bytes === 0) return false;
    try {
      unlinkSync(this.#path);
    } catch {
      return false;
    }
    this.#bytes = 0;
    return true;
  }
}

/** Bytes that no file system can compress or leave out. */
const incompressible = (): Buffer => randomFillSync(Buffer.alloc(SLICE_BYTES));

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize;
}

/** Does what SQLite or the file system threw say that there is no room? */
export const isDiskFull = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && DISK_IS_FULL.has(String(thrown.code));

/** Runs `attempt`; where the disk is full gives up the reserve and runs it once more. */
export function withReserve<T>(reserve: Reserve | null, attempt: () => T): T {
  try {
    return attempt();
  } catch (thrown) {
    const isFull = thrown instanceof JournalFault && DISK_IS_FULL.has(thrown.message);
    if (!isFull || reserve?.release() !== true) throw thrown;
    return attempt();
  }
}
