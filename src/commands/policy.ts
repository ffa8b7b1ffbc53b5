import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { plainText } from '../base/plain-text.ts';
import { DAY_MS, formatInstant } from '../base/time.ts';
import { recordedScans } from '../journal/query.ts';
import { chooseDataPath, type DataFolder, dataFolderAt, readDataFolder } from '../kiosk/data-folder.ts';
import { policyFileIds, policyNamed, readPolicyFile } from '../kiosk/policy-files.ts';
import { withValues } from '../policy/params.ts';
import { LOCALES } from '../policy/phrase.ts';
import type { Policy } from '../policy/policy.ts';
import { PRESETS, presetNamed, sourcesOf } from '../policy/presets.ts';
import { type Remembered, replay } from '../policy/replay.ts';
import { describe } from '../policy/rule.ts';
import { paramText, sentenceOf } from '../policy/sentence.ts';
import { readSettings } from '../settings/file.ts';
import type { Settings } from '../settings/schema.ts';
import {
  type Command,
  counted,
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
import { TIME_HELP, timeOrNow } from './now.ts';
import { readJournal } from './read-journal.ts';

/** Facts live this long; a scan that is older can be judged by its reason alone. */
const USUAL_DAYS = 28;
/** Stands in where no settings name one: nothing that this command does depends on it. */
const ANY_KIOSK = '00';

export const policy: Command = {
  help: `Usage: munjigi policy list [--json] [--data DIR]
       munjigi policy show NAME|FILE [--json] [--data DIR]
       munjigi policy try NAME|FILE [--from TIME] [--to TIME] [--json] [--data DIR]
       munjigi policy import FILE [--json] [--data DIR]

list   the presets and the files in policies/ of the kiosk's folder
show   a policy in words: what it asks for, its numbers with their limits, its rules and where they come from.
       --json prints the policy file, to be changed and imported under another id
try    what this policy would have said to the recorded scans of the last ${USUAL_DAYS} days, or of a stretch: how many
       verdicts would change, and how many it could not judge from what is recorded. Each pass counts as shown for the
       first time. Nothing is changed.
import checks a policy file and stores it as policies/ID.json of the kiosk's folder; one that is wrong changes nothing

A policy is used from the next scan on once the settings name it: 'munjigi settings set policy=ID'.
${TIME_HELP}`,

  run: (args) => runAction('policy', ACTIONS, args),
};

const ACTIONS = new Map([
  ['list', list],
  ['show', show],
  ['try', tryOut],
  ['import', importFile],
]);

async function importFile(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { data: { type: 'string' }, json: { type: 'boolean' } });
  const [path, ...others] = positionals;
  if (path === undefined) throw new UsageError('name a policy file; see --help');
  refuseWords(others);
  // Read once for a quick refusal; what counts is what the kiosk finds in the bytes that it stores.
  orUsage(readPolicyFile(path));
  const bytes = readFileSync(path).toString('base64');
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const file = { name: resolve(path), bytes };
  const answer = orUsage(await carryOut(dataPath, { command: 'policy-import', file, by: 'shell' }));
  const { id, sha256, imported, isInUse } = answer;
  if (values.json) print(JSON.stringify({ id, sha256, imported, isInUse }));
  tell(imported === true ? `imported policy ${id}` : `policy ${id} is imported already`);
  tell(isInUse === true ? 'it is in use' : `'munjigi settings set policy=${id}' puts it in use`);
  return EXIT_OK;
}

/** The kiosk's folder where there is one; presets need none. */
function folderAt(named: string | undefined): DataFolder {
  const path = chooseDataPath(named);
  if (named === undefined && !existsSync(path)) return dataFolderAt(path);
  tell(`data folder: ${path}`);
  return orUsage(readDataFolder(path));
}

const settingsIn = (folder: DataFolder): Settings => orUsage(readSettings(folder.settings, ANY_KIOSK));

/** The policy of that name, else the file at that path, with the owner's numbers if it is the one in use. */
function policyAt(folder: DataFolder, settings: Settings, name: string): Policy {
  const isFile = name.includes('/') || name.endsWith('.json');
  const found = orUsage(isFile ? readPolicyFile(name) : policyNamed(folder, name));
  if (isFile || name !== settings.policy) return found;
  return { ...found, params: orUsage(withValues(found.params, settings.policyParams, 'policyParams')) };
}

