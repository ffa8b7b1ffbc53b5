import { existsSync, readFileSync, statSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { isJsonObject, type JsonObject, parseJsonBytes } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { firstComplaint } from './refused.ts';
import { type Settings, settingsSchema } from './schema.ts';

/** A settings file longer than this is none: every setting together is far below it. */
export const MAX_SETTINGS_BYTES = 65_536;
/** What counts as written where there is no file yet. */
export const NO_SETTINGS = '{}';

/** Settings as they are written and as they count. */
export interface ReadSettings {
  /** The members that the file names; the others are at their defaults. */
  readonly written: JsonObject;
  readonly settings: Settings;
}

/**
 * The bytes of the settings file, `{}` where there is none yet.
 * @returns the bytes, or one sentence why they cannot be had
 */
export function settingsBytes(path: string): Result<Buffer, string> {
  try {
    if (!existsSync(path)) return ok(Buffer.from(NO_SETTINGS));
    if (statSync(path).size > MAX_SETTINGS_BYTES) {
      return err(`${path} is longer than ${MAX_SETTINGS_BYTES} bytes; delete it to start from the defaults`);
    }
    return ok(readFileSync(path));
  } catch (thrown) {
    return err(`${path} cannot be read: ${reasonOf(thrown)}; give it to this user`);
  }
}

/**
 * Checks the text of a settings file.
 * @param name how the text is called in the message
 * @param kioskId the id that this kiosk keeps if the text names none
 * @returns the settings, or one sentence with the member that is wrong
 */
export function parseSettings(bytes: Uint8Array, name: string, kioskId: string): Result<ReadSettings, string> {
  const parsed = parseJsonBytes(bytes);
  if (!parsed.ok) {
    return err(`${name} cannot be read as JSON (${parsed.error}); mend it or delete it to start from the defaults`);
  }
  if (!isJsonObject(parsed.value)) {
    return err(`${name} must hold one JSON object; delete it to start from the defaults`);
  }
  const checked = checkSettings(parsed.value, kioskId);
  return checked.ok
    ? ok({ written: parsed.value, settings: checked.value })
    : err(`${name}: ${checked.error}; or delete the file to start from the defaults`);
}

/** The settings that written members make, or what is wrong with the first wrong one. */
export function checkSettings(written: JsonObject, kioskId: string): Result<Settings, string> {
  const { kioskId: ownId } = settingsSchema.shape;
  const checked = settingsSchema.extend({ kioskId: ownId.prefault(kioskId) }).safeParse(written);
  return checked.success ? ok(checked.data) : err(firstComplaint(checked.error));
}

/**
 * Reads the settings file, or the defaults where there is none yet.
 * @param kioskId the id that this kiosk keeps if the file names none
 * @returns the settings, or one sentence with the member that is wrong
 */
export function readSettings(path: string, kioskId: string): Result<Settings, string> {
  const bytes = settingsBytes(path);
  if (!bytes.ok) return bytes;
  const read = parseSettings(bytes.value, path, kioskId);
  return read.ok ? ok(read.value.settings) : read;
}
