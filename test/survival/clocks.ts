import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { seededRandom } from '../support/seed.ts';
import { checkJournal } from './journal-check.ts';
import { KioskRun } from './kiosk-run.ts';
import { type Build, buildOf } from './mutants.ts';
import { optionsOf } from './options.ts';
import { print, Report } from './report.ts';
import { makeSite, type Site } from './site.ts';
import { Visits } from './visit.ts';

const HARNESS = {
  name: 'clocks',
  does: 'Moves the wall clock of a kiosk at work, by seconds and by years, and stops or kills it under a wrong one.',
  round: 'how many runs',
  rounds: 60,
  lanes: 2,
  breaks: { 'hasty-purge': /^DOUBLED/, 'believes-any-date': /^LOCKED OUT/, 'clings-to-a-day': /^LOCKED OUT/ },
};

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;
const JUMPS_A_RUN = 4;
const VISITORS_A_JUMP = 3;
/** Believed at once. */
const BELIEVED_S = 20 * HOUR_S;
const FAR_S = [3 * DAY_S, 40 * DAY_S, 3_650 * DAY_S];
const STEPS_S = [MINUTE_S, HOUR_S, BELIEVED_S, ...FAR_S];
/** How far after the day on which a ticket is used it still counts. */
const NEXT_DAY_S = 25 * HOUR_S;
const LIBRARIES = '/usr/lib';

/** A start under load may take a while. */
const STAMP_TOLERANCE_MS = 20_000;

/** A code that is still in view is the same visitor, and gets no second answer. */
const IN_VIEW_MS = 4_000;

interface Ticket {
  readonly line: string;
  heldMs: number;
  readonly expS: number;
}

interface Tally {
  jumps: number;
  admitted: number;
  turnedAway: number;
  /** Entries that were held against the time to which the clock was moved. */
  stamps: number;
}

const libraryPath = (): string | null =>
  readdirSync(LIBRARIES)
    .map((folder) => join(LIBRARIES, folder, 'faketime', 'libfaketimeMT.so.1'))
    .find((path) => existsSync(path)) ?? null;

/** One kiosk whose clock is moved. */
class Lane {
  readonly #build: Build;
  readonly #site: Site;
  readonly #visits: Visits;
  readonly #random: () => number;
  readonly #around: readonly string[];
  readonly #offsetFile: string;
  readonly #held: Ticket[] = [];
  readonly #welcomed = new Set<Ticket>();
  /** When entries were made by the moved clock, in milliseconds since the epoch. */
  readonly #stamps = new Map<number, number>();
  #offsetS = 0;