async function list(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { data: { type: 'string' }, json: { type: 'boolean' } });
  refuseWords(positionals);
  const folder = folderAt(values.data);
  const chosen = settingsIn(folder).policy;
  const row = (id: string, from: 'preset' | 'file', title: Policy['title'] | null, fault: string | null): void => {
    if (values.json) print(JSON.stringify({ id, from, isInUse: id === chosen, title, fault }));
    else print(`${id === chosen ? '*' : ' '} ${id}  ${plainText(fault ?? title?.en ?? '')}`);
  };
  for (const preset of PRESETS) {
    const found = policyNamed(folder, preset.id);
    row(preset.id, 'preset', preset.title, found.ok ? null : found.error);
  }
  for (const id of policyFileIds(folder)) {
    if (presetNamed(id) !== null) continue;
    const found = policyNamed(folder, id);
    if (found.ok) row(id, 'file', found.value.title, null);
    else row(id, 'file', null, found.error);
  }
  return EXIT_OK;
}

async function show(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { data: { type: 'string' }, json: { type: 'boolean' } });
  const [name, ...others] = positionals;
  if (name === undefined) throw new UsageError("name a policy or a file; 'munjigi policy list' lists them");
  refuseWords(others);
  const folder = folderAt(values.data);
  const found = policyAt(folder, settingsIn(folder), name);
  if (values.json) {
    print(JSON.stringify({ ...found, params: declarationsOf(found) }));
    return EXIT_OK;
  }
  for (const locale of LOCALES) print(plainText(sentenceOf(found, locale)));
  for (const [id, param] of Object.entries(found.params)) {
    const limits = `(${param.min} to ${param.max})`;
    print(`  ${plainText(`${id}  ${paramText(param, 'en')}  ${limits}  ${param.title.en}`)}`);
  }
  for (const rule of found.rules) {
    const until = `${rule.ValidFrom} to ${rule.ValidTo}`;
    print(
      `  ${plainText(`${rule.Identifier} ${rule.Version}  ${rule.CertificateType}  ${until}  ${describe(rule).en}`)}`,
    );
  }
  for (const source of sourcesOf(found.id)) print(`  source: ${source}`);
  return EXIT_OK;
}

/** The parameters as a file declares them: the owner's numbers belong into the settings. */
const declarationsOf = ({ params }: Policy): object =>
  Object.fromEntries(
    Object.entries(params).map(([name, { unit, min, max, default: usual, title }]) => [
      name,
      { unit, min, max, default: usual, title },
    ]),
  );

async function tryOut(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    json: { type: 'boolean' },
  });
  const [name, ...others] = positionals;
  if (name === undefined) throw new UsageError("name a policy or a file; 'munjigi policy list' lists them");
  refuseWords(others);
  const toMs = timeOrNow(values.to, '--to');
  const fromMs = values.from === undefined ? toMs - USUAL_DAYS * DAY_MS : timeOrNow(values.from, '--from');
  if (fromMs >= toMs) throw new UsageError('--from must be before --to');
  const path = chooseDataPath(values.data);
  tell(`data folder: ${path}`);
  const folder = orUsage(readDataFolder(path));
  const settings = settingsIn(folder);
  const { zone, venueKind } = settings;
  const tried = policyAt(folder, settings, name);
  const counts = { scans: 0, same: 0, unjudged: 0 };
  const changes = new Map<string, number>();
  await readJournal(folder.journal, (db) => {
    for (const { entry, facts } of recordedScans(db, fromMs, toMs)) {
      const { reason, format, wallMs: atMs, clock } = entry;
      const scan: Remembered = { reason, format, facts, atMs, trusted: clock === 'trusted' };
      const verdict = replay(scan, tried, { zone, venueKind });
      counts.scans += 1;
      if (verdict === null) counts.unjudged += 1;
      else if (verdict === entry.verdict) counts.same += 1;
      else {
        const change = `${entry.verdict} to ${verdict}`;
        changes.set(change, (changes.get(change) ?? 0) + 1);
      }
    }
  });
  const changed = [...changes.values()].reduce((sum, count) => sum + count, 0);
  const stretch = { from: formatInstant(fromMs), to: formatInstant(toMs) };
  if (values.json) {
    print(JSON.stringify({ policy: tried.id, ...stretch, ...counts, changed, changes: Object.fromEntries(changes) }));
    return EXIT_OK;
  }
  print(`${tried.id}, ${stretch.from} to ${stretch.to}: ${counted(counts.scans, 'scan')}`);
  print(`  the same verdict: ${counts.same}`);
  print(`  another verdict: ${changed}`);
  for (const [change, count] of changes) print(`    ${change}: ${count}`);
  print(`  could not be judged from what is recorded: ${counts.unjudged}`);
  return EXIT_OK;
}
