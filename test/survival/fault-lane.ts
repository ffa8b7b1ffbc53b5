import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { SAME_PRESENTATION_MS } from '../../src/kiosk/inbox.ts';
import { testIssuer } from '../support/issuer.ts';
import { damageJournal, isStillDamaged, renewedProblems, unsignedProblems } from './damage-check.ts';
import { checkJournal, type Journal } from './journal-check.ts';
import { KioskRun } from './kiosk-run.ts';
import type { Build } from './mutants.ts';
import { SAVE, savedSettingsProblems } from './settings-check.ts';
import { makeSite, type Site } from './site.ts';
import {
  type Call,
  callsIn,
  countsIn,
  durabilityProblems,
  type Fault,
  finishedLog,
  hasFired,
  straceOf,
} from './strace-log.ts';
import { type Outcome, Visits } from './visit.ts';

/** A write-ahead log of more frames than this is written back at the next commit. */
const WRITE_BACK_FRAMES = 2_000;
const FRAME_BYTES = 1_024 + 24;
const AGED_MS = 29 * 86_400_000;
const FILES = [
  ...['log-key.jwk', 'log-key.jwk.new', 'damaged', 'journal.db.ready', 'journal.db.new'],
  ...['journal.head', 'journal.head.new'],
  ...['journal.db.new-wal', 'journal.db.new-shm', 'journal.db.new-journal'],
  ...['', 'journal.db', 'journal.db-wal', 'journal.db-shm', 'trust.db', 'trust.db-wal', 'trust.db-journal', 'lock'],
  ...['lock-journal', 'reserve', 'settings.json', 'settings.json.new', 'control.sock', 'keys'],
  ...['settings-history', 'settings-history/000001.json', 'settings-history/000001.json.new'],
  ...['settings-history/000002.json', 'settings-history/000002.json.new', 'policies', 'settings.json.refused'],
  ...['use.key', 'kiosk-id', 'sticker.jwk'].flatMap((name) => [`keys/${name}`, `keys/${name}.new`]),
];

const MOST_TRIES = 5;
/** What `fault` says of one that no run came to. */
export const NOT_REACHED = 'not reached';

/** The state a kiosk starts from. */
export const TEMPLATES = [
  'first start',
  'write-back',
  'purge',
  'damaged journal',
  'checkpoint',
  'trust import',
  'settings save',
] as const;
export type Template = (typeof TEMPLATES)[number];
/** Where a file is made or signed on the way, and how it is told by its path. */
const PHASES: Readonly<Record<string, RegExp>> = {
  'log key': /log-key\.jwk/,
  'other keys': /\/keys\b/,
  'new log': /journal\.db\.(new|ready)/,
  'kept head': /journal\.head/,
  'set aside': /\/damaged\b/,
  trust: /trust\.db/,
  settings: /settings/,
  reserve: /\/reserve\b/,
  journal: /journal\.db/,
};

interface Seen {
  readonly line: string;
  readonly outcome: Outcome;
}

interface Ran {
  readonly log: string;
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly seen: readonly Seen[];
  readonly said: string;
}

/** A kiosk of its own in each lane, put back to a template before each fault. */
export class Lane {
  readonly #build: Build;
  readonly #site: Site;
  readonly #visits: Visits;
  readonly #secondIssuer: ReturnType<typeof testIssuer>;
  readonly #paths: readonly string[];
  /** A ticket that came in before any fault. */
  #earlier = '';
  #damagedEntries = 0;

  constructor(build: Build) {
    this.#build = build;
    this.#site = makeSite(build);
    this.#visits = new Visits(this.#site);
    this.#secondIssuer = testIssuer(this.#site.folder, 'second-office');
    this.#paths = FILES.map((name) => join(this.#site.data, name));
  }

