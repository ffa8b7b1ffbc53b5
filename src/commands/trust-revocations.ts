import { closeSync, fsyncSync, openSync } from 'node:fs';
import { setPriority } from 'node:os';
import { resolve } from 'node:path';
import { makeFolder } from '../base/make-folder.ts';
import { plainText } from '../base/plain-text.ts';
import { formatInstant } from '../base/time.ts';
import { realTimers } from '../base/timers.ts';
import type { DataFolder } from '../kiosk/data-folder.ts';
import type { TrustSource } from '../trust/read-sources.ts';
import { type BuiltList, buildRevocations, keepPrevious } from '../trust/revocation-build.ts';
import type { ListExpectation } from '../trust/revocation-list.ts';
import { lockRevocations } from '../trust/revocation-lock.ts';
import { Revocations } from '../trust/revocations.ts';
import { counted, orUsage, print, tell } from './command.ts';
import { carryOut } from './control-client.ts';
import { wallNowMs } from './now.ts';
import { prepareFolder } from './prepare-folder.ts';

/** The door comes first; at the lowest of all an import would hardly ever end on a busy machine. */
const LOW_PRIORITY = 10;
const TOLD_EVERY_ROWS = 100_000;

/**
 * Imports one revocation list into a kiosk's folder. All of the reading and storing is done in this process, which is not
 * the kiosk's and gives way to it; the kiosk puts the list that is ready into use.
 * @param expected what the signed trust list says of the file, or null for one that nobody signed
 */
export async function importRevocations(
  dataPath: string,
  source: TrustSource,
  expected: ListExpectation | null,
): Promise<BuiltList> {
  setPriority(LOW_PRIORITY);
  const { revocations: folder } = prepareFolder(dataPath);
  makeFolder(folder, 0o700);
  const lock = orUsage(lockRevocations(folder));
  try {
    const built = orUsage(
      await buildRevocations({
        ...source,
        path: resolve(source.path),
        expected,
        folder,
        atMs: wallNowMs(),
        timers: realTimers,
        progress: (rows, of) => {
          if (rows > 0 && rows % TOLD_EVERY_ROWS === 0) tell(`stored ${rows} of ${of}`);
        },
      }),
    );
    if (!built.isUnchanged) {
      keepPrevious(folder, built.list);
      orUsage(await carryOut(dataPath, { command: 'revocations-adopt', sha256: built.list.sha256 }));
      syncFolder(folder);
    }
    return built;
  } finally {
    lock.release();
  }
}

/** Without this a power cut may bring the former list back after the kiosk has used the new one. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** What was done, for people. */
export function sentenceOf({ list, isUnchanged, replaces, resumedRows }: BuiltList): string {
  const about = `${counted(list.entries, 'revocation')} (${aboutOf(list)})`;
  if (isUnchanged) return `${about} are in use already`;
  const instead = replaces === null ? '' : `, in place of ${replaces.entries}`;
  return `imported ${about}${instead}${resumedRows === 0 ? '' : `; ${resumedRows} were there from an import that was ended`}`;
}

const aboutOf = ({ kind, issuer }: { readonly kind: string; readonly issuer: string }): string =>
  issuer === '' ? kind : `${kind} of ${plainText(issuer)}`;

/** One line a revocation list, and one for each that cannot be read. */
export function listRevocations(folder: DataFolder, asJson: boolean): void {
  const revocations = Revocations.open(folder.revocations);
  try {
    for (const { importedAtMs, ...list } of revocations.list()) {
      const importedAt = formatInstant(importedAtMs);
      if (asJson) print(JSON.stringify({ ...list, importedAt }));
      else {
        const count = counted(list.entries, 'revocation');
        const by = list.signed ? 'signed' : 'unsigned';
        print(`${aboutOf(list)}  ${count}  ${importedAt}  ${by}  ${list.sha256.slice(0, 16)}`);
      }
    }
    for (const complaint of revocations.complaints()) tell(plainText(complaint));
  } finally {
    revocations.close();
  }
}
