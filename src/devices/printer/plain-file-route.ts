import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { err, ok, type Result } from '../../base/result.ts';
import { realTimers, type Timers } from '../../base/timers.ts';
import { errorCode, type FileKind, FileLink, type OpenedFile } from './file-link.ts';
import type { Route } from './link.ts';
import type { PrintFault } from './printer.ts';

const FILE_MODE = 0o644;

/** The route into a plain file, for demonstrations and tests: jobs are appended, the file is created where absent. */
export function plainFileRoute(path: string, timers: Timers = realTimers): Route {
  const kind: FileKind = { open: () => openPlainFile(path), faultOf: (code) => faultOf(path, code) };
  return { name: `file ${path}`, open: (events) => new FileLink(kind, timers, events) };
}

function openPlainFile(path: string): Result<OpenedFile, PrintFault> {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
  try {
    const descriptor = openSync(path, flags, FILE_MODE);
    if (fstatSync(descriptor).isFile()) return ok({ descriptor, answers: false });
    closeSync(descriptor);
    return err({ kind: 'lost', detail: `The file ${path} is a device: use the printer driver usb or serial for it.` });
  } catch (thrown) {
    return err(faultOf(path, errorCode(thrown)));
  }
}

const faultOf = (path: string, code: string): PrintFault => ({
  kind: 'lost',
  detail: `Stickers cannot be written to ${path} (${code}): choose a file in a folder that exists and is writable.`,
});
