import { statfsSync } from 'node:fs';

/** Bytes that this user can still write on the disk of a folder; null where the disk does not say. */
export function freeBytesAt(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}
