import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MINUTE_MS, SECOND_MS } from '../../base/time.ts';

/** systemd-timesyncd touches this file when a time server has set the clock since boot. */
const SYNCHRONISED = 'run/systemd/timesync/synchronized';
/** What the battery-backed clock says, in seconds since 1970. */
const BATTERY_CLOCK = 'sys/class/rtc/rtc0/since_epoch';
/** A battery-backed clock vouches for a wall clock that is no further from it than this. */
export const RTC_TOLERANCE_MS = 2 * MINUTE_MS;

/** There where systemd has booted the machine, as it does on every kiosk. */
const BOOTED_BY_SYSTEMD = 'run/systemd/system';

/**
 * Does anything vouch for the wall clock `nowMs`? A time server (systemd-timesyncd) since this boot, or a
 * battery-backed clock that agrees; a board whose battery is empty has one that does not. On a machine that systemd
 * has not booted and that has no clock of its own (a container), the host keeps the time and is believed. Else: false.
 *
 * The kernel's own flag (adjtimex) would also know of other time daemons, but a hardened service is killed for asking.
 */
export function isVouchedFor(nowMs: number, root = '/'): boolean {
  if (existsSync(join(root, SYNCHRONISED))) return true;
  if (!existsSync(join(root, BATTERY_CLOCK))) return !existsSync(join(root, BOOTED_BY_SYSTEMD));
  try {
    const batteryMs = Number(readFileSync(join(root, BATTERY_CLOCK), 'utf8').trim()) * SECOND_MS;
    return Math.abs(batteryMs - nowMs) <= RTC_TOLERANCE_MS;
  } catch {
    return false;
  }
}
