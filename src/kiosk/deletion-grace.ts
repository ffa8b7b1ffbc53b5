import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts';
import { LEAP_DAYS, LEAP_PROVES_ITSELF_HOURS } from '../journal/trusted-time.ts';
import type { ClockMemory, ClockMemoryFile } from './clock-memory.ts';

/**
 * How long nothing is deleted after the clock has changed, because what a wrong date deletes is gone for good. `small`: a
 * step of a clock that was trusted, or a hand that set what fits to what is known. `back` is a vouched clock that falls far
 * behind what was known: it dates back whoever came meanwhile, and proves itself like a leap, whose time counts no sooner
 * either. `wild` is every other time by hand, whose owner has a day to notice a slip; what goes on from an earlier boot has
 * confirmed the time that was known then, which counts after the hour.
 */
export const GRACE_MS = { small: HOUR_MS, back: LEAP_PROVES_ITSELF_HOURS * HOUR_MS, wild: DAY_MS } as const;
/**
 * What a hand may set without being wild: so much before the newest time that is known, and after what has passed since.
 * No further than a ticket's use outlives it.
 */
export const FITTING_MS = { before: HOUR_MS, after: LEAP_DAYS * DAY_MS } as const;
/** A hand-set clock that shows what it would have shown anyway was not set again. */
const SAME_MS = 2 * SECOND_MS;
const KEEP_EVERY_MS = 5 * MINUTE_MS;

/**
 * Whether the clock has been left alone for so long that things may be deleted by what it says. What is left of a grace is
 * kept over restarts, so that it ends for a kiosk too that runs for half an hour a day. All times that are called
 * `nowMs` are monotonic.
 */
export class DeletionGrace {
  readonly #file: ClockMemoryFile | null;
  #knownMs: number | null;
  /** When that was known, monotonic; null in an earlier boot. */
  #knownAtMs: number | null;
  #leftMs: number;
  #earlierMs: number | null;
  #earlierLeftMs: number;
  #hasGoneBack: boolean;
  #countedMs: number;
  #keptMs: number;
  #hasChanged = false;

  /** @param vouchedMs the newest time that the journal vouches for; null for none */
  constructor(file: ClockMemoryFile | null, vouchedMs: number | null, nowMs: number) {
    this.#file = file;
    const memory: ClockMemory | null = file?.load() ?? null;
    this.#knownMs = memory?.knownMs ?? vouchedMs;
    this.#knownAtMs = memory?.knownAtMs ?? null;
    this.#leftMs = Math.min(memory?.graceMs ?? 0, GRACE_MS.wild);
    this.#earlierMs = memory?.earlierMs ?? null;
    this.#earlierLeftMs = Math.min(memory?.earlierGraceMs ?? 0, GRACE_MS.small);
    this.#hasGoneBack = memory?.hasGoneBack ?? false;
    this.#countedMs = nowMs;
    this.#keptMs = nowMs;
  }

  /**
   * The time by which things may be deleted; null while nothing may.
   * @param knownMs the time of now, as far as somebody answers for it; null for a clock that is unsure
   */
  deletesByMs(knownMs: number | null, nowMs: number): number | null {
    this.#count(knownMs !== null, nowMs);
    if (knownMs === null || this.#leftMs === 0) return knownMs;
    const isEarlierOver = this.#earlierMs !== null && this.#earlierLeftMs === 0 && this.#earlierMs < knownMs;
    return isEarlierOver ? this.#earlierMs : null;
  }

  /** A clock that was trusted was stepped, and is trusted still. */
  stepped(nowMs: number): void {
    this.#earlierMs = null;
    this.#begin('small');
    this.#keep(nowMs);
  }

  /** The clock is set by hand, now or before this start. */
  wasSet(toMs: number, nowMs: number): void {
    this.#count(true, nowMs);
    const passedMs = this.#knownAtMs === null ? 0 : Math.max(0, nowMs - this.#knownAtMs);
    const aheadMs = this.#knownMs === null ? Number.POSITIVE_INFINITY : toMs - this.#knownMs;
    const isSame = this.#knownAtMs !== null && Math.abs(aheadMs - passedMs) <= SAME_MS;
    const isFitting = aheadMs >= -FITTING_MS.before && aheadMs <= passedMs + FITTING_MS.after;
    if (!isSame) this.#begin(isFitting ? 'small' : 'wild');
    if (!isSame && !isFitting) this.#confirm(aheadMs > 0);
    this.#know(toMs, nowMs);
    this.#keep(nowMs);
  }

  /** The machine's own clock has taken the place of a hand-set one, which has nothing to do with the date any more. */
  handOver(nowMs: number): void {
    this.#leftMs = Math.min(this.#leftMs, GRACE_MS.small);
    this.#earlierMs = null;
    this.#begin('small');
    this.#keep(nowMs);
  }

  /**
   * To be called every few seconds.
   * @param knownMs the time of now, as far as somebody answers for it; null for a clock that is unsure
   */
  look(knownMs: number | null, nowMs: number): void {
    this.#count(knownMs !== null, nowMs);
    if (knownMs !== null) {
      if (this.#knownMs !== null && knownMs < this.#knownMs - LEAP_DAYS * DAY_MS) {
        this.#earlierMs = null;
        this.#begin('back');
      }
      this.#know(knownMs, nowMs);
    }
    if (nowMs - this.#keptMs >= KEEP_EVERY_MS) this.#keep(nowMs);
  }

  #know(knownMs: number, nowMs: number): void {
    this.#knownMs = knownMs;
    this.#knownAtMs = nowMs;
  }

  /**
   * Each Monday of a kiosk that rests at weekends, or each day of one that is used once a week, begins a day that its run
   * does not last. Of the same boot the time before is only one that another hand has called wrong; after a hand that went
   * back it may be behind what is stored, which a deletion would date to it.
   */
  #confirm(goesOn: boolean): void {
    if (!goesOn) this.#earlierMs = null;
    else if (this.#knownMs !== null && this.#knownAtMs === null && !this.#hasGoneBack) {
      this.#earlierMs = this.#knownMs;
      if (this.#earlierLeftMs === 0) this.#earlierLeftMs = GRACE_MS.small;
    }
    this.#hasGoneBack = !goesOn;
  }

  /** The first small change of a run goes on with what is left: it comes every morning, and would never end. */
  #begin(grace: keyof typeof GRACE_MS): void {
    const goesOn = grace === 'small' && !this.#hasChanged && this.#leftMs > 0;
    if (!goesOn) this.#leftMs = Math.max(this.#leftMs, GRACE_MS[grace]);
    this.#hasChanged = true;
  }

  /** An owner cannot notice a wrong date that is not in use. */
  #count(isTrusted: boolean, nowMs: number): void {
    if (isTrusted) {
      const ranMs = nowMs - this.#countedMs;
      this.#leftMs = Math.max(0, this.#leftMs - ranMs);
      this.#earlierLeftMs = Math.max(0, this.#earlierLeftMs - ranMs);
    }
    if (this.#leftMs === 0) this.#earlierMs = null;
    this.#countedMs = nowMs;
  }

  #keep(nowMs: number): void {
    this.#keptMs = nowMs;
    this.#file?.keep({
      knownMs: this.#knownMs,
      knownAtMs: this.#knownAtMs,
      graceMs: this.#leftMs,
      earlierMs: this.#earlierMs,
      earlierGraceMs: this.#earlierLeftMs,
      hasGoneBack: this.#hasGoneBack,
    });
  }
}
