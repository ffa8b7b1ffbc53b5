import { err, type Result } from '../base/result.ts';
import { conflictIn } from './key-ring.ts';
import { readLooseDocuments } from './loose-document.ts';
import type { LooseKey } from './loose-key.ts';
import { readSources, type TrustSource } from './read-sources.ts';
import { isRevocationList } from './revocation-read.ts';

/**
 * The keys of all `--trust` arguments together, checked against each other; revocation lists among them are passed over.
 * @returns the keys, or one sentence that names the file at fault
 */
export function loadLoose(sources: readonly TrustSource[]): Result<readonly LooseKey[], string> {
  const documents = readSources(sources);
  if (!documents.ok) return documents;
  const keys = readLooseDocuments(documents.value.filter(({ bytes }) => !isRevocationList(bytes)));
  if (!keys.ok) return keys;
  const conflict = conflictIn(keys.value);
  return conflict === null ? keys : err(conflict);
}
