import type { WallTime } from '../base/time.ts';
import type { Finding } from './pass.ts';

/**
 * The pass's own dates against the wall clock: valid from the first millisecond of `validFromMs` until just before
 * `validUntilMs`. Under an untrusted clock only what ended before the clock's floor is certainly over; of all else the
 * policy says `clock-unsure` in place of ok.
 */
export function checkDates(
  { validFromMs, validUntilMs }: Pick<Finding, 'validFromMs' | 'validUntilMs'>,
  now: WallTime,
): 'not-yet-valid' | 'expired' | null {
  if (!now.trusted) {
    return validUntilMs !== null && now.floorMs !== undefined && validUntilMs <= now.floorMs ? 'expired' : null;
  }
  if (validUntilMs !== null && now.atMs >= validUntilMs) return 'expired';
  return validFromMs !== null && now.atMs < validFromMs ? 'not-yet-valid' : null;
}
