import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** A checkout brings its history and its packages along; neither holds vectors. */
const NO_VECTORS = /(^|[\\/])(\.git|node_modules)([\\/]|$)/;
const UTF16 = [0xff, 0xfe];

/** The files below a folder whose path matches, with forward slashes and in order. */
export function filesBelow(dir: string, path: RegExp): readonly string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .filter((name) => !NO_VECTORS.test(name))
    .map((name) => name.split(sep).join('/'))
    .filter((name) => path.test(name))
    .sort();
}

/** A text of somebody else's making: UTF-8 or UTF-16, with a byte order mark or without. */
export function textIn(path: string): string {
  const bytes = readFileSync(path);
  const isUtf16 = bytes[0] === UTF16[0] && bytes[1] === UTF16[1];
  return bytes.toString(isUtf16 ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '');
}

/** The object in a JSON file; null for a file that holds none, which some sets have. */
export function objectIn<T extends object>(path: string): Partial<T> | null {
  try {
    const value: unknown = JSON.parse(textIn(path));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
