import { existsSync, readFileSync, rmSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { isJsonObject, parseJsonBytes } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { DAY_MS, formatInstant, type HandSetting, parseInstant, type SettableClock } from '../base/time.ts';
import { RELEASED_AT_MS } from '../base/version.ts';
import type { Journal } from '../journal/journal.ts';
import { clockFloorMs } from './clock-floor.ts';
import type { DataFolder } from './data-folder.ts';
import type { OfficeAnswer } from './office-request.ts';

/** A later year is a slip of the finger: no kiosk of this version is in use then. */
export const LATEST_SET_MS = RELEASED_AT_MS + 20 * 366 * DAY_MS;

export interface ClockSetParts {
  readonly clock: SettableClock;
  readonly folder: Pick<DataFolder, 'handSetClock'>;
  readonly bootId: string;
  /** When the signed trust list in use was issued; null for loose keys. */
  readonly listIssuedAtMs: () => number | null;
  /** The floor no longer rests on what an earlier clock said. */
  readonly forgetTrustedTime: () => void;
  /** Called when the clock shows the new time. */
  readonly wasSet: () => void;
}

/**
 * Sets the kiosk's clock to what the owner says (RFC 3339). It is kept for this boot of the machine, then recorded,
 * then set: a kill between leaves the old time, or the new one with an entry at the next start. Throws `JournalFault`.
 * @returns what it shows now and by how much it moved, or one sentence
 */
export function setClock(text: string, parts: ClockSetParts, journal: Journal): Result<OfficeAnswer, string> {
  const { clock, folder, bootId } = parts;
  const to = parseInstant(text);
  if (!to.ok) return to;
  const toMs = Math.floor(to.value);
  const firstMs = clockFloorMs({ lastTrustedMs: null, listIssuedAtMs: parts.listIssuedAtMs() });
  if (toMs < firstMs) {
    return err(`it cannot be earlier than ${formatInstant(firstMs)}, when this program or its trust list was made`);
  }
  if (toMs > LATEST_SET_MS) return err(`${text} is too far ahead: check the year`);
  const setting = clock.settingFor(toMs);
  const byMs = Math.round(toMs - clock.wall().atMs);
  const path = folder.handSetClock;
  try {
    replaceFile(path, JSON.stringify({ boot: bootId, ...setting }));
  } catch (thrown) {
    return err(`cannot write ${path}: ${reasonOf(thrown)}; check the folder's owner and free space`);
  }
  try {
    journal.record({ type: 'clock-set', toMs, byMs });
  } catch (thrown) {
    rmSync(path, { force: true });
    throw thrown;
  }
  clock.setByHand(setting);
  parts.forgetTrustedTime();
  parts.wasSet();
  return ok({ time: formatInstant(toMs), byMs });
}

/**
 * Sets the clock as an earlier run of this boot did; monotonic time runs on over restarts, and ends with the boot.
 * @returns whether it is now set by hand
 */
export function restoreHandSetting(
  clock: SettableClock,
  { handSetClock }: Pick<DataFolder, 'handSetClock'>,
  bootId: string,
): boolean {
  const setting = storedSetting(handSetClock, bootId);
  if (setting === null || setting.sinceMs > clock.monotonicMs()) return false;
  clock.setByHand(setting);
  return clock.wall().handSet === true;
}

function storedSetting(path: string, bootId: string): HandSetting | null {
  try {
    if (!existsSync(path)) return null;
    const stored = parseJsonBytes(readFileSync(path));
    if (!stored.ok || !isJsonObject(stored.value)) return null;
    const { boot, leadMs, sinceMs, wasTrusted } = stored.value;
    const isSound = typeof leadMs === 'number' && typeof sinceMs === 'number' && typeof wasTrusted === 'boolean';
    return isSound && boot === bootId ? { leadMs, sinceMs, wasTrusted } : null;
  } catch {
    return null;
  }
}
