import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { reasonOf } from '../../src/base/assert.ts';
import { initScript, makeDisk, makeInitramfs, makeSystemDisk } from '../guest/disks.ts';
import { guestKernel, type Kernel } from '../guest/kernel.ts';
import { Machine, type MachineParts } from '../guest/machine.ts';
import { missingPackages, TOOL_ENV } from '../guest/needs.ts';
import { seededRandom } from '../support/seed.ts';
import type { Light } from './ack-pipe.ts';
import { checkJournal, type Journal, misnamedEnds } from './journal-check.ts';
import { Ledger } from './ledger.ts';
import { buildOf, PROJECT } from './mutants.ts';
import { optionsOf } from './options.ts';
import { print, Report } from './report.ts';
import { makeSite, type Site } from './site.ts';

const HARNESS = {
  name: 'power-cuts',
  does: 'Cuts the power of a simulated machine whose kiosk is under load: what its memory had not yet written is gone.',
  round: 'how many cuts',
  rounds: 100,
  lanes: 2,
  breaks: { 'synchronous-normal': /^LOST/ },
};

const IN_FLIGHT = 3;
const EARLIER = { newest: 2 * IN_FLIGHT, old: 2 };
const STARTING_SHARE = 1 / 8;
const LONGEST_START_MS = 12_000;
const MOST_ANSWERS = 60;
const BETWEEN_ANSWERS_MS = 40;
/** From power on to the first verdict; a simulated processor beside other work is slow. */
const PATIENCE_MS = 180_000;
const DATA_MIB = 96;

const KIOSK = `stty -F /dev/ttyS1 115200 raw -echo
cd /data
exec /bin/node /app/dist/cli.js run --hardware /etc/hardware.yaml --data /data --port 0
`;
const HARDWARE = `board: generic
scanner: {driver: serial, path: /dev/ttyS1}
signal: {driver: simulated, path: /dev/port}
printer: {driver: none}
`;

interface Tally {
  admissions: number;
  acknowledged: number;
  inTheStart: number;
}

/** One machine that loses its power again and again. */
class Lane {
  readonly #folder: string;
  readonly #sockets = mkdtempSync(join(tmpdir(), 'munjigi-'));
  readonly #parts: MachineParts;
  readonly #site: Site;
  readonly #ledger: Ledger;
  readonly #random: () => number;
  #entries = 0;
  #hasStarted = false;

  constructor(folder: string, parts: Omit<MachineParts, 'data'>, site: Site, random: () => number) {
    this.#folder = folder;
    this.#site = site;
    this.#random = random;
    this.#ledger = new Ledger(() => site.ticket());
    mkdirSync(folder, { recursive: true });
    this.#parts = { ...parts, data: makeDisk(join(folder, 'data.ext4'), DATA_MIB, site.data) };
    this.#entries = this.#recover().entries;
  }

