import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the public vectors lie: MUNJIGI_VECTORS, else beside the project. */
export const VECTORS = resolve(process.env['MUNJIGI_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors'));

/**
 * The folder of one set. Where it is absent a test is skipped with `note` in its name, except in CI, where it runs and
 * fails.
 */
export function vectorSet(name: string): { readonly dir: string; readonly skip: boolean; readonly note: string } {
  const dir = join(VECTORS, name);
  const isMissing = !existsSync(dir);
  const note = isMissing ? ` (no public vectors here: set MUNJIGI_VECTORS to a folder that holds ${name})` : '';
  return { dir, skip: isMissing && process.env['CI'] === undefined, note };
}
