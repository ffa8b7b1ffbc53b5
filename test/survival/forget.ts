import { mkdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DAY_MS, HOUR_MS } from '../../src/base/time.ts';
import { checkProof } from '../../src/journal/check-proof.ts';
import { LogAudit } from '../../src/journal/log-audit.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import { openJournalReader } from '../../src/journal/open.ts';
import { proveEntry } from '../../src/journal/prove.ts';
import { ByteSearch, CANARY_BYTES } from './byte-search.ts';
import { type Canaries, type CanaryKind, ForgetSite } from './forget-site.ts';
import { buildOf, PROJECT } from './mutants.ts';
import { plainFolder, rawImage, type Searchable } from './raw-image.ts';
import { print, Report } from './report.ts';

const USUAL_ENTRIES = 10_000;
/** People who come shortly before the end: of them nothing may be missing yet. */
const LATE_SHARE = 50;
const PART_OF_DAY_H = 6;
const AUDIT_ROWS = 10_000;
const KEPT_DAYS = 28;
const BREAKS: Readonly<Record<string, RegExp>> = {
  'no-secure-delete': /^after 28 days and an hour \d+ (salts|boxes|use keys|facts) /,
  'temporary-files': /^\d+ temporary files /,
  'traces-in-pages': /^\d+ of \d+ use keys that were over are on the disk/,
  'truncated-log': /^after 28 days and an hour \d+ (salts|boxes|use keys|facts) /,
  'kept-day-keys': /^after 28 days and an hour \d+ day keys /,
};
/** Never on the disk, not even before. */
const MIXED: readonly CanaryKind[] = ['boxes', 'salts', 'facts', 'use keys'];
const NEVER: ReadonlySet<CanaryKind> = new Set(['sealed texts', 'numbers']);

const HELP = `Usage: npm run forget -- [options]

Lets people register, searches the raw data partition for what they left, lets 28 days and an hour pass, and searches again.
  --entries N   people (usually ${USUAL_ENTRIES})
  --break NAME  runs a broken kiosk instead, which must be caught: ${Object.keys(BREAKS).join(', ')}`;

function end(code: number, says: string): never {
  (code === 0 ? process.stdout : process.stderr).write(`${says}\n`);
  process.exit(code);
}

function optionsOf() {
  try {
    const options = { entries: { type: 'string' }, break: { type: 'string' }, help: { type: 'boolean' } } as const;
    const { values } = parseArgs({ options });
    if (values.help === true) return end(0, HELP);
    const people = Number(values.entries ?? USUAL_ENTRIES);
    if (!Number.isSafeInteger(people) || people < LATE_SHARE || people > 100_000) return end(2, HELP);
    const broken = values.break ?? null;
    const symptom = broken === null ? /./ : BREAKS[broken];
    return symptom === undefined ? end(2, HELP) : { people, broken, symptom };
  } catch {
    return end(2, HELP);
  }
}

const kindsOf = (canaries: Canaries): readonly CanaryKind[] => Object.keys(canaries) as CanaryKind[];
const keyOf = (canary: Buffer): string => canary.subarray(0, CANARY_BYTES).toString('latin1');

/** How many of each kind are on the disk. */
function countOn(disk: Searchable, canaries: Canaries): Readonly<Record<CanaryKind, number>> {
  const found = disk.found(new ByteSearch(Object.values(canaries).flat()));
  const counts = kindsOf(canaries).map((kind) => [kind, canaries[kind].filter((one) => found.has(keyOf(one))).length]);
  return Object.fromEntries(counts) as Record<CanaryKind, number>;
}

/** What is no longer in any file, as far as the program can see, must not be on the disk either. */
function lookForOver(site: ForgetSite, old: Canaries, ms: number): void {
  site.pass(ms);
  const now = site.canaries();
  const overOf = (kind: CanaryKind): readonly Buffer[] => {
    const living = new Set(now[kind].map(keyOf));
    return old[kind].filter((canary) => !living.has(keyOf(canary)));
  };
  const over = Object.fromEntries(kindsOf(old).map((kind) => [kind, overOf(kind)])) as Canaries;
  const remnants = countOn(disk, over);
  for (const kind of kindsOf(old)) {
    traces.set(kind, (traces.get(kind) ?? 0) + remnants[kind]);
    partly.set(kind, Math.max(partly.get(kind) ?? 0, Math.min(over[kind].length, now[kind].length)));
    if (remnants[kind] > 0)
      problems.push(`${remnants[kind]} of ${over[kind].length} ${kind} that were over are on the disk`);
  }
}

/** Of every entry that the last checkpoint covers. */
function proofsOf(site: ForgetSite): { readonly entries: number; readonly proofs: readonly string[] } {
  const reader = openJournalReader(site.journalPath);
  if (!reader.ok) throw new Error(reader.error);
  const entries = reader.value.prepare<[], number>('SELECT max(size) FROM checkpoint').pluck().get() ?? 0;
  const proofs = Array.from({ length: entries }, (_, seq) => proveEntry(reader.value, seq));
  reader.value.close();
  return { entries, proofs: proofs.flatMap((proof) => (proof.ok ? [proof.value] : [])) };
}

