import { canonicalJson, isJsonObject, type Json, type JsonObject, parseJson } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { checkSettings } from './file.ts';
import { nearestName } from './nearest-name.ts';
import { type Settings, settingsSchema } from './schema.ts';

/** `NAME=VALUE`, or `NAME.PART=VALUE` for one number of a group; an empty value puts the default back. */
export interface Assignment {
  readonly name: string;
  readonly part: string | null;
  readonly value: string;
}

export interface ChangedSettings {
  /** The file as it is to be. */
  readonly text: string;
  readonly settings: Settings;
}

/** More changes at once than there are settings are a mistake, and a request must end. */
export const MAX_ASSIGNMENTS = 64;
const GROUPS: ReadonlySet<string> = new Set(['policyParams']);

const isName = (name: string): name is keyof Settings => Object.hasOwn(settingsSchema.shape, name);
/** Names are data: no prototype may answer for one that is not written. */
const copyOf = (members: JsonObject): Record<string, Json> =>
  Object.setPrototypeOf(Object.fromEntries(Object.entries(members)), null);

/** Reads one `NAME=VALUE` of a command; one sentence where it is none or no setting has this name. */
export function parseAssignment(text: string): Result<Assignment, string> {
  const at = text.indexOf('=');
  const shown = text.slice(0, 40);
  if (at < 1) return err(`'${shown}' is no NAME=VALUE: write for example relayMs=1500`);
  const full = text.slice(0, at);
  const dot = full.indexOf('.');
  const name = dot < 0 ? full : full.slice(0, dot);
  const part = dot < 0 ? null : full.slice(dot + 1);
  if (!isName(name)) return err(unknownSetting(name));
  if (part !== null && (!GROUPS.has(name) || part === '')) {
    return err(`'${shown}' has no part: write ${GROUPS.has(name) ? `${name}.NAME=NUMBER` : `${name}=VALUE`}`);
  }
  return ok({ name, part, value: text.slice(at + 1) });
}

/** What to say of a name that no setting has. */
export function unknownSetting(name: string): string {
  const near = nearestName(name, Object.keys(settingsSchema.shape));
  const remedy = near === null ? "'munjigi settings get' lists them" : `did you mean ${near}?`;
  return `there is no setting '${name.slice(0, 40)}': ${remedy}`;
}

/**
 * Puts values into written settings; all are taken or none.
 * @param kioskId the id that this kiosk keeps if the file names none
 * @returns the new file, or one sentence that says which value does not fit and what would
 */
export function changeSettings(
  written: JsonObject,
  assignments: readonly Assignment[],
  kioskId: string,
): Result<ChangedSettings, string> {
  if (assignments.length > MAX_ASSIGNMENTS) return err(`change at most ${MAX_ASSIGNMENTS} settings at once`);
  const next = copyOf(written);
  for (const { name, part, value } of assignments) {
    const put = (members: Record<string, Json>, member: string, given: Json | undefined): void => {
      if (given === undefined) delete members[member];
      else members[member] = given;
    };
    if (!isName(name)) return err(unknownSetting(name));
    if (part === null) put(next, name, value === '' ? undefined : valueFor(name, value));
    else {
      const before = next[name];
      const group = copyOf(isJsonObject(before) ? before : {});
      put(group, part, value === '' ? undefined : jsonOr(value));
      next[name] = group;
    }
  }
  const checked = checkSettings(next, kioskId);
  return checked.ok ? ok({ text: `${JSON.stringify(next, null, 2)}\n`, settings: checked.value }) : checked;
}

/** The names of the settings that differ, in the order of the schema. */
export function changedMembers(before: Settings, after: Settings): readonly string[] {
  const names = Object.keys(settingsSchema.shape).filter(isName);
  return names.filter((name) => canonicalJson(before[name]) !== canonicalJson(after[name]));
}

/** Text where the setting takes text, else what the text says as JSON. */
function valueFor(name: keyof Settings, value: string): Json {
  return settingsSchema.shape[name].safeParse(value).success ? value : jsonOr(value);
}

function jsonOr(value: string): Json {
  const parsed = parseJson(value);
  return parsed.ok ? parsed.value : value;
}
