import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll } from 'vitest';
import { canonicalJson, type Json, type JsonObject } from '../../src/base/json.ts';
import { verify } from '../../src/commands/journal-verify.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import type { CheckpointTime } from '../../src/journal/checkpoint.ts';
import type { LogBefore } from '../../src/journal/entry-stamp.ts';
import { extractLog } from '../../src/journal/export.ts';
import { EXPORT_FILES } from '../../src/journal/exported-log.ts';
import { type LogKey, loadLogKey } from '../../src/journal/log-key.ts';
import { reportJson } from '../../src/journal/log-report.ts';
import { formatLogStart } from '../../src/journal/log-start.ts';
import { CompactRange, leafHashOf } from '../../src/journal/merkle.ts';
import { sha256 } from '../../src/journal/native-crypto.ts';
import { openJournalFile, openJournalReader } from '../../src/journal/open.ts';
import { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { answer } from '../../src/journal/verifier/answer.ts';
import { verifyEd25519 as scriptVerify } from '../../src/journal/verifier/ed25519.ts';
import { signCheckpoint } from '../../src/journal/witness.ts';
import { saidBy } from './in-process.ts';
import { LUNCH_MS } from './passes.ts';

/** Where it is absent, tests that need it name it. */
export const hasPython: boolean = spawnSync('python3', ['--version']).status === 0;
const PYTHON_VERIFIER = join(import.meta.dirname, '../verifier/verify_log.py');
const MINUTE_MS = 60_000;

/** An export in memory, as somebody can change it who holds the stick. */
export interface ExportedLog {
  readonly entries: readonly string[];
  readonly checkpoints: readonly string[];
  readonly start: string | null;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder that is there until the tests of the calling file are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  folders.push(folder);
  return folder;
}

export function newLogKey(kioskId: string): LogKey {
  const key = loadLogKey(join(temporaryFolder(), 'log-key.jwk'), { venueId: 'venue', kioskId });
  if (!key.ok) throw new Error(key.error);
  return key.value;
}

/** A journal that a kiosk wrote: an entry a minute over two boots, signed after every hundred and at the end. */
export function recordedLog(key: LogKey, entries: number): { readonly path: string; readonly time: SimulatedTime } {
  const path = join(temporaryFolder(), 'journal.db');
  const time = new SimulatedTime(LUNCH_MS);
  for (const [bootId, until] of [
    ['boot-1', Math.floor(entries / 2)],
    ['boot-2', entries],
  ] as const) {
    const opened = SqliteJournal.open({
      open: () => openJournalFile(path),
      clock: time,
      bootId,
      useKeySecret: Buffer.alloc(32, 7),
    });
    if (!opened.ok) throw new Error(opened.error);
    const journal = opened.value;
    while (journal.size() < until) {
      time.advance(MINUTE_MS);
      journal.record({ type: 'dropped', count: journal.size() });
      if (journal.size() % 100 === 0) journal.checkpoint(key);
    }
    journal.checkpoint(key);
    journal.close();
  }
  return { path, time };
}

export function exportedLog(path: string, from = 0): ExportedLog {
  const db = openJournalReader(path);
  if (!db.ok) throw new Error(db.error);
  const extract = extractLog(db.value, from);
  const entries = Buffer.concat([...extract.entries()])
    .toString('utf8')
    .split('\n')
    .slice(0, -1);
  const checkpoints = extract.checkpoints.split(/\n\n(?!—)/).map((note) => `${note.trimEnd()}\n`);
  db.value.close();
  return { entries, checkpoints, start: extract.start };
}

/** The entries after `edit` with the checkpoints that somebody who holds the key makes for them. */
export function signedAnew(
  entries: readonly string[],
  key: LogKey,
  sizes: readonly number[],
  timeAt: (wallMs: number) => CheckpointTime = (atMs) => ({ atMs, trusted: true }),
): readonly string[] {
  const range = CompactRange.empty(sha256);
  return entries.flatMap((entry) => {
    range.push(leafHashOf(sha256, Buffer.from(entry, 'utf8')));
    if (!sizes.includes(range.size)) return [];
    const { wallMs } = JSON.parse(entry) as { wallMs: number };
    return [signCheckpoint(key, { size: range.size, root: range.root() }, timeAt(wallMs))];
  });
}

/** An export without its first entries, with the hashes that stand for them: whoever has the files can make it. */
export function beheaded({ entries, checkpoints }: ExportedLog, from: number): ExportedLog {
  const start = formatLogStart(from, peaksOf(entries.slice(0, from)));
  const size = (note: string): number => Number(note.split('\n')[1]);
  return { entries: entries.slice(from), checkpoints: checkpoints.filter((note) => size(note) >= from), start };
}

/** The roots over the complete subtrees, the largest first (RFC 9162, section 2.1.1). */
function peaksOf(entries: readonly string[]): readonly Uint8Array[] {
  if (entries.length === 0) return [];
  const width = 2 ** Math.floor(Math.log2(entries.length));
  const range = CompactRange.empty(sha256);
  for (const entry of entries.slice(0, width)) range.push(leafHashOf(sha256, Buffer.from(entry, 'utf8')));
  return [range.root(), ...peaksOf(entries.slice(width))];
}

/** An entry with other members, spelled as the kiosk spells. */
export function edited(entry: string, members: Readonly<Record<string, Json>>): string {
  return canonicalJson({ ...(JSON.parse(entry) as JsonObject), ...members });
}

export interface Stranger {
  readonly key: string;
  /** Further keys of the log. */
  readonly keys?: readonly string[];
  /** The first entry that the stranger asked for. */
  readonly from?: number;
  readonly witnesses?: readonly string[];
  readonly witnessKeys?: readonly string[];
}

/** What each verifier says: the command itself, the page with no cryptography but its own, Python where it is there. */
export async function verdictsOn(log: ExportedLog, stranger: Stranger): Promise<readonly VerifierSays[]> {
  return (await outcomesOn(log, stranger)).map((says) => {
    if (says === 'refused') throw new Error('a verifier refused what it was given');
    return says;
  });
}

/** The same where what is given may be no export at all, which is one sentence and no report. */
export async function outcomesOn(log: ExportedLog, stranger: Stranger): Promise<readonly Outcome[]> {
  const folder = writtenExport(log, stranger.key);
  const kept = stranger.witnesses === undefined ? null : join(temporaryFolder(), 'kept-elsewhere.txt');
  if (kept !== null) writeFileSync(kept, (stranger.witnesses ?? []).join('\n'));
  // Whoever holds the stick lays whatever they like beside the export.
  writeFileSync(join(folder, 'notes.txt'), log.checkpoints[0] ?? '');
  writeFileSync(join(folder, '.DS_Store'), Buffer.of(0, 0, 0, 1, 0x42, 0xff));
  return [
    await commandOn(folder, kept, stranger),
    await pageOn(folder, kept, stranger),
    ...(hasPython ? [await pythonOn(folder, kept, stranger)] : []),
  ];
}

export type Outcome = VerifierSays | 'refused';

export interface VerifierSays {
  readonly exported: boolean;
  readonly origin: string | null;
  readonly signedBy: readonly { readonly origin: string; readonly from: number; readonly upTo: number }[];
  readonly uncheckedWitnesses: { readonly count: number; readonly largest: number } | null;
  readonly problems: readonly { readonly code: string; readonly seq: number | null; readonly upTo: number | null }[];
  readonly unwitnessedSince: string | null;
  readonly size: number;
  readonly continues: LogBefore | null;
  readonly from: number;
  readonly checkpoints: number;
  readonly witnessedSize: number | null;
  readonly witnessedBy: readonly string[];
  readonly unusedWitnessKeys: readonly string[];
}

/** Writes an export into a new folder. */
export function writtenExport({ entries, checkpoints, start }: ExportedLog, key: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, EXPORT_FILES.entries), entries.map((entry) => `${entry}\n`).join(''));
  writeFileSync(join(folder, EXPORT_FILES.checkpoints), checkpoints.join('\n'));
  writeFileSync(join(folder, EXPORT_FILES.key), `${key}\n`);
  if (start !== null) writeFileSync(join(folder, EXPORT_FILES.start), start);
  return folder;
}

