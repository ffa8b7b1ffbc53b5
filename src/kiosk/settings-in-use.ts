import { err, ok, type Result } from '../base/result.ts';
import { formatInstant } from '../base/time.ts';
import type { Policy } from '../policy/policy.ts';
import { parseSettings, type ReadSettings, settingsBytes } from '../settings/file.ts';
import { SettingsHistory, type SettingsVersion } from '../settings/history.ts';
import type { DataFolder } from './data-folder.ts';
import { policyDigest, policyFor } from './policy-files.ts';

/** Settings, the policy that they name, and the files that both came from. */
export interface InUse extends ReadSettings {
  readonly text: string;
  readonly policy: Policy;
  readonly policySha256: string | null;
}

/** A settings file that cannot be used, and the version of the history that is used in its place. */
export interface Refused {
  readonly using: number;
  readonly warning: string;
}

type Folder = Pick<DataFolder, 'settings' | 'settingsHistory' | 'policies'>;

/**
 * Reads the settings; where the file is damaged or wrong, the newest version of its history that can be used. A policy
 * that cannot be used is no reason to go back: the door must not open by other rules than those that were asked for.
 * @param kioskId the id that this kiosk drew, for a file that names none
 * @returns what is used, or one sentence
 */
export function readInUse(
  folder: Folder,
  kioskId: string,
): Result<{ readonly inUse: InUse; readonly refused: Refused | null }, string> {
  const bytes = settingsBytes(folder.settings);
  const read = bytes.ok ? textInUse(folder, bytes.value, kioskId) : bytes;
  if (read.ok) {
    const policy = policyFor(folder, read.value.settings);
    if (!policy.ok) return err(`${folder.settings}: ${policy.error}`);
    return ok({ inUse: inUseOf(folder, read.value, policy.value), refused: null });
  }
  for (const { version, atMs, text } of earlierVersions(folder)) {
    const earlier = textInUse(folder, Buffer.from(text), kioskId);
    const policy = earlier.ok ? policyFor(folder, earlier.value.settings) : earlier;
    if (!earlier.ok || !policy.ok) continue;
    const warning = `version ${version} of the settings is used, of ${formatInstant(atMs)}: ${read.error}`;
    return ok({ inUse: inUseOf(folder, earlier.value, policy.value), refused: { using: version, warning } });
  }
  return read;
}

interface TextInUse extends ReadSettings {
  readonly text: string;
}

function textInUse({ settings }: Folder, bytes: Buffer, kioskId: string): Result<TextInUse, string> {
  const read = parseSettings(bytes, settings, kioskId);
  return read.ok ? ok({ ...read.value, text: bytes.toString('utf8') }) : read;
}

/** Puts together what is used. */
export const inUseOf = (folder: Pick<DataFolder, 'policies'>, read: TextInUse, policy: Policy): InUse => ({
  ...read,
  policy,
  policySha256: policyDigest(folder, policy.id),
});

function earlierVersions({ settingsHistory }: Folder): readonly SettingsVersion[] {
  try {
    return new SettingsHistory(settingsHistory).versions();
  } catch {
    return [];
  }
}
