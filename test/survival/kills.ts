import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../support/seed.ts';
import { AckPipe } from './ack-pipe.ts';
import { checkJournal, misnamedEnds } from './journal-check.ts';
import { KioskRun } from './kiosk-run.ts';
import { Ledger } from './ledger.ts';
import { type Build, buildOf } from './mutants.ts';
import { optionsOf } from './options.ts';
import { Report } from './report.ts';
import { makeSite, type Site } from './site.ts';

const HARNESS = {
  name: 'kills',
  does: 'Kills kiosks under load at random instants (SIGKILL), starts them again and holds the journal against what the visitors saw.',
  round: 'how many kills',
  rounds: 10_000,
  lanes: 2,
  breaks: { 'act-then-record': /^LOST/, 'dropped-passback': /^DOUBLED/ },
};

/** Tickets that are held up before the first of them is answered, as in a queue at rush hour. */
const IN_FLIGHT = 4;
/** One kill in six falls into the start. */
const STARTING_SHARE = 1 / 6;
const LONGEST_START_MS = 500;
const MOST_ANSWERS = 24;
/** From one answer to the next a kiosk takes a few milliseconds. */
const BETWEEN_ANSWERS_MS = 6;
/** A start that takes longer is a failure. */
const PATIENCE_MS = 30_000;
/** A folder is proved from its first entry and then left, so that what is looked at each time stays small. */
const KILLS_A_FOLDER = 100;
const EARLIER = { newest: 2 * IN_FLIGHT, old: 4 };

interface Tally {
  admissions: number;
  acknowledged: number;
  recordedUnseen: number;
}

/** One kiosk that is killed again and again. */
class Lane {
  readonly #build: Build;
  readonly #site: Site;
  readonly #ledger: Ledger;
  readonly #pipe: AckPipe;
  readonly #random: () => number;
  #entries = 0;
  #hasStarted = false;
  #answered: () => void = () => {};
  #feed: () => void = () => {};

  constructor(build: Build, random: () => number) {
    this.#build = build;
    this.#random = random;
    this.#site = makeSite(build);
    this.#ledger = new Ledger(() => this.#site.ticket());
    this.#pipe = new AckPipe(this.#site.acks, (light) => {
      if (!this.#ledger.saw(light)) return;
      this.#feed();
      this.#answered();
    });
    this.#entries = checkJournal(this.#site.journal).entries;
  }

  /** @returns what does not hold */
  async kill(tally: Tally): Promise<readonly string[]> {
    const random = this.#random;
    const again = [...this.#ledger.earlier(EARLIER.newest, EARLIER.old, random)];
    const kiosk = new KioskRun(this.#build, this.#site);
    this.#feed = () => {
      while (this.#ledger.waiting < IN_FLIGHT) {
        const ticket = again.shift() ?? this.#ledger.fresh();
        this.#ledger.held(ticket);
        kiosk.scan(ticket.line);
      }
    };
    this.#feed();
    const problems: string[] = [];
    if (random() < STARTING_SHARE) {
      await wait(random() * LONGEST_START_MS);
    } else {
      const answers = EARLIER.newest + Math.floor(random() * MOST_ANSWERS);
      const stuck = await this.#until(answers, kiosk);
      if (stuck !== null) problems.push(`${stuck}: ${kiosk.said.trim()}`);
      await wait(random() * BETWEEN_ANSWERS_MS);
    }
    this.#feed = () => {};
    if (!kiosk.isRunning) problems.push(`the kiosk ended by itself: ${kiosk.said.trim()}`);
    await kiosk.kill();
    await this.#pipe.drained();
    const journal = checkJournal(this.#site.journal, this.#entries);
    const accounts = this.#ledger.settle(journal.scans);
    const misnamed = misnamedEnds(journal.lastEnds, 'killed', !this.#hasStarted);
    this.#hasStarted ||= journal.lastEnds.length > 0;
    this.#entries = journal.entries;
    tally.admissions += accounts.admissions;
    tally.acknowledged += accounts.acknowledged;
    tally.recordedUnseen += journal.scans.length - accounts.acknowledged;
    return [...problems, ...journal.problems, ...misnamed, ...accounts.problems];
  }

  /** Proves the whole journal once more and leaves the folder. */
  close(): readonly string[] {
    const { problems } = checkJournal(this.#site.journal);
    this.#pipe.close();
    this.#site.remove();
    return problems;
  }

  async #until(answers: number, kiosk: KioskRun): Promise<string | null> {
    const patience = new AbortController();
    const enough = new Promise<null>((resolve) => {
      this.#answered = () => {
        if (this.#ledger.answered >= answers) resolve(null);
      };
    });
    const late = wait(PATIENCE_MS, `no verdict within ${PATIENCE_MS} ms`, { signal: patience.signal }).catch(
      () => null,
    );
    const ended = kiosk.ended.then(() => null);
    const stuck = await Promise.race([enough, late, ended]);
    patience.abort();
    return stuck;
  }
}

const options = optionsOf(HARNESS);
const build = buildOf(options.broken);
const report = new Report(HARNESS.name, options);
const tally: Tally = { admissions: 0, acknowledged: 0, recordedUnseen: 0 };
let begun = 0;

async function work(index: number): Promise<void> {
  const random = seededRandom(options.seed + index);
  while (begun < options.rounds && !report.isOver) {
    const lane = new Lane(build, random);
    for (let kills = 0; kills < KILLS_A_FOLDER && begun < options.rounds && !report.isOver; kills += 1) {
      begun += 1;
      report.round(begun, await lane.kill(tally));
    }
    report.also(lane.close());
  }
}

await Promise.all(Array.from({ length: options.lanes }, (_, index) => work(index)));
build.remove();
report.end([
  ['kills', report.rounds],
  ['verdicts acknowledged', tally.acknowledged],
  ['admissions recorded', tally.admissions],
  ['recorded, the light never seen', tally.recordedUnseen],
]);
