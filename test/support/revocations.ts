import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../src/base/result.ts';
import type { Timers } from '../../src/base/timers.ts';
import { type BuiltList, buildRevocations, keepPrevious } from '../../src/trust/revocation-build.ts';
import type { ListExpectation } from '../../src/trust/revocation-list.ts';
import type { Revocations } from '../../src/trust/revocations.ts';

/** The hash of a revocation list as the EU describes it, made without our own code. */
export const euHash = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest().subarray(0, 16).toString('base64');

export const randomHash = (): string => randomBytes(16).toString('base64');

/** One batch of the EU's list, good unless a part says otherwise. */
export const batch = (hashes: readonly string[], parts: object = {}): object => ({
  country: 'AT',
  expires: '2030-01-01T00:00:00Z',
  kid: Buffer.from('0123456789abcdef', 'hex').toString('base64'),
  hashType: 'UCI',
  entries: hashes.map((hash) => ({ hash })),
  ...parts,
});

/** Nobody waits. */
export const AT_ONCE: Timers = {
  after(_, callback) {
    callback();
    return () => {};
  },
};

let files = 0;

/** Writes content into a file of its own. */
export function listFile(folder: string, content: object | string): string {
  files += 1;
  const path = join(folder, `list-${files}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

interface Options {
  readonly issuer?: string | null;
  readonly expected?: ListExpectation | null;
  readonly atMs?: number;
  readonly progress?: (rows: number) => void;
}

/** Builds a list in `folder` and leaves it there. */
export function built(folder: string, path: string, options: Options = {}): Promise<Result<BuiltList, string>> {
  mkdirSync(folder, { recursive: true });
  const { issuer = null, expected = null, atMs = 1_000, progress = () => {} } = options;
  return buildRevocations({ folder, path, issuer, expected, atMs, timers: AT_ONCE, progress });
}

/** Builds a list and puts it into use; throws the sentence of a refusal. */
export async function taken(
  revocations: Revocations,
  folder: string,
  path: string,
  options: Options = {},
): Promise<BuiltList> {
  const list = await built(folder, path, options);
  if (!list.ok) throw new Error(list.error);
  if (list.value.isUnchanged) return list.value;
  keepPrevious(folder, list.value.list);
  const adopted = revocations.adopt(list.value.list.sha256, () => {});
  if (!adopted.ok) throw new Error(adopted.error);
  return list.value;
}
