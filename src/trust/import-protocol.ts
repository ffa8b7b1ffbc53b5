import type { Result } from '../base/result.ts';
import type { Environment } from '../settings/schema.ts';
import type { FoundList, ListCandidate } from './import-list.ts';
import type { LooseDocument } from './loose-key.ts';
import type { StoredDocument, TrustContents } from './trust-store.ts';

/** What is to be imported: loose keys, or one signed list. */
export type ImportTask =
  | { readonly kind: 'loose'; readonly documents: readonly LooseDocument[]; readonly atMs: number }
  | { readonly kind: 'list'; readonly candidate: ListCandidate };

/** What the import's thread is given; `answer` holds one Int32 that tells it whether the import was recorded. */
export interface ImportJob {
  readonly path: string;
  readonly environment: Environment;
  readonly task: ImportTask;
  readonly answer: SharedArrayBuffer;
}

/** The answers to `found`: 0 while there is none. */
export const FOUND = { record: 1, refuse: 2 } as const;

/** What was found good. */
export type Found =
  | { readonly kind: 'loose'; readonly documents: readonly StoredDocument[] }
  | { readonly kind: 'list'; readonly list: FoundList };

export interface Imported {
  readonly found: Found;
  /** All that the store trusts now, the new among it. */
  readonly contents: TrustContents;
}

export type ImportMessage =
  | { readonly kind: 'found'; readonly found: Found }
  | { readonly kind: 'done'; readonly result: Result<Imported, string> };
