import { existsSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type LooseDocument, MAX_TRUST_FILE_BYTES } from './loose-key.ts';

/** One `--trust` argument: where keys lie, and whose they are if the owner says so. */
export interface TrustSource {
  readonly issuer: string | null;
  readonly path: string;
}

/**
 * `[ISSUER=]PATH`. Both halves may hold '=', so what exists decides: first the whole text as a path, then the
 * shortest issuer whose path exists, and the first '=' where nothing does.
 */
export function parseTrustArgument(text: string): TrustSource {
  if (existsSync(text) || !text.includes('=')) return { issuer: null, path: text };
  for (let at = text.indexOf('='); at !== -1; at = text.indexOf('=', at + 1)) {
    const path = text.slice(at + 1);
    if (path !== '' && existsSync(path)) return { issuer: text.slice(0, at), path };
  }
  const first = text.indexOf('=');
  return { issuer: text.slice(0, first), path: text.slice(first + 1) };
}

function statOf(path: string): Result<Stats, string> {
  try {
    return ok(statSync(path));
  } catch (thrown) {
    return err(`cannot read ${path}: ${reasonOf(thrown)}`);
  }
}

function readDocument(path: string, issuer: string | null, stats: Stats): Result<LooseDocument, string> {
  // A named pipe is how a shell hands over the output of a command; a device would never end.
  if (!stats.isFile() && !stats.isFIFO()) return err(`${path} is neither a file nor a folder`);
  if (stats.size > MAX_TRUST_FILE_BYTES) return err(`${path} is larger than ${MAX_TRUST_FILE_BYTES} bytes`);
  try {
    return ok({ name: path, issuer, bytes: readFileSync(path) });
  } catch (thrown) {
    return err(`cannot read ${path}: ${reasonOf(thrown)}`);
  }
}

function namesIn(folder: string): Result<readonly string[], string> {
  try {
    // Hidden files are what editors and operating systems leave behind, never keys.
    return ok(
      readdirSync(folder)
        .filter((name) => !name.startsWith('.'))
        .sort(),
    );
  } catch (thrown) {
    return err(`cannot read ${folder}: ${reasonOf(thrown)}`);
  }
}

function readFolder(folder: string, issuer: string | null): Result<readonly LooseDocument[], string> {
  const names = namesIn(folder);
  if (!names.ok) return names;
  const documents: LooseDocument[] = [];
  for (const name of names.value) {
    const path = join(folder, name);
    const stats = statOf(path);
    if (!stats.ok) return stats;
    if (stats.value.isDirectory()) continue;
    const document = readDocument(path, issuer, stats.value);
    if (!document.ok) return document;
    documents.push(document.value);
  }
  return documents.length === 0 ? err(`${folder} holds no files`) : ok(documents);
}

/** Reads files, and the files of folders without going deeper. The error is one sentence that names the path. */
export function readSources(sources: readonly TrustSource[]): Result<readonly LooseDocument[], string> {
  const documents: LooseDocument[] = [];
  for (const { issuer, path } of sources) {
    if (issuer === '') return err(`=${path} names an empty issuer: write ISSUER=${path}`);
    const stats = statOf(path);
    if (!stats.ok) return stats;
    if (stats.value.isDirectory()) {
      const folder = readFolder(path, issuer);
      if (!folder.ok) return folder;
      documents.push(...folder.value);
      continue;
    }
    const document = readDocument(path, issuer, stats.value);
    if (!document.ok) return document;
    documents.push(document.value);
  }
  return ok(documents);
}
