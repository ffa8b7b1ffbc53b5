import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { MINUTE_MS } from '../base/time.ts';
import { RELEASED_AT_MS } from '../base/version.ts';
import { HandSetClock } from '../devices/clock/hand-set-clock.ts';
import { systemClock } from '../devices/clock/system-clock.ts';
import { restoreHandSetting } from '../kiosk/clock-set.ts';
import { chooseDataPath, type DataFolder, readDataFolder } from '../kiosk/data-folder.ts';
import { bootId } from '../main.ts';
import { readDayKeys, saysOfDamage, sealedVisits } from '../register/export.ts';
import { openRegisterReader } from '../register/register-file.ts';
import { lastOverMinuteMs } from '../register/visit-store.ts';
import {
  counted,
  EXIT_NOT_ALL,
  EXIT_OK,
  orUsage,
  parseCommandLine,
  refuseWords,
  required,
  tell,
  UsageError,
} from './command.ts';
import { carryOut } from './control-client.ts';
import { timeFrom } from './now.ts';

interface Counted {
  readonly visits: number;
  readonly sha256: string;
  /** Those that damage has made unreadable. */
  readonly lost: number;
}

/** `register export`: the sealed visits of a stretch of time for the authority, which alone can open them. */
export async function exportRegister(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    out: { type: 'string' },
  });
  refuseWords(positionals);
  const fromMs = timeFrom(required(values.from, '--from TIME'), '--from');
  const toMs = timeFrom(required(values.to, '--to TIME'), '--to');
  const out = required(values.out, '--out FILE');
  if (fromMs >= toMs) throw new UsageError('--from must be before --to');
  if (existsSync(out)) throw new UsageError(`${out} is there already: name a new file, nothing is overwritten`);
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const folder = orUsage(readDataFolder(dataPath));
  const { register, registerKeys } = folder;
  if (!existsSync(register)) throw new UsageError('there is no visitor register in this folder: none was ever kept');
  // A kiosk that was off for weeks has not yet deleted what must be given to nobody any more.
  const sinceMs = Math.max(fromMs, lastOverMinuteMs(kioskNowMs(folder)) + MINUTE_MS);
  const partial = `${out}.partial`;
  const opened = openRegisterReader(register);
  if (!opened.ok) throw new UsageError(opened.error.says);
  const db = opened.value;
  try {
    // The log must say what was given away before any of it is: the rows are read twice, and are the same both times.
    db.exec('BEGIN');
    const sealed = sealedVisits(db, orUsage(readDayKeys(registerKeys)));
    const stretch = { fromMs: sinceMs, toMs };
    const file = onDisk(out, () => begin(partial));
    try {
      const { visits, sha256, lost } = counting(sealed(stretch));
      orUsage(await carryOut(dataPath, { command: 'register-export', fromMs, toMs, visits, sha256 }));
      onDisk(out, () => write(file, sealed(stretch)));
      onDisk(out, () => renameSync(partial, out));
      tell(`wrote ${counted(visits, 'sealed visit')} to ${out}; SHA-256 ${sha256}, as in the log`);
      if (lost === 0) return EXIT_OK;
      tell(`${counted(lost, 'visit')} could not be taken along: damaged, or the key of the day is gone`);
      return EXIT_NOT_ALL;
    } finally {
      closeSync(file);
      rmSync(partial, { force: true });
    }
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw new UsageError(`${saysOfDamage(thrown, register)}; nothing was given away`);
  } finally {
    db.close();
  }
}

function begin(partial: string): number {
  if (existsSync(partial)) {
    const left = `${partial} is there, of another export that runs or was ended`;
    throw new UsageError(`${left}: delete that file if none runs, then try again; nothing was given away`);
  }
  return openSync(partial, 'wx', 0o600);
}

/** What time the kiosk goes by: its owner may have set the clock by hand. */
function kioskNowMs(folder: DataFolder): number {
  const clock = new HandSetClock(systemClock({ floorMs: RELEASED_AT_MS }));
  restoreHandSetting(clock, folder, bootId());
  return clock.wall().atMs;
}

const lineOf = (jwe: string): string => `${jwe}\n`;

function counting(sealed: Iterable<string | null>): Counted {
  const hash = createHash('sha256');
  let visits = 0;
  let lost = 0;
  for (const jwe of sealed) {
    if (jwe === null) {
      lost += 1;
      continue;
    }
    hash.update(lineOf(jwe));
    visits += 1;
  }
  return { visits, lost, sha256: hash.digest('hex') };
}

function write(file: number, sealed: Iterable<string | null>): void {
  for (const jwe of sealed) if (jwe !== null) writeSync(file, lineOf(jwe));
  fsyncSync(file);
}

function onDisk<T>(out: string, use: () => T): T {
  try {
    return use();
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw new UsageError(`the register cannot be exported to ${out}: ${reasonOf(thrown)}; nothing was given away`);
  }
}
