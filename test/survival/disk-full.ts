import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { AckPipe } from './ack-pipe.ts';
import { checkJournal } from './journal-check.ts';
import { KioskRun } from './kiosk-run.ts';
import { Ledger } from './ledger.ts';
import { type Build, buildOf, PROJECT } from './mutants.ts';
import { optionsOf } from './options.ts';
import { print, Report } from './report.ts';
import { makeSite, type Site } from './site.ts';

const HARNESS = {
  name: 'disk-full',
  does: 'Fills a small file system under a kiosk at work and counts whom it still lets in.',
  round: 'how many times',
  rounds: 1,
  lanes: 1,
  breaks: { 'no-reserve': /^only \d+ admissions/ },
};

const DISK_MIB = 64;
const LEAST_ADMISSIONS = 5_000;
/** Enough to see what becomes of the door once even the reserve is gone. */
const MOST_TICKETS = 200_000;
const IN_FLIGHT = 8;
/** Refused verdicts in a row after which the disk counts as full for good. */
const FULL_FOR_GOOD = 50;
const PATIENCE_MS = 20_000;
/** Ten thousand admissions, each with its sync, on a machine that is busy with other things. */
const FILLING_MS = 300_000;
/** What is left to the kiosk when the disk is filled from outside. */
const LEFT_BYTES = 256 * 1_024;
/** A start goes on with it; the used passes of all who came do not fit in. */
const TOO_LITTLE_FOR_A_NEW_LOG_BYTES = 2.5 * 1_048_576;
const SOMEBODY_ELSES = 'somebody-elses';

interface Outcome {
  readonly problems: readonly string[];
  readonly admissions: number;
  readonly faults: number;
  readonly warned: boolean;
}

/** The page of the kiosk, which is told where it listens in the kiosk's own words. */
async function pageOf(kiosk: KioskRun): Promise<string> {
  for (;;) {
    const address = /http:\/\/127\.0\.0\.1:\d+\//.exec(kiosk.said)?.[0];
    if (address !== undefined) return address;
    if (!kiosk.isRunning) throw new Error(`the kiosk ended: ${kiosk.said}`);
    await wait(20);
  }
}

async function isLow(page: string): Promise<boolean> {
  const state = (await (await fetch(`${page}api/state`)).json()) as { readonly journal: { readonly low?: boolean } };
  return state.journal.low === true;
}

async function until(holds: () => boolean | Promise<boolean>, patienceMs = PATIENCE_MS): Promise<boolean> {
  const beganMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - beganMs > patienceMs) return false;
    await wait(50);
  }
  return true;
}

/** Somebody else's file takes the disk, all but so many bytes. */
function takeDisk(disk: string, leftBytes: number): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, SOMEBODY_ELSES), Buffer.alloc(Math.max(0, bavail * bsize - leftBytes), 1));
}

function spoilNewestEntry(path: string): void {
  const db = new Database(path);
  db.exec("UPDATE entry SET bytes = CAST('{}' AS BLOB) WHERE seq = (SELECT max(seq) FROM entry)");
  db.close();
}

function firstEntryOf(path: string): string {
  const db = new Database(path, { readonly: true });
  const bytes = db.prepare<[], Buffer>('SELECT bytes FROM entry WHERE seq = 0').pluck().get();
  db.close();
  return String(bytes);
}