function brokenProofs(site: ForgetSite, proofs: readonly string[]): number {
  const { verifier } = site.logKey;
  return proofs.filter((proof) => !checkProof(sha256, verifyEd25519, proof, [verifier]).ok).length;
}

function auditProblem(site: ForgetSite): string | null {
  const reader = openJournalReader(site.journalPath);
  if (!reader.ok) return reader.error;
  const audit = new LogAudit(reader.value, [site.logKey.verifier]);
  let result = audit.step(AUDIT_ROWS);
  while (result === null) result = audit.step(AUDIT_ROWS);
  reader.value.close();
  return result.problem;
}

const options = optionsOf();
const cache = join(PROJECT, 'node_modules', '.cache');
mkdirSync(cache, { recursive: true });
const build = buildOf(options.broken);
const image = rawImage(cache, Math.max(64, Math.ceil(options.people / 60)));
if (image === null)
  print('forget: no loop device can be mounted here (root alone can): the files are searched, not the raw disk');
const disk = image ?? plainFolder(cache);
// SQLite asks for it when it is first used. It unlinks a temporary file as soon as it is open, and what was in it may
// reach the disk or not: so there must be none.
const temporary = join(disk.folder, 'tmp');
mkdirSync(temporary);
process.env['SQLITE_TMPDIR'] = temporary;
const temporaryFiles = new Set<string>();
const watcher = watch(temporary, (_, name) => temporaryFiles.add(String(name)));
const report = new Report('forget', { ...options, rounds: 1, lanes: 1, seed: 0 });
const problems: string[] = [];
const traces = new Map<CanaryKind, number>();
const partly = new Map<CanaryKind, number>();
const figures: [string, number | string][] = [
  ['people', options.people],
  ['searched', disk.what],
];
try {
  const site = await ForgetSite.open(disk.folder, build);
  const late = Math.floor(options.people / LATE_SHARE);
  await site.visitedBy(options.people, 30);
  const old = site.canaries();
  const before = countOn(disk, old);
  for (const kind of kindsOf(old)) {
    const wanted = NEVER.has(kind) ? 0 : old[kind].length;
    figures.push([`${kind}: on the disk before`, `${before[kind]} of ${old[kind].length}`]);
    if (old[kind].length === 0) problems.push(`before there are no ${kind} to look for`);
    if (before[kind] !== wanted) problems.push(`before ${before[kind]} ${kind} are on the disk, not ${wanted}`);
  }
  const { entries, proofs } = proofsOf(site);

  // While some of it is over and its neighbours on the same pages are not.
  lookForOver(site, old, HOUR_MS);
  lookForOver(site, old, (KEPT_DAYS - 1) * DAY_MS - HOUR_MS);
  await site.visitedBy(late, 1);
  const fresh = site.canaries();
  for (let hour = 0; hour < 24; hour += PART_OF_DAY_H) lookForOver(site, old, PART_OF_DAY_H * HOUR_MS);
  for (const [kind, count] of traces) figures.push([`${kind}: over while others were not`, count]);
  for (const kind of MIXED)
    if (partly.get(kind) === 0) problems.push(`at no time were some ${kind} over and others not`);
  const gone = countOn(disk, old);
  for (const kind of kindsOf(old)) {
    figures.push([`${kind}: after ${KEPT_DAYS} days and an hour`, gone[kind]]);
    if (gone[kind] > 0) problems.push(`after ${KEPT_DAYS} days and an hour ${gone[kind]} ${kind} are on the disk`);
  }
  // Whoever came a day ago is not yet forgotten.
  const oldOnes = new Set(Object.values(old).flat().map(keyOf));
  const boxes = fresh.boxes.filter((box) => !oldOnes.has(keyOf(box)));
  const kept = countOn(disk, { ...fresh, boxes }).boxes;
  figures.push(['boxes of the day before: still there', `${kept} of ${late}`]);
  if (kept !== late) problems.push(`only ${kept} of ${late} visits of the day before are still there`);

  site.close();
  const closed = Object.values(countOn(disk, old)).reduce((sum, count) => sum + count, 0);
  figures.push(['all kinds: after the kiosk has stopped', closed]);
  if (closed > 0) problems.push(`after the stop ${closed} are on the disk`);
  const unproven = brokenProofs(site, proofs) + (entries - proofs.length);
  figures.push(['older proofs that still verify', `${entries - unproven} of ${entries}`]);
  if (unproven > 0) problems.push(`${unproven} older proofs do not verify any more`);
  await turn();
  figures.push(['temporary files', temporaryFiles.size]);
  if (temporaryFiles.size > 0)
    problems.push(`${temporaryFiles.size} temporary files were written, which nothing overwrites`);
  const unsound = auditProblem(site);
  if (unsound !== null) problems.push(unsound);
} finally {
  watcher.close();
  disk.remove();
  build.remove();
}
report.round(1, problems);
report.end(figures);
