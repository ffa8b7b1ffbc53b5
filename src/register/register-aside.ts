import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { syncFile, syncFolder } from '../base/atomic-file.ts';
import { makeFolder } from '../base/make-folder.ts';
import { formatInstant, parseInstant } from '../base/time.ts';
import { damagedFolder } from '../journal/set-aside.ts';

const NAME = /^register-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.db$/;
const LOG = '-wal';
const INDEX = '-shm';

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

/** The names of damaged registers that are kept, or of what is left of them, the oldest first. */
export function registersAside(path: string): readonly string[] {
  const folder = damagedFolder(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const names = readdirSync(folder).map((name) => (name.endsWith(LOG) ? name.slice(0, -LOG.length) : name));
  return [...new Set(names)].filter((name) => NAME.test(name)).sort();
}

/** When a damaged register was set aside, by the clock of that time, as its name says; null for what is no name. */
export function setAsideAtMs(name: string): number | null {
  const at = parseInstant(name.replace(NAME, '$1-$2-$3T$4:$5:$6.$7Z'));
  return at.ok ? at.value : null;
}

/** Where a damaged register lies. */
export const pathAside = (path: string, name: string): string => join(damagedFolder(path), name);

/**
 * Moves a damaged register into the folder `damaged`. Its write-ahead log goes first, and what a power cut has left
 * behind follows it there. Throws what the file system says.
 * @param atMs milliseconds since the epoch, for the name
 */
export function setRegisterAside(path: string, atMs: number): void {
  const folder = damagedFolder(path);
  makeFolder(folder, 0o700);
  const waiting = registersAside(path).find((name) => !isThere(join(folder, name)));
  const target = join(folder, waiting ?? freeName(folder, Math.floor(atMs)));
  if (isThere(`${path}${LOG}`) && !isThere(`${target}${LOG}`)) renameSync(`${path}${LOG}`, `${target}${LOG}`);
  syncFolder(folder);
  renameSync(path, target);
  // A log that stayed would be taken for that of the next register.
  for (const side of [LOG, INDEX]) rmSync(`${path}${side}`, { force: true });
  syncFolder(folder);
  syncFolder(dirname(path));
}

/** A power cut came between the moves of a register that was being set aside: what lies there is not whole without its log. */
export const isHalfAside = (path: string): boolean =>
  isThere(path) && registersAside(path).some((name) => !isThere(pathAside(path, name)));

function freeName(folder: string, atMs: number): string {
  const name = `register-${formatInstant(atMs).replaceAll(/[-:.]/g, '')}.db`;
  const isTaken = [name, `${name}${LOG}`].some((taken) => isThere(join(folder, taken)));
  return isTaken ? freeName(folder, atMs + 1) : name;
}

/** Overwrites a damaged register and takes it away. Throws what the file system says. */
export function forgetRegisterAside(path: string, name: string): void {
  const file = pathAside(path, name);
  // The file itself last: a log alone is taken for that of a register which is still to come.
  for (const part of [`${file}${LOG}`, `${file}${INDEX}`, file]) {
    const size = statSync(part, { throwIfNoEntry: false })?.size;
    if (size === undefined) continue;
    writeFileSync(part, Buffer.alloc(size), { flag: 'r+' });
    syncFile(part);
    rmSync(part);
  }
  if (isThere(damagedFolder(path))) syncFolder(damagedFolder(path));
}
