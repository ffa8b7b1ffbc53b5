import type { LastEnd } from './entry.ts';

/** Begins the id of a boot on a machine that gives its boots no names: a new one for each process. */
export const UNNAMED_BOOT = 'process-';

/**
 * How the run before this one ended.
 * @param lastRun the newest start or stop and the boot it was written in; undefined before the first start
 * @param bootId of this boot
 */
export function lastEndOf(
  lastRun: { readonly type: string; readonly boot: string | null } | undefined,
  bootId: string,
): LastEnd {
  if (lastRun === undefined) return 'first-start';
  if (lastRun.type === 'stop') return 'stopped';
  const { boot } = lastRun;
  if (lastRun.type !== 'start' || boot === null) return 'unknown';
  if (boot === bootId) return 'killed';
  return [boot, bootId].some((name) => name.startsWith(UNNAMED_BOOT)) ? 'unknown' : 'power';
}
