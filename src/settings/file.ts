import { existsSync, readFileSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type Settings, settingsSchema } from './schema.ts';

/**
 * Reads the settings file, or the defaults where there is none yet.
 * @param kioskId the id that this kiosk keeps if the file names none
 * @returns the settings, or one sentence with the member that is wrong
 */
export function readSettings(path: string, kioskId: string): Result<Settings, string> {
  let stored: unknown = {};
  if (existsSync(path)) {
    try {
      stored = JSON.parse(readFileSync(path, 'utf8'));
    } catch (thrown) {
      return err(
        `${path} cannot be read as JSON (${reasonOf(thrown)}); mend it or delete it to start from the defaults`,
      );
    }
  }
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) {
    return err(`${path} must hold one JSON object; delete it to start from the defaults`);
  }
  const checked = settingsSchema.safeParse({ kioskId, ...stored });
  if (checked.success) return ok(checked.data);
  const issue = checked.error.issues[0];
  return err(`${path}: ${issue?.path.join('.') || 'settings'}: ${issue?.message ?? 'not valid'}`);
}

/** Writes the settings; one sentence where the file system refuses. */
export function writeSettings(path: string, settings: Settings): Result<void, string> {
  try {
    replaceFile(path, `${JSON.stringify(settings, null, 2)}\n`);
    return ok(undefined);
  } catch (thrown) {
    return err(`cannot write ${path}: ${reasonOf(thrown)}; check the folder's owner and free space`);
  }
}