  constructor(build: Build, library: string, random: () => number) {
    this.#build = build;
    this.#random = random;
    this.#site = makeSite(build);
    this.#visits = new Visits(this.#site);
    this.#offsetFile = join(this.#site.folder, 'offset');
    this.#around = [
      ...['env', `LD_PRELOAD=${library}`, `FAKETIME_TIMESTAMP_FILE=${this.#offsetFile}`, 'FAKETIME_NO_CACHE=1'],
      'FAKETIME_DONT_FAKE_MONOTONIC=1',
    ];
  }

  /** Makes a log that vouches for the time of now, as one does that has been in use for hours. */
  async moveIn(): Promise<void> {
    this.#jumpTo(0);
    const kiosk = new KioskRun(this.#build, this.#site, this.#around);
    await this.#visits.hold(kiosk, this.#ticket(HOUR_S).line);
    await kiosk.stop();
    const journal = new Database(this.#site.journal);
    journal.prepare('UPDATE checkpoint SET last_trusted_ms = ?').run(Date.now());
    journal.close();
  }

  /** @returns what does not hold */
  async run(tally: Tally): Promise<readonly string[]> {
    const problems: string[] = [];
    const earlier = new Set(this.#welcomed);
    this.#jumpTo(this.#random() < 0.5 ? this.#farAhead() : this.#someOffset());
    const kiosk = new KioskRun(this.#build, this.#site, this.#around);
    for (let jumps = 0; jumps < JUMPS_A_RUN; jumps += 1) {
      for (let visitors = 0; visitors < VISITORS_A_JUMP; visitors += 1) {
        problems.push(...(await this.#visit(kiosk, this.#someTicket(), tally)));
      }
      this.#jumpTo(this.#someOffset());
      tally.jumps += 1;
    }
    // Ahead by less than the log calls a leap, and the last that it hears of: the right time must not be late after that.
    if (this.#random() < 0.3) {
      this.#jumpTo(BELIEVED_S);
      problems.push(...(await this.#visit(kiosk, this.#someTicket(), tally)));
      tally.jumps += 1;
    }
    if (!kiosk.isRunning) problems.push(`the kiosk ended by itself: ${kiosk.said}`);
    if (this.#random() < 0.5) await kiosk.kill();
    else if ((await kiosk.stop()) !== 0) problems.push(`no orderly stop: ${kiosk.said}`);
    problems.push(...checkJournal(this.#site.journal).problems, ...(await this.#recovers(tally, earlier)));
    problems.push(...this.#unmoved(tally));
    return problems;
  }

  /** Entries that do not bear the time to which the clock was moved: then nothing was tried. */
  #unmoved(tally: Tally): readonly string[] {
    const journal = new Database(this.#site.journal, { readonly: true });
    const wallOf = journal
      .prepare<[number], number>("SELECT json_extract(CAST(bytes AS TEXT), '$.wallMs') FROM entry WHERE seq = ?")
      .pluck();
    const problems = [...this.#stamps].flatMap(([seq, expectedMs]) => {
      const byMs = (wallOf.get(seq) ?? 0) - expectedMs;
      return Math.abs(byMs) < STAMP_TOLERANCE_MS
        ? []
        : [`UNMOVED: entry ${seq} is ${byMs} ms beside the clock it was moved to`];
    });
    journal.close();
    tally.stamps += this.#stamps.size;
    this.#stamps.clear();
    return problems;
  }

  close(): void {
    this.#visits.close();
    this.#site.remove();
  }

  /** Under a clock that is right again a good ticket opens, and those of before do not open twice. */
  async #recovers(tally: Tally, earlier: ReadonlySet<Ticket>): Promise<readonly string[]> {
    this.#jumpTo(0);
    const kiosk = new KioskRun(this.#build, this.#site, this.#around);
    const fresh = this.#ticket(10 * 365 * DAY_S);
    const welcomed = this.#welcomed.size;
    const problems = [...(await this.#visit(kiosk, fresh, tally))];
    if (this.#welcomed.size === welcomed) {
      const { scans } = checkJournal(this.#site.journal);
      problems.push(`LOCKED OUT: under the right time a good ticket is told ${scans.at(-1)?.reason ?? 'nothing'}`);
    }
    // One that has ended tells nothing. The start of this run may have forgotten what was used before it.
    const rightS = Date.now() / 1_000;
    const good = [...this.#welcomed].filter((other) => other !== fresh && other.expS > rightS);
    const before = good.filter((other) => earlier.has(other)).slice(-VISITORS_A_JUMP);
    const since = good.filter((other) => !earlier.has(other)).slice(-VISITORS_A_JUMP);
    for (const ticket of [...before, ...since]) {
      problems.push(...(await this.#visit(kiosk, ticket, tally)));
    }
    await kiosk.stop();
    return problems;
  }

  async #visit(kiosk: KioskRun, ticket: Ticket, tally: Tally): Promise<readonly string[]> {
    const nowS = Date.now() / 1_000 + this.#offsetS;
    const outcome = await this.#visits.hold(kiosk, ticket.line);
    ticket.heldMs = performance.now();
    if (outcome.kind !== 'light') return [`a visitor saw ${outcome.kind}: ${kiosk.said}`];
    const { seq, green } = outcome.light;
    if (seq !== null) this.#stamps.set(seq, nowS * 1_000);
    if (!green) {
      tally.turnedAway += 1;
      return [];
    }
    tally.admitted += 1;
    const problems: string[] = [];
    if (nowS >= ticket.expS) problems.push(`EXPIRED: entry ${seq} admits a pass that had ended by its clock`);
    if (this.#welcomed.has(ticket)) problems.push(`DOUBLED: entry ${seq} lets a ticket in again`);
    this.#welcomed.add(ticket);
    return problems;
  }

  /** One that was held up before, or a new one that ends near one of the dates to which the clock jumps. */
  #someTicket(): Ticket {
    const known = this.#held[Math.floor(this.#random() * this.#held.length)];
    const isGone = known !== undefined && performance.now() - known.heldMs > IN_VIEW_MS;
    if (isGone && this.#random() < 0.3) return known;
    // Good on the day after, and ended three days later: what a start in between forgets would open again.
    if (this.#random() < 0.4) return this.#ticket(NEXT_DAY_S + HOUR_S);
    return this.#ticket(this.#someOffset() + (this.#random() < 0.5 ? 1 : -1) * HOUR_S);
  }

  #ticket(untilS: number): Ticket {
    const expS = Math.floor(Date.now() / 1_000 + untilS);
    const ticket = { line: this.#site.issuer.pass('ticket', { single: true, exp: expS }), expS, heldMs: 0 };
    this.#held.push(ticket);
    return ticket;
  }

  #someOffset(): number {
    const step = STEPS_S[Math.floor(this.#random() * STEPS_S.length)] ?? 0;
    const way = this.#random();
    return way < 0.3 ? 0 : way < 0.7 ? step : -step;
  }

  /** Where a start that believed it would forget what is used. */
  #farAhead(): number {
    return FAR_S[Math.floor(this.#random() * FAR_S.length)] ?? 0;
  }

  #jumpTo(offsetS: number): void {
    this.#offsetS = offsetS;
    // The kiosk reads it whenever it asks for the time, and must never find half of it.
    writeFileSync(`${this.#offsetFile}.new`, `${offsetS < 0 ? '-' : '+'}${Math.abs(offsetS)}\n`);
    renameSync(`${this.#offsetFile}.new`, this.#offsetFile);
  }
}

const options = optionsOf(HARNESS);
const library = libraryPath();
if (library === null) {
  print('clocks: skipped, the package libfaketime is not installed');
  process.exit(0);
}
const build = buildOf(options.broken);
const report = new Report(HARNESS.name, options);
const tally: Tally = { jumps: 0, admitted: 0, turnedAway: 0, stamps: 0 };
let begun = 0;
await Promise.all(
  Array.from({ length: options.lanes }, async (_, index) => {
    const lane = new Lane(build, library, seededRandom(options.seed + index));
    await lane.moveIn();
    while (begun < options.rounds && !report.isOver) {
      begun += 1;
      report.round(begun, await lane.run(tally));
    }
    lane.close();
  }),
);
build.remove();
report.end([
  ['runs', report.rounds],
  ['jumps of the clock', tally.jumps],
  ['admitted', tally.admitted],
  ['turned away or sent to staff', tally.turnedAway],
  ['entries stamped by the moved clock', tally.stamps],
]);