const allKeys = ({ key, keys = [] }: Stranger): readonly string[] => [key, ...keys];

/** `munjigi journal verify --export` as it is called, its exit code held against what it prints. */
async function commandOn(folder: string, kept: string | null, stranger: Stranger): Promise<Outcome> {
  const { from = 0, witnessKeys = [] } = stranger;
  const { code, out } = await saidBy(verify, [
    ...['--export', folder, '--json', '--from', String(from)],
    ...(kept === null ? [] : ['--checkpoint', kept]),
    ...allKeys(stranger).flatMap((each) => ['--key', each]),
    ...witnessKeys.flatMap((each) => ['--witness-key', each]),
  ]);
  return outcomeOf(code, out, kept);
}

async function pageOn(folder: string, kept: string | null, stranger: Stranger): Promise<Outcome> {
  const { from = 0, witnessKeys = [] } = stranger;
  const opened = (path: string) => ({ name: basename(path), bytes: readFileSync(path) });
  const given = await answer(
    {
      files: readdirSync(folder).map((name) => opened(join(folder, name))),
      keptFiles: kept === null ? [] : [opened(kept)],
      keys: allKeys(stranger).join('\n'),
      witnesses: '',
      askedFrom: from,
      witnessKeys: witnessKeys.join('\n'),
    },
    { verify: (check) => Promise.resolve(scriptVerify(check)), pause: () => Promise.resolve() },
  );
  if (!given.ok) return 'refused';
  const { answers, keyIsFromExport, ignored } = given.value;
  const [log, ...others] = answers;
  if (log?.kind !== 'log' || others.length > 0 || keyIsFromExport || !ignored.includes('notes.txt')) {
    throw new Error('the page did not answer about the log alone');
  }
  return JSON.parse(reportJson(log.report)) as VerifierSays;
}

async function pythonOn(folder: string, kept: string | null, stranger: Stranger): Promise<Outcome> {
  const { from = 0, witnessKeys = [] } = stranger;
  const args = [
    ...[PYTHON_VERIFIER, folder, '--from', String(from)],
    ...(kept === null ? [] : ['--witness', kept]),
    ...allKeys(stranger).flatMap((each) => ['--key', each]),
    ...witnessKeys.flatMap((each) => ['--witness-key', each]),
  ];
  return new Promise((resolve, reject) => {
    execFile('python3', args, (fault, stdout, stderr) => {
      // A traceback is exit code 1 as well.
      if (stderr.includes('Traceback')) reject(new Error(stderr));
      else resolve(outcomeOf(fault === null ? 0 : Number(fault.code), stdout, kept));
    });
  });
}

function outcomeOf(code: number, out: string, kept: string | null): Outcome {
  if (code === 2) return 'refused';
  // The page is given the name of a file and never where it lies.
  const named = kept === null ? out : out.replaceAll(kept, basename(kept));
  const says = JSON.parse(named) as VerifierSays;
  if (code !== (says.problems.length === 0 ? 0 : 1)) throw new Error(`exit code ${code} with ${out}`);
  return says;
}
