import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a file that is about to be replaced has beside it; left behind only by the end of a process. */
export const STAGED_SUFFIX = '.new';

/**
 * Replaces a file so that after a power cut it is the old one or the new one, never a part; only its owner may read
 * it. Throws what the file system says.
 */
export function replaceFile(path: string, content: string | Uint8Array): void {
  stageFile(path, content);
  putStagedFile(path);
}

/** The first half of `replaceFile`: the new content is on the disk, beside the old one, which is still in use. */
export function stageFile(path: string, content: string | Uint8Array): void {
  const file = openSync(path + STAGED_SUFFIX, 'w', 0o600);
  try {
    // A file that an earlier power cut left behind keeps the mode it had.
    fchmodSync(file, 0o600);
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The second half of `replaceFile`: one step, from the old content to what `stageFile` has laid beside it. */
export function putStagedFile(path: string): void {
  renameSync(path + STAGED_SUFFIX, path);
  syncFolder(dirname(path));
}

/** Without this a rename may be forgotten by a power cut although the file itself was synced. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
