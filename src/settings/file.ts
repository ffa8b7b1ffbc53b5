import { existsSync, readFileSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { isJsonObject, parseJsonBytes } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { firstComplaint } from './refused.ts';
import { type Settings, settingsSchema } from './schema.ts';

/**
 * Reads the settings file, or the defaults where there is none yet.
 * @param kioskId the id that this kiosk keeps if the file names none
 * @returns the settings, or one sentence with the member that is wrong
 */
export function readSettings(path: string, kioskId: string): Result<Settings, string> {
  let bytes: Uint8Array = Buffer.from('{}');
  try {
    if (existsSync(path)) bytes = readFileSync(path);
  } catch (thrown) {
    return err(`${path} cannot be read: ${reasonOf(thrown)}; give it to this user`);
  }
  const stored = parseJsonBytes(bytes);
  if (!stored.ok) {
    return err(`${path} cannot be read as JSON (${stored.error}); mend it or delete it to start from the defaults`);
  }
  if (!isJsonObject(stored.value)) {
    return err(`${path} must hold one JSON object; delete it to start from the defaults`);
  }
  const { kioskId: ownId } = settingsSchema.shape;
  const checked = settingsSchema.extend({ kioskId: ownId.prefault(kioskId) }).safeParse(stored.value);
  if (checked.success) return ok(checked.data);
  return err(`${path}: ${firstComplaint(checked.error)}; or delete the file to start from the defaults`);
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
