import { DAY_MS, HOUR_MS } from '../base/time.ts';

/**
 * How long nothing is deleted after the clock has changed, because what a wrong date deletes is gone for good. An owner
 * who has set it has a day to notice a slip; a time server that was wrong is put right sooner. What a clock that leaped
 * vouches for counts later still: `LEAP_PROVES_ITSELF_HOURS` of the journal.
 */
export const GRACE_MS = { stepped: HOUR_MS, 'hand-set': DAY_MS } as const;

/** Whether the clock has been left alone for so long that things may be deleted by what it says. */
export class DeletionGrace {
  #endsMs = Number.NEGATIVE_INFINITY;

  /** Both in monotonic milliseconds. */
  isOver(nowMs: number): boolean {
    return nowMs >= this.#endsMs;
  }

  /** The clock was changed now. A longer grace that runs goes on. */
  begin(change: keyof typeof GRACE_MS, nowMs: number): void {
    this.#endsMs = Math.max(this.#endsMs, nowMs + GRACE_MS[change]);
  }

  /** The machine's own clock has taken the place of a hand-set one, which has nothing to do with the date any more. */
  handOver(nowMs: number): void {
    this.#endsMs = nowMs + GRACE_MS.stepped;
  }
}
