import type { ScanSubject } from './journal.ts';

/** What a pass, or the sticker that stands for it, is remembered by. */
export interface Use {
  readonly key: Buffer;
  readonly standsForSingle: boolean;
  /** When the last of pass and sticker ends; null for never. */
  readonly passUntilMs: number | null;
}

/** The genuine pass behind an entry, while staff may still decide about it. */
export interface Genuine {
  readonly seq: number;
  readonly subject: ScanSubject;
  readonly use: Use;
}
