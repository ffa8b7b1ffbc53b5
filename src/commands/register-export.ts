import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { DAY_MS } from '../base/time.ts';
import { PERSONAL_DAYS } from '../journal/use.ts';
import { chooseDataPath, readDataFolder } from '../kiosk/data-folder.ts';
import { sealedVisits } from '../register/export.ts';
import { openRegisterReader } from '../register/register-file.ts';
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
import { timeFrom, wallNowMs } from './now.ts';

interface Written {
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
  const { register, registerKeys } = orUsage(readDataFolder(dataPath));
  if (!existsSync(register)) throw new UsageError('there is no visitor register in this folder: none was ever kept');
  const partial = `${out}.partial`;
  try {
    // A kiosk that was off for weeks has not yet deleted what must be given to nobody any more.
    const sinceMs = Math.max(fromMs, wallNowMs() - PERSONAL_DAYS * DAY_MS + 1);
    const written = write(partial, register, registerKeys, { fromMs: sinceMs, toMs });
    const { visits, sha256, lost } = written;
    // Recorded before anybody has it.
    orUsage(await carryOut(dataPath, { command: 'register-export', fromMs, toMs, visits, sha256 }));
    renameSync(partial, out);
    tell(`wrote ${counted(visits, 'sealed visit')} to ${out}; SHA-256 ${sha256}, as in the log`);
    if (lost === 0) return EXIT_OK;
    tell(`${counted(lost, 'visit')} could not be taken along: damaged, or the key of the day is gone`);
    return EXIT_NOT_ALL;
  } finally {
    rmSync(partial, { force: true });
  }
}

function write(
  path: string,
  register: string,
  registerKeys: string,
  stretch: { readonly fromMs: number; readonly toMs: number },
): Written {
  const db = orUsage(openRegisterReader(register));
  const hash = createHash('sha256');
  let visits = 0;
  let lost = 0;
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      for (const jwe of sealedVisits(db, registerKeys, stretch)) {
        if (jwe === null) {
          lost += 1;
          continue;
        }
        const line = `${jwe}\n`;
        hash.update(line);
        writeSync(file, line);
        visits += 1;
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (thrown) {
    throw new UsageError(`the register cannot be exported to ${path}: ${reasonOf(thrown)}; nothing was given away`);
  } finally {
    db.close();
  }
  return { visits, lost, sha256: hash.digest('hex') };
}
