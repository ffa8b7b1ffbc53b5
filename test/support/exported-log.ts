import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { canonicalJson, type Json, type JsonObject } from '../../src/base/json.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import type { LogBefore } from '../../src/journal/entry-stamp.ts';
import { extractLog } from '../../src/journal/export.ts';
import { checkExported, EXPORT_FILES, notesOf } from '../../src/journal/exported-log.ts';
import { type LogKey, loadLogKey } from '../../src/journal/log-key.ts';
import { reportJson } from '../../src/journal/log-report.ts';
import { CompactRange, leafHashOf } from '../../src/journal/merkle.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import { openJournalFile, openJournalReader } from '../../src/journal/open.ts';
import { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { type Answer, answer } from '../../src/journal/verifier/answer.ts';
import { verifyEd25519 as scriptVerify } from '../../src/journal/verifier/ed25519.ts';
import { signCheckpoint } from '../../src/journal/witness.ts';
import { LUNCH_MS } from './passes.ts';

export const PYTHON_VERIFIER = join(import.meta.dirname, '../verifier/verify_log.py');
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
export function signedAnew(entries: readonly string[], key: LogKey, sizes: readonly number[]): readonly string[] {
  const range = CompactRange.empty(sha256);
  return entries.flatMap((entry) => {
    range.push(leafHashOf(sha256, Buffer.from(entry, 'utf8')));
    if (!sizes.includes(range.size)) return [];
    const { wallMs } = JSON.parse(entry) as { wallMs: number };
    return [signCheckpoint(key, { size: range.size, root: range.root() }, { atMs: wallMs, trusted: true })];
  });
}

/** An entry with other members, spelled as the kiosk spells. */
export function edited(entry: string, members: Readonly<Record<string, Json>>): string {
  return canonicalJson({ ...(JSON.parse(entry) as JsonObject), ...members });
}

export interface Stranger {
  readonly key: string;
  readonly witnesses?: readonly string[];
  readonly witnessKeys?: readonly string[];
}

/** What each of the three verifiers says: the command's, the page's with no cryptography but its own, Python's. */
export async function verdictsOn(log: ExportedLog, stranger: Stranger): Promise<readonly VerifierSays[]> {
  return [commandOn(log, stranger), await pageOn(log, stranger), await pythonOn(log, stranger)];
}

export interface VerifierSays {
  readonly problems: readonly { readonly code: string; readonly seq: number | null; readonly upTo: number | null }[];
  readonly unwitnessedSince: string | null;
  readonly size: number;
  readonly continues: LogBefore | null;
  readonly from: number;
  readonly checkpoints: number;
  readonly witnessedSize: number | null;
  readonly witnessedBy: readonly string[];
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

function commandOn({ entries, checkpoints, start }: ExportedLog, stranger: Stranger): VerifierSays {
  const { key, witnesses = [], witnessKeys = [] } = stranger;
  const notes = notesOf(sha256, { checkpoints: checkpoints.join('\n'), start, keys: [key], witnesses, witnessKeys });
  if (!notes.ok) throw new Error(notes.error);
  const check = checkExported(sha256, verifyEd25519, notes.value, start);
  if (!check.ok) throw new Error(check.error);
  for (const entry of entries) check.value.entry(Buffer.from(entry, 'utf8'));
  return JSON.parse(reportJson(check.value.finish())) as VerifierSays;
}

async function pageOn(log: ExportedLog, { key, witnesses = [], witnessKeys = [] }: Stranger): Promise<VerifierSays> {
  const folder = writtenExport(log, key);
  const names = [EXPORT_FILES.entries, EXPORT_FILES.checkpoints, ...(log.start === null ? [] : [EXPORT_FILES.start])];
  const files = names.map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
  const given = await answer(
    { files, keys: key, witnesses: witnesses.join('\n'), witnessKeys: witnessKeys.join('\n') },
    { verify: (check) => Promise.resolve(scriptVerify(check)), pause: () => Promise.resolve() },
  );
  if (!given.ok) throw new Error(given.error);
  return JSON.parse(reportJson((given.value as Extract<Answer, { kind: 'log' }>).report)) as VerifierSays;
}

async function pythonOn(log: ExportedLog, { key, witnesses = [], witnessKeys = [] }: Stranger): Promise<VerifierSays> {
  const folder = writtenExport(log, key);
  const kept = join(folder, 'kept-elsewhere.txt');
  writeFileSync(kept, witnesses.join('\n'));
  const args = [PYTHON_VERIFIER, folder, '--key', key, ...witnessKeys.flatMap((each) => ['--witness-key', each])];
  if (witnesses.length > 0) args.push('--witness', kept);
  const { stdout } = await promisify(execFile)('python3', args).catch((thrown: { code: number; stdout: string }) => {
    if (thrown.code !== 1) throw thrown;
    return thrown;
  });
  return JSON.parse(stdout) as VerifierSays;
}
