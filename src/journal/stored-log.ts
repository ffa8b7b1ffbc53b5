import { err, ok, type Result } from '../base/result.ts';
import { judgeNotes } from './judge-notes.ts';
import type { KeptHead } from './kept-head.ts';
import { type KeptText, keptNotes } from './kept-notes.ts';
import type { LogReport } from './log-report.ts';
import { sha256, verifyEd25519 } from './native-crypto.ts';
import { type JournalReader, reading } from './query.ts';
import type { VerifierKey } from './signed-note.ts';
import { rangeAfter, TreeStore } from './tree-store.ts';
import { LogCheck } from './verify-log.ts';

const BATCH = 1_000;

export interface Stretch {
  /** The first entry. */
  readonly from: number;
  /** The last entry; null for the newest. */
  readonly to: number | null;
}

/** Checkpoints that were kept elsewhere, and who may sign. */
export interface Vouchers {
  readonly keys: readonly VerifierKey[];
  readonly witnesses: readonly KeptText[];
  readonly witnessKeys: readonly VerifierKey[];
  /** The newest head of the log as it lies beside the journal, which may have lost it. */
  readonly head?: KeptHead | null;
}

/**
 * Reads a journal file through as a stranger reads its export, a stretch up to the checkpoint that covers its end; the
 * error is one sentence.
 */
export function checkStored(db: JournalReader, { from, to }: Stretch, vouchers: Vouchers): Result<LogReport, string> {
  const count = reading(
    () => db.prepare<[], { size: number }>('SELECT coalesce(max(seq) + 1, 0) AS size FROM entry').get()?.size ?? 0,
  );
  if (from > (to ?? count) || (to ?? 0) >= Math.max(count, 1))
    return err(`there is no such stretch: the log has entries 0 to ${count - 1}`);
  const signed = reading(() =>
    db
      .prepare<[number], { size: number | null }>('SELECT min(size) AS size FROM checkpoint WHERE size > ?')
      .get(to ?? count),
  );
  const end = to === null ? count : (signed?.size ?? count);
  const notes = reading(() =>
    db
      .prepare<[number, number], { size: number; note: string }>(
        'SELECT size, note FROM checkpoint WHERE size >= ? AND size <= ? ORDER BY size',
      )
      .all(from, to === null ? Number.MAX_SAFE_INTEGER : end),
  );
  const { keys, witnessKeys, witnesses, head = null } = vouchers;
  const isLost = head !== null && head.size >= from && !notes.some(({ size }) => size === head.size);
  const own = notes.map(({ note }) => note);
  // Beyond a stretch that ends before it, it tells nothing, unless the log has lost what it was signed over.
  if (isLost && (to === null || head.size <= end || head.size > count)) own.push(head.note);
  const witness = keptNotes(sha256, witnesses);
  if (!witness.ok) return err(witness.error.en);
  const judged = judgeNotes({ own, witness: witness.value, keys, witnessKeys }, verifyEd25519);
  const check = new LogCheck({
    sha256,
    start: reading(() => rangeAfter(new TreeStore(db), from)),
    askedFrom: from,
    notes: { ...judged, witness: judged.witness.filter(({ size }) => to === null || size <= end) },
    isExport: false,
  });
  const rows = db.prepare<[number, number, number], { seq: number; bytes: Buffer }>(
    'SELECT seq, bytes FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT ?',
  );
  for (let at = from; at < end; ) {
    const next = at;
    const batch = reading(() => rows.all(next, end, BATCH));
    for (const { bytes } of batch) check.entry(bytes);
    const last = batch.at(-1);
    if (last === undefined) break;
    at = last.seq + 1;
  }
  return ok(check.finish());
}