async function fill(build: Build, site: Site, disk: string): Promise<Outcome> {
  const problems: string[] = [];
  const expect = (holds: boolean, otherwise: string): void => {
    if (!holds) problems.push(otherwise);
  };
  const before = checkJournal(site.journal).entries;
  const ledger = new Ledger(() => site.ticket());
  let faults = 0;
  let faultsInARow = 0;
  let isAmber = false;
  let held = 0;
  let kiosk = new KioskRun(build, site);
  let isOver = false;
  const feed = (): void => {
    while (!isOver && ledger.waiting - faults < IN_FLIGHT && held < MOST_TICKETS) {
      const ticket = ledger.fresh();
      held += 1;
      ledger.held(ticket);
      kiosk.scan(ticket.line);
    }
  };
  const pipe = new AckPipe(site.acks, (light) => {
    if (ledger.saw(light)) {
      faultsInARow = 0;
      isAmber = false;
    } else if (light.seq === null && light.amber !== isAmber) {
      isAmber = light.amber;
      // A verdict that the disk did not take has no number: each new one begins with amber.
      if (light.amber) {
        faults += 1;
        faultsInARow += 1;
      }
    } else return;
    feed();
  });
  const page = await pageOf(kiosk);
  expect(!(await isLow(page)), 'the warning is shown while the disk is empty');
  takeDisk(disk, LEFT_BYTES);
  feed();
  await until(
    () =>
      ledger.answered > 0 &&
      (statSync(join(site.data, 'reserve'), { throwIfNoEntry: false }) === undefined || faults > 0),
  );
  const atFull = ledger.answered;
  const warned = await until(() => isLow(page));
  expect(warned, 'no warning is shown while the disk is full');
  await until(() => !kiosk.isRunning || faultsInARow >= FULL_FOR_GOOD || faults > 0, FILLING_MS);
  isOver = true;
  const admissions = ledger.answered - atFull;
  expect(kiosk.isRunning, `the kiosk ended by itself: ${kiosk.said}`);
  expect(admissions >= LEAST_ADMISSIONS, `only ${admissions} admissions after the disk was full`);
  expect(faults > 0, 'the disk was never full for good');
  await pipe.drained();
  // Killed on a full disk and started on a full disk: it must come up or say why in one sentence, and lose nothing.
  await kiosk.kill();
  await pipe.drained();
  kiosk = new KioskRun(build, site);
  await until(() => !kiosk.isRunning || kiosk.said.includes('screen: '));
  const [code] = kiosk.isRunning ? [null] : await kiosk.ended;
  const isSentence = code === 2 && /^munjigi: .+free some space.*$/m.test(kiosk.said);
  expect(kiosk.isRunning || isSentence, `a start on a full disk ends with ${String(code)}: ${kiosk.said}`);
  await kiosk.kill();
  await pipe.drained();
  rmSync(join(disk, SOMEBODY_ELSES));
  const journal = checkJournal(site.journal, before);
  problems.push(...journal.problems, ...ledger.settle(journal.scans).problems);
  let entries = journal.entries;
  const serves = async (when: string): Promise<void> => {
    kiosk = new KioskRun(build, site);
    isOver = false;
    const ticket = ledger.fresh();
    ledger.held(ticket);
    kiosk.scan(ticket.line);
    expect(await until(() => ledger.answered > 0), `no admission ${when}: ${kiosk.said}`);
    expect((await kiosk.stop()) === 0, `no orderly stop ${when}: ${kiosk.said}`);
    await pipe.drained();
    const after = checkJournal(site.journal, entries);
    entries = after.entries;
    problems.push(...after.problems, ...ledger.settle(after.scans).problems);
  };
  await serves('with room again');
  // What is held back is there for a start as well.
  takeDisk(disk, 0);
  await serves('on a disk that was filled while the kiosk was off');
  rmSync(join(disk, SOMEBODY_ELSES));
  await serves('with room once more');
  takeDisk(disk, TOO_LITTLE_FOR_A_NEW_LOG_BYTES);
  spoilNewestEntry(site.journal);
  entries = 0;
  await serves('with a damaged journal on a full disk');
  expect(firstEntryOf(site.journal).includes('"whole":true'), 'the new log does not know all used tickets');
  pipe.close();
  return { problems, admissions, faults, warned };
}

const options = optionsOf(HARNESS);
const folder = join(PROJECT, 'node_modules', '.cache');
mkdirSync(folder, { recursive: true });
const disk = mkdtempSync(join(folder, 'munjigi-disk-'));
try {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'munjigi', disk], { stdio: 'pipe' });
} catch {
  print('disk-full: skipped, a small file system can be mounted by root alone');
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    execFileSync('umount', ['-l', disk]);
    process.exit(1);
  });
}
const report = new Report(HARNESS.name, options);
const build = buildOf(options.broken);
const figures: [string, number | string][] = [];
try {
  for (let round = 1; round <= options.rounds && !report.isOver; round += 1) {
    const site = makeSite(build, join(disk, `data-${round}`));
    const { problems, admissions, faults, warned } = await fill(build, site, disk);
    report.round(round, problems);
    figures.push(
      ['admissions after the disk was full', admissions],
      ['then amber, not recorded', faults],
      ['warning shown', String(warned)],
    );
    rmSync(join(disk, `data-${round}`), { recursive: true, force: true });
    site.remove();
  }
} finally {
  execFileSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
  build.remove();
}
report.end(figures);
