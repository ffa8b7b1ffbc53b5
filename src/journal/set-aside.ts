import { copyFileSync, linkSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { syncFile, syncFolder } from '../base/atomic-file.ts';
import { makeFolder } from '../base/make-folder.ts';
import { formatInstant } from '../base/time.ts';
import { overwrite } from './wal-scrub.ts';

const SIDE_FILES = ['', '-wal'] as const;
/** Beside a damaged journal: from when on its 28 days count, where that is not when it was set aside. */
export const sincePath = (file: string): string => `${file}.since`;
const NAME = /^journal-\d{8}T\d{9}Z\.db$/;

/** Where a new log is built, and the name under which it is whole and waits to take the place of the damaged one. */
export const buildingPath = (path: string): string => `${path}.new`;
const readyPath = (path: string): string => `${path}.ready`;

/** The folder beside a journal where the damaged ones are kept. */
export const damagedFolder = (path: string): string => join(dirname(path), 'damaged');

/**
 * Gives a damaged journal a second name in the folder `damaged`; the first one stays until `takePlace`, so that a power
 * cut in between loses nothing and repeats nothing. Throws what the file system says.
 * @param atMs milliseconds since the epoch, for the name
 * @returns the name of the file there; null where nothing is left of it
 */
export function setAside(path: string, atMs: number): string | null {
  const left = SIDE_FILES.find((side) => statSync(`${path}${side}`, { throwIfNoEntry: false }) !== undefined);
  if (left === undefined) return null;
  const folder = damagedFolder(path);
  makeFolder(folder, 0o700);
  const name =
    alreadyThere(`${path}${left}`, folder)?.replace(/-wal$/, '') ??
    `journal-${formatInstant(atMs).replaceAll(/[-:.]/g, '')}.db`;
  for (const side of SIDE_FILES) {
    const target = join(folder, `${name}${side}`);
    if (isSameFile(`${path}${side}`, target)) continue;
    // Left there by an attempt that was cut short: it may be older than what it lies beside.
    discard(target);
    if (statSync(`${path}${side}`, { throwIfNoEntry: false }) === undefined) continue;
    try {
      linkSync(`${path}${side}`, target);
    } catch {
      // Some file systems know no second names.
      copyFileSync(`${path}${side}`, target);
      syncFile(target);
    }
  }
  // A write-ahead log alone is found, read and forgotten like any other.
  if (left !== '') writeFileSync(join(folder, name), '', { flag: 'a', mode: 0o600 });
  syncFolder(folder);
  syncFolder(dirname(path));
  return name;
}

/** The name that an attempt before a power cut has given to the same file. */
function alreadyThere(path: string, folder: string): string | null {
  const isItsName = (name: string): boolean =>
    NAME.test(name.replace(/-wal$/, '')) && isSameFile(path, join(folder, name));
  return readdirSync(folder).find(isItsName) ?? null;
}

function isSameFile(path: string, other: string): boolean {
  const [one, two] = [path, other].map((name) => statSync(name, { throwIfNoEntry: false }));
  return one !== undefined && two !== undefined && one.ino === two.ino && one.dev === two.dev;
}

/**
 * Takes the second name off a journal that is gone on with after all: what is done to damaged ones by that name would be
 * done to the living one, and the write-ahead log beside it is not that of the next time.
 */
export function dropSecondName(path: string): void {
  const folder = damagedFolder(path);
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return;
  const name = alreadyThere(path, folder);
  if (name === null) return;
  const file = join(folder, name);
  for (const gone of [`${file}-wal`, `${file}-shm`, sincePath(file), file]) discard(gone);
  syncFolder(folder);
}

/** Puts the log that was built in the place of the damaged one; from the first rename on a power cut only delays it. */
export function takePlace(path: string): void {
  renameSync(buildingPath(path), readyPath(path));
  syncFolder(dirname(path));
  finishTakingPlace(path);
}

/** Ends what a power cut has interrupted; to be called before the journal is opened. */
export function finishTakingPlace(path: string): void {
  // A log that was not finished says nothing that the damaged one does not.
  for (const side of ['', '-wal', '-shm']) discard(`${buildingPath(path)}${side}`);
  if (statSync(readyPath(path), { throwIfNoEntry: false }) === undefined) return;
  // A write-ahead log that stayed would be played back into the new file.
  for (const side of ['-wal', '-shm', '']) discard(`${path}${side}`);
  renameSync(readyPath(path), path);
  syncFolder(dirname(path));
}

/** Unlinked as it is, a file without another name would leave use keys in the blocks that it had. */
function discard(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  try {
    if (there.nlink === 1) overwrite(path, 0);
  } catch {
    // A disk that refuses this must not keep the door shut.
  }
  rmSync(path);
}

/** The damaged journals that are kept, the oldest first. */
export function keptAside(path: string): readonly string[] {
  const folder = damagedFolder(path);
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort();
}
