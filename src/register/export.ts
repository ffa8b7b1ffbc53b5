import type Database from 'better-sqlite3';
import { DayKeys } from './day-keys.ts';
import { openBox } from './visit-box.ts';

interface Row {
  readonly id: number;
  readonly day: number;
  readonly box: Buffer;
}

/** The sealed visits of a stretch of time, the oldest first, as they were sealed: none of them can be read here. */
export function* sealedVisits(
  db: Database.Database,
  keysPath: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Generator<string | null> {
  const keys = DayKeys.read(keysPath);
  const rows = db
    .prepare<[number, number], Row>(
      'SELECT id, day, box FROM visit WHERE created_ms >= ? AND created_ms < ? ORDER BY created_ms, id',
    )
    .iterate(fromMs, toMs);
  for (const { id, day, box } of rows) {
    const key = keys.keyOf(day);
    yield key === null ? null : openBox(box, key, id);
  }
}