  /** @returns what does not hold */
  async cut(tally: Tally): Promise<readonly string[]> {
    const random = this.#random;
    const again = [...this.#ledger.earlier(EARLIER.newest, EARLIER.old, random)];
    const isInStart = random() < STARTING_SHARE;
    const answers = EARLIER.newest + Math.floor(random() * MOST_ANSWERS);
    let feed = (): void => {};
    let answered = (): void => {};
    const machine = await Machine.start(this.#sockets, this.#parts, (line) => {
      if (!line.startsWith('{') || !this.#ledger.saw(JSON.parse(line) as Light)) return;
      feed();
      answered();
    });
    feed = () => {
      while (this.#ledger.waiting < IN_FLIGHT) {
        const ticket = again.shift() ?? this.#ledger.fresh();
        this.#ledger.held(ticket);
        machine.send(`${ticket.line}\r`);
      }
    };
    const problems: string[] = [];
    if (isInStart) {
      tally.inTheStart += 1;
      await wait(random() * LONGEST_START_MS);
    } else {
      const patience = new AbortController();
      const enough = new Promise<boolean>((resolve) => {
        answered = () => {
          if (this.#ledger.answered >= answers) resolve(true);
        };
      });
      const late = wait(PATIENCE_MS, false, { signal: patience.signal }).catch(() => true);
      // What is sent before the port is open is lost, as it is at a real door.
      while (!machine.console.includes('screen: http') && !patience.signal.aborted) {
        if ((await Promise.race([wait(50, true), late])) === false) break;
      }
      feed();
      if (!(await Promise.race([enough, late]))) problems.push(`no verdict in time: ${machine.console.trim()}`);
      patience.abort();
      await wait(random() * BETWEEN_ANSWERS_MS);
    }
    feed = () => {};
    await machine.cutPower();
    const journal = this.#recover();
    const accounts = this.#ledger.settle(journal.scans);
    const misnamed = misnamedEnds(journal.lastEnds, 'power', !this.#hasStarted);
    this.#hasStarted ||= journal.lastEnds.length > 0;
    this.#entries = journal.entries;
    tally.admissions += accounts.admissions;
    tally.acknowledged += accounts.acknowledged;
    return [...problems, ...journal.problems, ...misnamed, ...accounts.problems];
  }

  /** What a machine that starts now would find: the file system's own log is played back on a copy, then SQLite's. */
  #recover(): Journal {
    const copy = join(this.#folder, 'copy.ext4');
    copyFileSync(this.#parts.data, copy);
    const repaired: string[] = [];
    try {
      execFileSync('e2fsck', ['-p', '-f', copy], { env: TOOL_ENV, stdio: 'ignore' });
    } catch (thrown) {
      const status = thrown instanceof Error && 'status' in thrown ? thrown.status : null;
      if (status !== 1) repaired.push(`e2fsck ended with ${String(status)}: the file system needs a person`);
    }
    const found = join(this.#folder, 'found');
    rmSync(found, { recursive: true, force: true });
    mkdirSync(found);
    for (const name of ['journal.db', 'journal.db-wal', 'log-key.jwk']) {
      execFileSync('debugfs', ['-R', `dump /${name} ${join(found, name)}`, copy], { env: TOOL_ENV, stdio: 'ignore' });
    }
    const path = join(found, 'journal.db');
    if (!existsSync(path) && this.#entries > 0) repaired.push('LOST: the journal is gone');
    // Every entry is proved again each time: a cut may spoil what was written long before it.
    const whole = checkJournal(path);
    const since = checkJournal(path, Math.min(this.#entries, whole.entries));
    const shorter =
      whole.entries < this.#entries ? [`LOST: ${this.#entries - whole.entries} entries of earlier runs`] : [];
    return { ...since, problems: [...repaired, ...shorter, ...whole.problems] };
  }

  close(): void {
    rmSync(this.#sockets, { recursive: true, force: true });
    this.#site.remove();
  }
}

function kernelOrEnd(): Kernel {
  try {
    return guestKernel(join(PROJECT, 'node_modules', '.cache', 'munjigi-guest'));
  } catch (thrown) {
    print(`power-cuts: skipped, the guest's kernel cannot be had: ${reasonOf(thrown)}`);
    return process.exit(0);
  }
}

const options = optionsOf(HARNESS);
const missing = missingPackages();
if (missing.length > 0) {
  print(`power-cuts: skipped, these packages are not installed: ${missing.join(' ')}`);
  process.exit(0);
}
const report = new Report(HARNESS.name, options);
const build = buildOf(options.broken);
const cache = join(PROJECT, 'node_modules', '.cache');
const kernel = kernelOrEnd();
const folder = mkdtempSync(join(cache, 'munjigi-power-'));
const parts = {
  kernel: kernel.image,
  initramfs: makeInitramfs(folder, kernel, initScript(PROJECT)),
  system: makeSystemDisk(folder, PROJECT, build.dist, { '/etc/hardware.yaml': HARDWARE, '/etc/kiosk.sh': KIOSK }),
  run: '/etc/kiosk.sh',
};
const tally: Tally = { admissions: 0, acknowledged: 0, inTheStart: 0 };
let begun = 0;

async function work(index: number): Promise<void> {
  const lane = new Lane(join(folder, String(index)), parts, makeSite(build), seededRandom(options.seed + index));
  while (begun < options.rounds && !report.isOver) {
    begun += 1;
    report.round(begun, await lane.cut(tally));
  }
  lane.close();
}

await Promise.all(Array.from({ length: options.lanes }, (_, index) => work(index)));
rmSync(folder, { recursive: true, force: true });
build.remove();
report.end([
  ['power cuts', report.rounds],
  ['of them while it started', tally.inTheStart],
  ['verdicts acknowledged', tally.acknowledged],
  ['admissions recorded', tally.admissions],
]);
