import type { Clock } from '../../base/time.ts';
import { isVouchedFor } from './clock-evidence.ts';

const NANOSECONDS_A_MICROSECOND = 1_000n;

export interface SystemClockOptions {
  /** The wall clock cannot be right before this: the latest of build, last trusted entry, issue of the trust list. */
  readonly floorMs: number;
  /** Who vouches for the wall clock; files of the system unless given. */
  readonly isVouchedFor?: (nowMs: number) => boolean;
}

export interface SystemClock extends Clock {
  /** Asks again who vouches for the clock. Opens files: call it every minute or so, never on the way of a scan. */
  refresh(): void;
  /** Moves the floor: up with a trusted entry or a new trust list, down when the owner has set the clock by hand. */
  setFloor(floorMs: number): void;
}

/**
 * The clocks of this machine. The wall clock is trusted when a time server or an agreeing battery-backed clock vouches
 * for it (as of the last `refresh`, the first one is made here) and it is not behind its floor; on a machine with
 * neither it is not trusted. `wall` and `monotonicMs` open no file and wait for nothing.
 */
export function systemClock(options: SystemClockOptions): SystemClock {
  const vouches = options.isVouchedFor ?? isVouchedFor;
  let { floorMs } = options;
  let vouchedFor = false;
  const clock: SystemClock = {
    // Counts from the machine's boot, not from this process's start: entries of one boot are comparable.
    monotonicMs: () => Number(process.hrtime.bigint() / NANOSECONDS_A_MICROSECOND) / 1_000,
    wall() {
      const atMs = Date.now();
      return { atMs, trusted: vouchedFor && atMs >= floorMs, floorMs };
    },
    refresh() {
      vouchedFor = vouches(Date.now());
    },
    setFloor(toMs) {
      floorMs = toMs;
    },
  };
  clock.refresh();
  return clock;
}
