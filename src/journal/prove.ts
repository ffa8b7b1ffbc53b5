import { err, ok, type Result } from '../base/result.ts';
import { inclusionPath } from './merkle.ts';
import { sha256 } from './native-crypto.ts';
import { formatProof } from './proof.ts';
import { type JournalReader, reading } from './query.ts';
import { TreeStore } from './tree-store.ts';

/** The newest signed head of a journal, or null. */
export function newestCheckpoint(db: JournalReader): { readonly size: number; readonly note: string } | null {
  const query = 'SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1';
  return reading(() => db.prepare<[], { size: number; note: string }>(query).get()) ?? null;
}

/** A proof that an entry is in the log, against the newest checkpoint (C2SP tlog-proof); the error is one sentence. */
export function proveEntry(db: JournalReader, seq: number): Result<string, string> {
  const head = newestCheckpoint(db);
  const entry = reading(() =>
    db.prepare<[number], { bytes: Buffer }>('SELECT bytes FROM entry WHERE seq = ?').get(seq),
  );
  if (entry === undefined) return err(`there is no entry ${seq}; see 'munjigi journal tail'`);
  if (head === null || head.size <= seq) return err(`no checkpoint covers entry ${seq} yet; try again`);
  const path = reading(() => inclusionPath(sha256, new TreeStore(db).subtree, seq, head.size));
  return ok(formatProof({ index: seq, extra: entry.bytes, path, checkpoint: head.note }));
}
