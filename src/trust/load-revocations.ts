import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { TrustSource } from './read-sources.ts';
import { isBefore, type OpenList } from './revocation-file.ts';
import { fileOfList } from './revocation-list.ts';
import { isRevocationFile, readRevocations, type WholeList } from './revocation-read.ts';
import { RepeatedEntry } from './revocation-table.ts';
import { Revocations } from './revocations.ts';

/**
 * The revocation lists among the files and folders of `--trust`, in memory.
 * @returns the lists, or one sentence that names the file at fault
 */
export function loadRevocations(sources: readonly TrustSource[]): Result<Revocations, string> {
  const lists = new Map<string, OpenList>();
  for (const { issuer, path } of sources.flatMap(filesOf)) {
    if (!isRevocationFile(path)) continue;
    const read = readRevocations({ path, issuer, expected: null });
    const list = read.ok ? openInMemory(read.value) : read;
    if (!list.ok) return err(`${path} is not taken: ${list.error}`);
    const subject = fileOfList(list.value.list);
    if (lists.has(subject)) return err(`${path} is about the same as another revocation list: give one of them`);
    lists.set(subject, list.value);
  }
  return ok(Revocations.inMemory([...lists.values()]));
}

/** What cannot be read is for the reader of keys to complain about. */
function filesOf(source: TrustSource): readonly TrustSource[] {
  try {
    if (!statSync(source.path).isDirectory()) return [source];
    return readdirSync(source.path)
      .filter((name) => !name.startsWith('.'))
      .map((name) => ({ issuer: source.issuer, path: join(source.path, name) }));
  } catch {
    return [];
  }
}

function openInMemory({ list, table }: WholeList): Result<OpenList, string> {
  const rows = new Map<string, number | null>();
  try {
    for (const { id, beforeS } of table.sorted(list.kind === 'card-rid')) rows.set(id.toString('latin1'), beforeS);
  } catch (thrown) {
    if (!(thrown instanceof RepeatedEntry)) throw thrown;
    return err(reasonOf(thrown));
  }
  return ok({
    list: { ...list, importedAtMs: 0 },
    revokes(id, issuedAtMs) {
      const beforeS = rows.get(id.toString('latin1'));
      return beforeS !== undefined && isBefore(issuedAtMs, beforeS);
    },
    close: () => {},
  });
}
