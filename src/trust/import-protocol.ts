import type { Result } from '../base/result.ts';
import type { LooseDocument, LooseKey } from './loose-key.ts';
import type { StoredDocument } from './trust-store.ts';

/** What the import's thread is given; `answer` holds one Int32 that tells it whether the import was recorded. */
export interface ImportJob {
  readonly path: string;
  readonly documents: readonly LooseDocument[];
  readonly atMs: number;
  readonly answer: SharedArrayBuffer;
}

/** The answers to `found`: 0 while there is none. */
export const FOUND = { record: 1, refuse: 2 } as const;

export interface Imported {
  readonly stored: readonly StoredDocument[];
  /** All keys of the store, the new ones among them. */
  readonly keys: readonly LooseKey[];
}

export type ImportMessage =
  | { readonly kind: 'found'; readonly documents: readonly StoredDocument[] }
  | { readonly kind: 'done'; readonly result: Result<Imported, string> };
