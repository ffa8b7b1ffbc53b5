import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Replaces a file so that after a power cut it is the old one or the new one, never a part; only its owner may read
 * it. Throws what the file system says.
 */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const beside = `${path}.new`;
  const file = openSync(beside, 'w', 0o600);
  try {
    // A file that an earlier power cut left behind keeps the mode it had.
    fchmodSync(file, 0o600);
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  syncFolder(dirname(path));
}

/** Without this a rename may be forgotten by a power cut although the file itself was synced. */
export function syncFolder(path: string): void {
  syncFile(path);
}

/** Returns when what was written to a file, by whomever, is on the disk. Throws what the file system says. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
