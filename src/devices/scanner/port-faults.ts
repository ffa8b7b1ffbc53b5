import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { DeviceStatus } from '../../base/device.ts';

const STABLE_NAMES = '/dev/serial/by-id';
const MAX_NAMES_TOLD = 4;

/** Says in one sentence why serialport could not open `path`, and what to do; `message` is serialport's own. */
export function explainOpenFailure(path: string, message: string): DeviceStatus {
  if (/No such (file|device)/.test(message)) {
    const names = stableNames();
    const found = names.length === 0 ? 'no serial scanner is plugged in' : `plugged in: ${names.join(', ')}`;
    return lost(`There is no ${path}: plug the scanner in or correct scanner.path (${found}).`);
  }
  if (/Cannot lock port|resource busy/.test(message)) {
    return lost(`${path} is held by another program: end that program.`);
  }
  if (/Permission denied|not permitted/.test(message)) {
    const group = groupOf(path);
    return fault(`This user may not open ${path}: add it to the group ${group} and start again.`);
  }
  if (/Inappropriate ioctl|Is a directory/.test(message)) {
    return fault(`${path} is not a serial port: correct scanner.path, and set the scanner to serial (USB CDC) mode.`);
  }
  if (/baud/i.test(message)) {
    return fault(`${path} does not take the speed in scanner.baud: correct it (9600 and 115200 are usual).`);
  }
  return lost(`${path} cannot be opened (${message.replaceAll(/\s+/g, ' ').slice(0, 120)}): check the cable.`);
}

const lost = (detail: string): DeviceStatus => ({ state: 'lost', detail });
const fault = (detail: string): DeviceStatus => ({ state: 'fault', detail });

function stableNames(): readonly string[] {
  try {
    return readdirSync(STABLE_NAMES)
      .slice(0, MAX_NAMES_TOLD)
      .map((name) => `${STABLE_NAMES}/${name}`);
  } catch {
    return [];
  }
}

/** The name of the group that owns a device file; `dialout`, the usual one, where that cannot be read. */
function groupOf(path: string): string {
  try {
    const gid = String(statSync(path).gid);
    const entry = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find((fields) => fields[2] === gid);
    return entry?.[0] ?? gid;
  } catch {
    return 'dialout';
  }
}
