import { SECOND_MS } from '../base/time.ts';

/** How long lines may wait without one being judged before the kiosk counts as stuck. */
const PROGRESS_WITHIN_MS = 5 * SECOND_MS;

/** What the watchdog is fed by: claims about the kiosk, not merely a timer that still fires. */
export interface Vitals {
  readonly waitingLines: number;
  readonly sinceLastLineMs: number;
  /** Faults that a restart would not mend; they are told, not died of. */
  readonly troubles: readonly string[];
}

/** The claim that does not hold, as one sentence, or null while the kiosk is well. */
export function ailmentOf(vitals: Vitals): string | null {
  if (vitals.waitingLines === 0 || vitals.sinceLastLineMs <= PROGRESS_WITHIN_MS) return null;
  return `${vitals.waitingLines} scanned lines wait and none was judged for ${Math.round(vitals.sinceLastLineMs / SECOND_MS)} s`;
}

/** What the supervisor shows of a kiosk that is well enough to go on. */
export function statusLine(vitals: Vitals, door: string): string {
  return [door, ...vitals.troubles].join('; ');
}
