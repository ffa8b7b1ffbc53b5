import { err, ok, type Result } from '../../base/result.ts';

/** `sun_path` of sockaddr_un holds this many bytes. */
export const MAX_SOCKET_NAME_BYTES = 108;

const AF_UNIX = 1;

/**
 * The sockaddr_un of a NOTIFY_SOCKET (sd_notify(3)): `/path`, or `@name` in the abstract namespace. The length of the
 * buffer is the address length to pass; an abstract name has no terminating zero. An error is one sentence.
 */
export function socketAddress(name: string): Result<Buffer, string> {
  const isAbstract = name.startsWith('@');
  if (!isAbstract && !name.startsWith('/')) return err('NOTIFY_SOCKET is neither a path nor an abstract name.');
  const path = Buffer.from(isAbstract ? `\0${name.slice(1)}` : `${name}\0`);
  if (path.length > MAX_SOCKET_NAME_BYTES) return err('NOTIFY_SOCKET is longer than a socket address can be.');
  const family = Buffer.alloc(2);
  // In the machine's own order; all boards of this kiosk are little-endian.
  family.writeUInt16LE(AF_UNIX);
  return ok(Buffer.concat([family, path]));
}

/** Assignments for sd_notify, one a line; a status keeps to its line whatever is in it. */
export function notification(assignments: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.from(assignments.map(([name, value]) => `${name}=${value.replaceAll(/\s+/g, ' ')}`).join('\n'));
}

/** Half of WATCHDOG_USEC in milliseconds, as sd_watchdog_enabled(3) advises; null where no watchdog waits. */
export function aliveEveryMs(watchdogUsec: string | undefined): number | null {
  if (watchdogUsec === undefined || !/^[1-9]\d*$/.test(watchdogUsec)) return null;
  return Math.max(1, Math.floor(Number(watchdogUsec) / 2_000));
}
