import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ByteSearch } from './byte-search.ts';

const MIB = 1_048_576;

/** A folder whose every byte on the disk can be searched. */
export interface Searchable {
  readonly folder: string;
  /** What is searched, for people. */
  readonly what: string;
  found(search: ByteSearch): ReadonlySet<string>;
  remove(): void;
}

/**
 * A data partition of its own, ext4 in a file: freed blocks, its journal and all. Needs root and loop devices.
 * @returns null where it cannot be mounted
 */
export function rawImage(beside: string, mib: number): Searchable | null {
  const place = mkdtempSync(join(beside, 'munjigi-image-'));
  const image = join(place, 'image');
  const folder = join(place, 'data');
  mkdirSync(folder);
  try {
    const file = openSync(image, 'w');
    ftruncateSync(file, mib * MIB);
    closeSync(file);
    execFileSync('mkfs.ext4', ['-q', '-F', image], { stdio: 'pipe' });
    execFileSync('mount', ['-o', 'loop', image, folder], { stdio: 'pipe' });
  } catch {
    rmSync(place, { recursive: true, force: true });
    return null;
  }
  return {
    folder,
    what: `the raw image of an ext4 partition of ${mib} MiB`,
    found(search) {
      execFileSync('sync', ['-f', folder]);
      const file = openSync(image, 'r');
      fsyncSync(file);
      closeSync(file);
      return search.foundIn(image);
    },
    remove() {
      execFileSync('umount', ['-l', folder]);
      rmSync(place, { recursive: true, force: true });
    },
  };
}

/** The files alone, where nothing can be mounted: it says nothing of blocks that were freed. */
export function plainFolder(beside: string): Searchable {
  const folder = mkdtempSync(join(beside, 'munjigi-files-'));
  return {
    folder,
    what: 'the files of a folder',
    found(search) {
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((item) => item.isFile());
      return new Set(files.flatMap(({ parentPath, name }) => [...search.foundIn(join(parentPath, name))]));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
