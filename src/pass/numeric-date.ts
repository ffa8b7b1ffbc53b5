import type { Json } from '../base/json.ts';
import { LAST_INSTANT_MS, SECOND_MS } from '../base/time.ts';

/** RFC 7519 section 2, "NumericDate": seconds since the epoch, here within the years that four digits can write. */
export function isNumericDate(value: Json | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value * SECOND_MS <= LAST_INSTANT_MS;
}

/**
 * A NumericDate in milliseconds, or null for what is no number. One out of range is drawn to the nearest end, so that
 * a start written in milliseconds lies in the far future and a verdict can still show it.
 */
export function instantOf(value: Json | undefined): number | null {
  if (typeof value !== 'number') return null;
  return Math.round(Math.min(Math.max(value * SECOND_MS, 0), LAST_INSTANT_MS));
}