  /** Makes the folder that each template starts from. */
  async prepare(): Promise<void> {
    // The import that made the site's keys trusted has also made what a first start makes.
    for (const name of readdirSync(this.#site.data)) {
      if (!name.startsWith('trust.db')) rmSync(join(this.#site.data, name), { recursive: true });
    }
    this.#keep('first start');
    const kiosk = new KioskRun(this.#build, this.#site);
    const wal = `${this.#site.journal}-wal`;
    this.#earlier = this.#site.ticket();
    await this.#visits.hold(kiosk, this.#earlier);
    const isFull = (): boolean => existsSync(wal) && statSync(wal).size > (WRITE_BACK_FRAMES - 12) * FRAME_BYTES;
    while (!isFull()) {
      const { kind } = await this.#visits.hold(kiosk, this.#site.ticket());
      if (kind !== 'light') throw new Error(`the kiosk does not work before any fault: ${kiosk.said}`);
    }
    await kiosk.kill();
    this.#keep('write-back');
    const db = new Database(this.#site.journal);
    for (const table of ['salt', 'facts']) db.prepare(`UPDATE ${table} SET wall_ms = wall_ms - ${AGED_MS}`).run();
    db.close();
    this.#keep('purge');
    this.#keep('trust import');
    this.#keep('settings save');
    this.#keep('checkpoint');
    this.#damagedEntries = damageJournal(this.#site.journal);
    this.#keep('damaged journal');
  }

  /** How often each call is made from this template on, and what a power cut could take back. */
  async count(template: Template): Promise<{
    counts: ReadonlyMap<string, number>;
    phases: ReadonlyMap<string, number>;
    problems: readonly string[];
  }> {
    const ran = await this.#run(template, null);
    const { seen, said } = ran;
    const calls = callsIn(ran.log);
    const onDisk = calls.filter(({ rest }) => !rest.includes(`<${this.#site.acks}>`));
    const unlit = seen.filter(({ outcome }) => outcome.kind !== 'light');
    const problems = unlit.map(({ outcome }) => `without any fault a visitor saw ${outcome.kind}: ${said}`);
    problems.push(...durabilityProblems(calls, this.#site.acks), ...(await this.#afterwards(template, ran)));
    return { counts: countsIn(onDisk), phases: phasesOf(onDisk), problems };
  }

  /** @returns what became of the kiosk in one word, and what does not hold */
  async fault(template: Template, fault: Fault): Promise<{ outcome: string; problems: readonly string[] }> {
    let ran = await this.#run(template, fault);
    // How many pages are written hangs on the random bytes in them: sometimes there are fewer.
    for (let tries = 1; tries < MOST_TRIES && wasNotReached(ran.log, fault); tries += 1) {
      ran = await this.#run(template, fault);
    }
    const problems: string[] = [];
    const isFired = hasFired(ran.log, fault, ran.signal);
    if (!isFired && !wasNotReached(ran.log, fault)) problems.push('the fault did not fire');
    if (fault.mode !== 'KILL' && ran.signal !== null) problems.push(`the kiosk died of ${ran.signal}: ${ran.said}`);
    if (fault.mode !== 'KILL' && ran.code !== 0 && ran.code !== 2) problems.push(`exit code ${ran.code}: ${ran.said}`);
    const isUntouched = template === 'damaged journal' && isStillDamaged(this.#site.journal);
    const journal = isUntouched ? NOTHING_YET : checkJournal(this.#site.journal);
    problems.push(...journal.problems);
    for (const { outcome } of ran.seen) {
      if (outcome.kind !== 'light') continue;
      const scan = journal.scans.find(({ seq }) => seq === outcome.light.seq);
      if (scan === undefined) problems.push(`LOST: entry ${outcome.light.seq} was acknowledged and is gone`);
      else if ((scan.verdict === 'admit') !== outcome.light.green)
        problems.push(`entry ${scan.seq} says ${scan.verdict}`);
    }
    if (template === 'checkpoint' && ran.code === 0) problems.push(...unsignedProblems(this.#site.journal));
    problems.push(...judged(ran.seen), ...(await this.#afterwards(template, ran)));
    return { outcome: isFired ? outcomeOf(ran, fault) : NOT_REACHED, problems };
  }

  close(): void {
    this.#visits.close();
    this.#site.remove();
  }

  /** From the template on: a start, two visitors, the first of them again, and a stop; or one command. */
  async #run(template: Template, fault: Fault | null): Promise<Ran> {
    rmSync(this.#site.data, { recursive: true });
    copyFolder(this.#kept(template), this.#site.data);
    await this.#visits.forget();
    const log = join(this.#site.folder, 'strace.log');
    rmSync(log, { force: true });
    const paths = fault === null ? [...this.#paths, this.#site.acks] : this.#paths;
    const around = straceOf(log, paths, fault);
    if (template === 'trust import') {
      return this.#command(log, around, ['trust', 'import', '--unsigned', this.#secondIssuer.trustFile]);
    }
    if (template === 'settings save') return this.#command(log, around, SAVE);
    if (template === 'checkpoint') return this.#command(log, around, ['journal', 'checkpoint']);
    const kiosk = new KioskRun(this.#build, this.#site, around);
    const seen: Seen[] = [];
    const [first, second] = [this.#site.ticket(), this.#site.ticket()];
    for (const line of [first, second]) seen.push({ line, outcome: await this.#visits.hold(kiosk, line) });
    // A code that was let in stays in view for a while, and is not answered again.
    if (kiosk.child.exitCode === null && kiosk.child.signalCode === null) await setTimeout(SAME_PRESENTATION_MS + 200);
    seen.push({ line: first, outcome: await this.#visits.hold(kiosk, first) });
    kiosk.child.kill('SIGTERM');
    const [code, signal] = await kiosk.ended;
    return { log: await finishedLog(log, kiosk.child.pid), code, signal, seen, said: kiosk.said };
  }

  async #command(log: string, around: readonly string[], asked: readonly string[]): Promise<Ran> {
    const command = new KioskRun(this.#build, this.#site, around, asked);
    const [code, signal] = await command.ended;
    return { log: await finishedLog(log, command.child.pid), code, signal, seen: [], said: command.said };
  }

  /** The next start finds everything that was acknowledged, lets nobody in twice and turns away nobody who never was. */
  async #afterwards(template: Template, ran: Ran): Promise<readonly string[]> {
    const problems: string[] = [];
    const kiosk = new KioskRun(this.#build, this.#site);
    const lines = [...new Set(ran.seen.map(({ line }) => line))];
    const again: Seen[] = [...ran.seen];
    for (const line of lines) again.push({ line, outcome: await this.#visits.hold(kiosk, line) });
    problems.push(...judged(again).map((problem) => `after a new start: ${problem}`));
    const fresh = await this.#visits.hold(kiosk, this.#site.ticket());
    if (fresh.kind !== 'light' || !fresh.light.green) problems.push(`after a new start nobody comes in: ${kiosk.said}`);
    if (template === 'trust import' && ran.code === 0) {
      const second = await this.#visits.hold(kiosk, this.#secondIssuer.pass('ticket', { single: true }));
      if (second.kind !== 'light' || !second.light.green) problems.push('LOST: keys whose import was acknowledged');
    }
    if (template === 'damaged journal') {
      const earlier = await this.#visits.hold(kiosk, this.#earlier);
      const isGreen = earlier.kind === 'light' && earlier.light.green;
      if (isGreen) problems.push('DOUBLED: a ticket that was used before the damage lets in again');
      problems.push(...renewedProblems(this.#site.data, this.#damagedEntries));
    }
    const code = await kiosk.stop();
    if (code !== 0) problems.push(`after a new start no orderly stop: ${kiosk.said}`);
    if (template === 'settings save') problems.push(...savedSettingsProblems(this.#site.data, ran.code === 0));
    return [...problems, ...checkJournal(this.#site.journal).problems];
  }

  #kept(template: Template): string {
    return join(this.#site.folder, template.replaceAll(' ', '-'));
  }

  #keep(template: Template): void {
    copyFolder(this.#site.data, this.#kept(template));
  }
}

function outcomeOf({ code, seen }: Ran, { mode }: Fault): string {
  if (mode === 'KILL') return 'killed';
  if (code === 2) return 'refused';
  return seen.every(({ outcome }) => outcome.kind === 'light') ? 'not noticed' : 'amber once';
}

/** A run in which the call was not made so often. */
function wasNotReached(log: string, { call, occurrence }: Fault): boolean {
  return (countsIn(callsIn(log)).get(call) ?? 0) < occurrence;
}

/** Nothing that was acknowledged can stand in a journal that no start has replaced yet. */
const NOTHING_YET: Journal = { entries: 0, scans: [], types: [], lastEnds: [], problems: [] };

/** How many calls were about what, each counted for the first phase that it fits. */
function phasesOf(calls: readonly Call[]): ReadonlyMap<string, number> {
  const phases = new Map<string, number>();
  for (const { rest } of calls) {
    const [name = 'folder and rest'] = Object.entries(PHASES).find(([, about]) => about.test(rest)) ?? [];
    phases.set(name, (phases.get(name) ?? 0) + 1);
  }
  return phases;
}

/** A socket that a killed kiosk left behind cannot be copied, and need not be. */
const copyFolder = (from: string, to: string): void =>
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.sock') });

/** No ticket gets green twice, and none gets red before it got green. */
function judged(seen: readonly Seen[]): readonly string[] {
  const welcomed = new Set<string>();
  return seen.flatMap(({ line, outcome }) => {
    if (outcome.kind === 'nothing') return ['a visitor got no answer'];
    if (outcome.kind !== 'light') return [];
    const { seq, green, red } = outcome.light;
    const before = welcomed.has(line);
    if (green) welcomed.add(line);
    if (green && before) return [`DOUBLED: entry ${seq} lets a ticket in again`];
    return red && !before ? [`entry ${seq} turns away a ticket that nobody used`] : [];
  });
}
