import { checkpointTime, parseCheckpoint } from './checkpoint.ts';
import { type JournalReader, reading } from './query.ts';

/** Entries from `from` to before `to`, by sequence number. */
export interface EntryRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The entries that may have been made between two wall times, in milliseconds since the epoch: from the checkpoint
 * before the first of them to the checkpoint after the last. Entries in between may bear any time, where the clock was
 * wrong. Checkpoints stand for the entries between them, so that a log of any length is not read through.
 */
export function entriesInTime(db: JournalReader, fromMs: number, toMs: number): EntryRange {
  const { size, signed } = reading(() => ({
    size: db.prepare<[], number>('SELECT coalesce(max(seq) + 1, 0) FROM entry').pluck().get() ?? 0,
    signed: db.prepare<[], { size: number; note: string }>('SELECT size, note FROM checkpoint ORDER BY size').all(),
  }));
  let first: number | null = null;
  let end = size;
  let before = { size: 0, atMs: Number.NEGATIVE_INFINITY };
  for (const head of [...signed.map(timedHead), { size, atMs: Number.POSITIVE_INFINITY }]) {
    const [earlier, later] = [Math.min(before.atMs, head.atMs), Math.max(before.atMs, head.atMs)];
    if (earlier <= toMs && later >= fromMs) {
      first ??= before.size;
      end = head.size;
    }
    before = head;
  }
  return { from: first ?? size, to: end };
}

/** Signatures are not looked at: a wrong time would show entries that are asked about no more, and prove nothing. */
function timedHead({ size, note }: { readonly size: number; readonly note: string }): { size: number; atMs: number } {
  const checkpoint = parseCheckpoint(note.slice(0, note.indexOf('\n\n')));
  const time = checkpoint.ok ? checkpointTime(checkpoint.value) : null;
  return { size, atMs: time?.atMs ?? Number.NEGATIVE_INFINITY };
}
