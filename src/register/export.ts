import type Database from 'better-sqlite3';
import { err, ok, type Result } from '../base/result.ts';
import { DayKeys } from './day-keys.ts';
import { damageIn, troubleOf } from './register-file.ts';
import { openBox } from './visit-box.ts';
import { minuteOf } from './visit-store.ts';

interface Row {
  readonly id: number;
  readonly day: number;
  readonly box: Buffer;
}

/** The day keys for an export, or one sentence. */
export function readDayKeys(path: string): Result<DayKeys, string> {
  try {
    return ok(DayKeys.read(path));
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    if (!/^E[A-Z]+$/.test(code)) throw thrown;
    const lost = `the day keys ${path} are gone, and nothing can be exported without them`;
    if (code === 'ENOENT')
      return err(`${lost}: put the file back, or start the kiosk anew, it begins another register`);
    const remedy = code === 'EISDIR' ? 'it is a folder, move it away' : 'give the file to this user and check the disk';
    return err(`the day keys ${path} cannot be read (${code}): ${remedy}`);
  }
}

/** What to say of a register that turns out to be damaged while it is read; what was thrown for another reason is thrown again. */
export function saysOfDamage(thrown: unknown, path: string): string {
  if (damageIn(thrown) === null) throw thrown;
  return troubleOf(thrown, path).says;
}

/**
 * The sealed visits of a stretch of time, the oldest first, as they were sealed: none of them can be read here. Those of
 * one minute come in no order, for which of them came first is nobody's business. Whole minutes: the one that `fromMs`
 * lies in is there as well. Null for one that is damaged. To be called again within one transaction for the same once more.
 */
export function sealedVisits(
  db: Database.Database,
  keys: DayKeys,
): (stretch: { readonly fromMs: number; readonly toMs: number }) => Generator<string | null> {
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
