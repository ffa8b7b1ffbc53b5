import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Deep enough for checkouts that lie under their owners' names, and for the folders inside them. */
const MAX_DEPTH = 8;
/** What the archive of a branch or a commit has behind the repository's name. */
const ARCHIVE = /-(main|master|[0-9a-f]{7,40})$/;
const SKIPPED: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/** How the folder of a set is known. */
export interface FolderNames {
  readonly names: readonly string[];
  /** Where the name is one that anything could have: folders of which only the set holds one. */
  readonly holding?: readonly string[];
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Every folder below `dir`, itself first. A folder that leads back up ends at the depth. */
export function foldersBelow(dir: string, depth = 0): readonly string[] {
  if (depth > MAX_DEPTH) return [];
  const below = readdirSync(dir)
    .filter((name) => !SKIPPED.has(name))
    .map((name) => join(dir, name))
    .filter(isFolder)
    .sort();
  return [dir, ...below.flatMap((path) => foldersBelow(path, depth + 1))];
}

/** The folders of one set; what lies inside one of them is part of it and no folder of its own. */
export function foldersOf({ names, holding }: FolderNames, folders: readonly string[]): readonly string[] {
  const found = folders.filter((path) => {
    const name = basename(path);
    if (!names.includes(name) && !names.includes(name.replace(ARCHIVE, ''))) return false;
    return holding === undefined || holding.some((inside) => existsSync(join(path, inside)));
  });
  return found.filter((path) => !found.some((other) => other !== path && path.startsWith(join(other, '/'))));
}
