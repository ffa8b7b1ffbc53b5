import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { err, ok, type Result } from '../../base/result.ts';
import { realTimers, type Timers } from '../../base/timers.ts';
import { NO_PAPER } from './faults.ts';
import { errorCode, type FileKind, FileLink, type OpenedFile } from './file-link.ts';
import type { Route } from './link.ts';
import type { PrintFault } from './printer.ts';

/**
 * The route through a device file such as `/dev/usb/lp0`. The file is never created: a library that did left a plain
 * file in the place of an unplugged printer and wrote stickers into it from then on.
 */
export function deviceFileRoute(path: string, timers: Timers = realTimers): Route {
  const kind: FileKind = { open: () => openDevice(path), faultOf: (code) => faultOf(path, code) };
  return { name: path, open: (events) => new FileLink(kind, timers, events) };
}

function openDevice(path: string): Result<OpenedFile, PrintFault> {
  try {
    // A FIFO opened both ways would answer our questions with our own bytes.
    const opened = openBestWay(path, statSync(path).isCharacterDevice());
    const found = fstatSync(opened.descriptor);
    if (found.isCharacterDevice() || found.isFIFO()) return ok(opened);
    closeSync(opened.descriptor);
    return err({ kind: 'lost', detail: `The file ${path} is not a device: delete it and plug the printer in again.` });
  } catch (thrown) {
    return err(faultOf(path, errorCode(thrown)));
  }
}

/** Both ways where that is possible and permitted, else for writing. */
function openBestWay(path: string, isTwoWay: boolean): OpenedFile {
  // O_NOCTTY: a serial printer must not become the terminal that this process takes signals from.
  const flags = constants.O_NONBLOCK | constants.O_NOCTTY;
  if (isTwoWay) {
    try {
      return { descriptor: openSync(path, constants.O_RDWR | flags), answers: true };
    } catch (thrown) {
      if (errorCode(thrown) !== 'EACCES') throw thrown;
    }
  }
  return { descriptor: openSync(path, constants.O_WRONLY | flags), answers: false };
}

/** What the usblp driver and the file system mean by their error codes. */
function faultOf(path: string, code: string): PrintFault {
  switch (code) {
    case 'ENOSPC':
      return NO_PAPER;
    case 'EACCES':
      return { kind: 'lost', detail: `This program may not use ${path}: install the udev rules of hardware/.` };
    case 'EBUSY':
      return { kind: 'lost', detail: `Another program holds the printer at ${path}: stop it (often it is CUPS).` };
    case 'ENOENT':
    case 'ENODEV':
    case 'ENXIO':
    case 'EPIPE':
      return { kind: 'lost', detail: `There is no printer at ${path}: plug it in and switch it on.` };
    default:
      return { kind: 'lost', detail: `The printer at ${path} failed (${code}): switch it off and on.` };
  }
}
