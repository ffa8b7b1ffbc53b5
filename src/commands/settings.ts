import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { plainText } from '../base/plain-text.ts';
import { formatInstant } from '../base/time.ts';
import { chooseDataPath, type DataFolder, loadKioskId, readDataFolder } from '../kiosk/data-folder.ts';
import type { OfficeAnswer, OfficeRequest } from '../kiosk/office-request.ts';
import { readInUse } from '../kiosk/settings-in-use.ts';
import { RESTART_SETTINGS } from '../kiosk/settings-store.ts';
import { parseAssignment, unknownSetting } from '../settings/change.ts';
import { SettingsHistory } from '../settings/history.ts';
import { settingsJsonSchema } from '../settings/json-schema.ts';
import type { Settings } from '../settings/schema.ts';
import {
  type Command,
  EXIT_OK,
  orUsage,
  parseCommandLine,
  print,
  refuseWords,
  runAction,
  tell,
  UsageError,
} from './command.ts';
import { carryOut } from './control-client.ts';

export const settings: Command = {
  help: `Usage: munjigi settings get [NAME] [--json] [--data DIR]
       munjigi settings set NAME=VALUE… [--json] [--data DIR]
       munjigi settings history [--json] [--data DIR]
       munjigi settings restore N [--json] [--data DIR]
       munjigi settings schema

get      the settings in use, or one of them
set      changes settings, all that are named or none. NAME= puts the default back, and policyParams.NAME=N changes one
         number of the policy. A running kiosk uses them from the next scan on; ${RESTART_SETTINGS.join(', ')} count from
         the next start
history  earlier settings, the newest first: when, from where, what was changed
restore  makes version N of the history the newest one
schema   the JSON Schema of settings.json

--json prints one JSON object on a line for each answer.`,

  run: (args) => runAction('settings', ACTIONS, args),
};

const ACTIONS = new Map([
  ['get', get],
  ['set', set],
  ['history', history],
  ['restore', restore],
  ['schema', schema],
]);

const OPTIONS = { data: { type: 'string' }, json: { type: 'boolean' } } as const;
/** Stands in until the kiosk has drawn its own. */
const UNDRAWN_KIOSK_ID = '00';

function folderOf(data: string | undefined): DataFolder {
  const path = chooseDataPath(data);
  tell(`data folder: ${path}`);
  return orUsage(readDataFolder(path));
}

async function get(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, OPTIONS);
  const [name, ...more] = positionals;
  refuseWords(more);
  const folder = folderOf(values.data);
  const isDrawn = existsSync(join(folder.path, 'keys', 'kiosk-id'));
  const read = orUsage(readInUse(folder, isDrawn ? orUsage(loadKioskId(folder)) : UNDRAWN_KIOSK_ID));
  if (read.refused !== null) tell(plainText(read.refused.warning));
  const all: Settings = read.inUse.settings;
  const rows = Object.entries(all).filter(([known]) => name === undefined || known === name);
  if (rows.length === 0) throw new UsageError(unknownSetting(name ?? ''));
  if (values.json) {
    print(JSON.stringify(Object.fromEntries(rows)));
    return EXIT_OK;
  }
  for (const [known, value] of rows) {
    print(plainText(`${known}=${typeof value === 'string' ? value : JSON.stringify(value)}`));
  }
  return EXIT_OK;
}

async function set(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, OPTIONS);
  if (positionals.length === 0) throw new UsageError('write at least one NAME=VALUE; see --help');
  for (const text of positionals) orUsage(parseAssignment(text));
  const request = { command: 'settings-set', assignments: positionals, by: 'shell' } as const;
  return changed(values.data, request, values.json === true);
}

async function restore(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, OPTIONS);
  const [given = '', ...more] = positionals;
  refuseWords(more);
  if (!/^\d{1,6}$/.test(given)) throw new UsageError("name a version: 'munjigi settings history' lists them");
  const request = { command: 'settings-restore', version: Number(given), by: 'shell' } as const;
  return changed(values.data, request, values.json === true);
}

async function changed(data: string | undefined, request: OfficeRequest, asJson: boolean): Promise<number> {
  const dataPath = chooseDataPath(data);
  tell(`data folder: ${dataPath}`);
  const answer = orUsage(await carryOut(dataPath, request));
  const { version } = answer;
  const [members, restart] = [namesIn(answer, 'members'), namesIn(answer, 'restart')];
  if (asJson) print(JSON.stringify({ version, members, restart }));
  if (version === null) tell('nothing to change: these are the settings already');
  else tell(`version ${version}: ${members.length === 0 ? 'the file is mended' : `changed ${members.join(', ')}`}`);
  if (restart.length > 0) tell(`${restart.join(', ')}: used from the next start of the kiosk`);
  if (restart.includes('venueId') || restart.includes('kioskId')) {
    tell('stickers that were printed before that start are not known after it');
  }
  return EXIT_OK;
}

function namesIn(answer: OfficeAnswer, member: string): readonly string[] {
  return String(answer[member] ?? '')
    .split(',')
    .filter((name) => name !== '');
}

async function history(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, OPTIONS);
  refuseWords(positionals);
  const folder = folderOf(values.data);
  for (const { version, atMs, clock, by, members, sha256, policy } of new SettingsHistory(
    folder.settingsHistory,
  ).versions()) {
    const at = formatInstant(atMs);
    if (values.json) print(JSON.stringify({ version, at, clock, by, members, sha256, policy }));
    else {
      const doubt = clock === 'unsure' ? ' (clock unsure)' : '';
      print(plainText(`${version}  ${at}${doubt}  ${by}  ${members.join(', ') || '-'}`));
    }
  }
  return EXIT_OK;
}

async function schema(args: readonly string[]): Promise<number> {
  const { positionals } = parseCommandLine(args, OPTIONS);
  refuseWords(positionals);
  print(JSON.stringify(settingsJsonSchema(), null, 2));
  return EXIT_OK;
}
