import { formatLogStart } from './log-start.ts';
import { type JournalReader, reading } from './query.ts';
import { TreeStore } from './tree-store.ts';

const BATCH = 1_000;

/** What an export holds, in pieces, so that a log of any length needs the memory of one. */
export interface LogExtract {
  readonly size: number;
  /** The bytes of entries as they were written, a line each. */
  entries(): Iterable<Buffer>;
  /** Signed notes, a blank line between two. */
  readonly checkpoints: string;
  /** What stands for the entries before; null where there are none. */
  readonly start: string | null;
}

/** Everything from entry `from` up to the newest checkpoint. */
export function extractLog(db: JournalReader, from: number): LogExtract {
  const notes = reading(() =>
    db
      .prepare<[number], { size: number; note: string }>(
        'SELECT size, note FROM checkpoint WHERE size >= ? ORDER BY size',
      )
      .all(from),
  );
  const size = notes.at(-1)?.size ?? 0;
  const rows = db.prepare<[number, number, number], { bytes: Buffer }>(
    'SELECT bytes FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT ?',
  );
  return {
    size,
    *entries() {
      for (let at = from; at < size; at += BATCH) {
        const next = at;
        const lines = reading(() => rows.all(next, size, BATCH));
        yield Buffer.concat(lines.flatMap(({ bytes }) => [bytes, Buffer.from('\n')]));
      }
    },
    checkpoints: notes.map(({ note }) => note).join('\n'),
    start: from === 0 ? null : reading(() => formatLogStart(from, new TreeStore(db).before(from))),
  };
}
