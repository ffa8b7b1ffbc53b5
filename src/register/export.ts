import type Database from 'better-sqlite3';
import { DayKeys } from './day-keys.ts';
import { openBox } from './visit-box.ts';
import { minuteOf } from './visit-store.ts';

interface Row {
  readonly id: number;
  readonly day: number;
  readonly box: Buffer;
}

/**
 * The sealed visits of a stretch of time, the oldest first, as they were sealed: none of them can be read here. Those of
 * one minute come in no order, for which of them came first is nobody's business. Whole minutes: the one that `fromMs`
 * lies in is there as well. Null for one that is damaged. To be called again within one transaction for the same once more.
 */
export function sealedVisits(
  db: Database.Database,
  keysPath: string,
): (stretch: { readonly fromMs: number; readonly toMs: number }) => Generator<string | null> {
  const keys = DayKeys.read(keysPath);
  const visits = db.prepare<[number, number], Row>(
    'SELECT id, day, box FROM visit WHERE minute_ms >= ? AND minute_ms < ? ORDER BY minute_ms, box',
  );
  return function* ({ fromMs, toMs }) {
    for (const { id, day, box } of visits.iterate(minuteOf(fromMs), toMs)) {
      const key = keys.keyOf(day);
      yield key === null ? null : openBox(box, key, id);
    }
  };
}
