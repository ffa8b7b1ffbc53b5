import { JournalFault } from '../../src/journal/journal.ts';
import { Agenda } from './agenda.ts';
import { lookAt } from './bystander.ts';
import type { Card, Wallet } from './card.ts';
import { Day } from './day.ts';
import { LEAST_FAULTS } from './day-count.ts';
import { endFaults, FAULT_KINDS, listOf, type Stage, strike } from './faults.ts';
import type { Premises } from './house.ts';
import { HOUSE_RULES } from './house-rules.ts';
import type { Flaw } from './mutants.ts';
import { Public } from './public.ts';
import { checkRecovery } from './recovery.ts';
import { comeUntilJudged } from './returns.ts';
import { askForSticker } from './stickers.ts';
import { count, type Tally } from './tally.ts';
import { trustStateOf } from './trust-state.ts';
import { present, press } from './visits.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MINUTES = 1_440;
/** People of a day; what they do besides adds to their visits. */
const VISITS = 320;
const MORE_FAULTS = 5;
/** What every day has. */
const ALWAYS = [['gap'], ['clock'], ['disk']] as const;
/** Nothing is planned to go wrong after this minute, so that what lasts is over when the day ends. */
const LAST_FAULT_MINUTE = 1_380;

export interface DayResult {
  /** Why a promise is broken, or null. */
  readonly problem: string | null;
  /** What else was thrown: a mistake of the kiosk or of this harness that proves nothing about promises; null for nothing. */
  readonly failure: string | null;
  /** The last steps before it. */
  readonly steps: readonly string[];
  readonly digest: string;
}

export interface DayAround {
  readonly wallet: Wallet;
  readonly premises: Premises;
  readonly flaw: Flaw;
  readonly tally: Tally;
}

/** Runs one day to its end, or to the first thing that is thrown. */
export async function runDay(seed: number, number: number, around: DayAround): Promise<DayResult> {
  const day = new Day(seed, number, {
    ...around,
    trust: (made) => {
      const list = made.random.chance(0.7) ? listOf(made, 1) : null;
      return trustStateOf(around.wallet, { arena: ['arena'], list, revoked: new Set() });
    },
  });
  try {
    await live(day);
    return resultOf(day, null);
  } catch (thrown) {
    return resultOf(day, thrown instanceof Error ? `${thrown.stack}` : `${thrown}`);
  } finally {
    day.leave();
  }
}

function resultOf(day: Day, thrown: string | null): DayResult {
  const problem = day.broken?.message ?? null;
  const failure = problem === null ? thrown : null;
  const steps = problem === null && failure === null ? [] : day.steps;
  return { problem, failure, steps, digest: day.digest() };
}

async function live(day: Day): Promise<void> {
  const { random } = day;
  const agenda = new Agenda();
  const people = new Public(day);
  day.someCards = (most) => people.names(most);
  const startAgain = (inMs: number): void => {
    agenda.at(day.nowMs + inMs, () => {
      if (day.house.kiosk !== null) return;
      const isUp = day.start();
      day.did(isUp ? 'the kiosk starts' : 'the kiosk does not start');
      if (!isUp) startAgain(5 * SECOND_MS);
    });
  };
  const cut = (): void => {
    const isPower = random.chance(0.5);
    day.takeEntries(null);
    day.takeGiven();
    day.did(isPower ? 'the power is cut' : 'the process is killed');
    count(day.tally, 'ends', isPower ? 'power cut' : 'killed');
    if (isPower) day.time.reboot();
    startAgain(isPower ? 20 * SECOND_MS + random.below(5 * MINUTE_MS) : SECOND_MS + random.below(5 * SECOND_MS));
  };
  const stop = async (): Promise<void> => {
    if (day.house.kiosk === null) return;
    await day.fuse.held(() => day.house.stop());
    day.stopped();
    day.did('the kiosk stops');
    count(day.tally, 'ends', 'stopped');
    startAgain(SECOND_MS + random.below(2 * MINUTE_MS));
  };
  const stage: Stage = { day, agenda, people, cut, stop };
  plan(stage);
  day.require(day.start(), 'a kiosk that nothing is wrong with does not start');
  const endMs = DAY_MINUTES * MINUTE_MS;
  for (let item = agenda.next(); item !== undefined && item.atMs < endMs; item = agenda.next()) {
    if (!(await pass(day, item.atMs))) cut();
    await item.what();
    day.diskRefused();
    day.takeEntries(null);
    lookAt(day);
  }
  if (!(await pass(day, endMs))) cut();
  lookAt(day);
  day.count.close();
  await checkRecovery(day, people);
}

/** Lets time pass while nobody does anything. @returns false if the kiosk was killed meanwhile */
export async function pass(day: Day, untilMs: number): Promise<boolean> {
  while (day.house.isPrinting && day.nowMs + SECOND_MS < untilMs) {
    if (!day.survived(() => day.time.advanceTo(day.nowMs + SECOND_MS))) break;
    await day.house.settled();
  }
  let isAlive = day.survived(() => day.time.advanceTo(untilMs));
  // A killed process leaves the moment of its death; time goes on without it.
  if (!isAlive) day.time.advanceTo(untilMs);
  if (day.house.isPrinting) await day.house.settled();
  isAlive = day.survived(() => {}) && isAlive;
  day.diskRefused();
  const scans = day.takeEntries(null).filter(({ type }) => type === 'scan');
  day.require(scans.length === 0, 'a scan was recorded that nobody made');
  return isAlive;
}

function plan(stage: Stage): void {
  const { day, agenda } = stage;
  const { random } = day;
  const moments = Array.from({ length: VISITS }, () => random.below(DAY_MINUTES * MINUTE_MS)).sort((a, b) => a - b);
  for (const atMs of moments) agenda.at(atMs, () => visit(stage));
  const faults = LEAST_FAULTS + random.below(MORE_FAULTS);
  for (let number = 0; number < faults; number += 1) {
    const kinds = ALWAYS[number] ?? FAULT_KINDS;
    agenda.at(random.below(LAST_FAULT_MINUTE * MINUTE_MS), () => strike(kinds, stage));
  }
  endFaults(stage);
  for (let changes = random.below(4); changes > 0; changes -= 1) {
    agenda.at(random.below(LAST_FAULT_MINUTE * MINUTE_MS), () => day.choosePolicy(HOUSE_RULES));
  }
  if (day.occupancyLimit > 0) {
    for (let hour = 1; hour < 24; hour += 1) agenda.at(hour * 60 * MINUTE_MS, () => leaveHouse(stage));
  }
}

/** One person at the door, and what follows from it. */
function visit(stage: Stage): void {
  const { day, agenda, people } = stage;
  const { random, door } = day;
  const card = people.next();
  const line = card.unreadable === 'too-long' ? null : random.pick(card.lines);
  comeUntilJudged(stage, card, line);
  if (day.house.kiosk === null) return;
  const showing = door.showingAt(day.nowMs);
  const again = (inMs: number, held: Card, as: string | null): void =>
    agenda.at(day.nowMs + inMs, () => {
      if (!present(day, held, as)) stage.cut();
    });
  if (random.chance(0.05)) for (let sight = 1; sight <= 3; sight += 1) again(sight * 900, card, line);
  if (random.chance(0.03)) {
    const other = people.next();
    again(700, other, other.unreadable === 'too-long' ? null : (other.lines[0] ?? ''));
    again(1_400, card, line);
  }
  if (showing === null) return;
  if (showing.verdict === 'assist') staffCome(stage, showing.scan);
  if (showing.verdict === 'admit' && random.chance(0.12)) {
    agenda.at(day.nowMs + SECOND_MS, () => sticker(stage, showing.scan));
  }
}

/** One or two of staff, at once or late, of one mind or not. */
function staffCome({ day, agenda, cut }: Stage, scan: number): void {
  const { random } = day;
  const presses = random.pick([0, 1, 1, 1, 2]);
  for (let number = 0; number < presses; number += 1) {
    const button = random.chance(0.75) ? 'admit' : 'refuse';
    agenda.at(day.nowMs + SECOND_MS + random.below(34 * SECOND_MS), () => {
      if (!press(day, button, scan)) cut();
    });
  }
}

async function sticker(stage: Stage, scan: number): Promise<void> {
  const { day, agenda, people, cut } = stage;
  const { card, isAlive } = await askForSticker(day, scan);
  if (card !== null) people.gotSticker(card);
  if (!isAlive) return cut();
  if (card === null || !day.random.chance(0.3)) return;
  agenda.at(day.nowMs + day.random.below(120 * MINUTE_MS), () => {
    const { id } = day.stickers[Number(card.name.split('-')[1])] ?? { id: '' };
    office(stage, `sticker ${card.name} is taken back`, () => void day.house.journal?.revokeSticker(id));
  });
}

function leaveHouse(stage: Stage): void {
  const people = 1 + stage.day.random.below(30);
  office(
    stage,
    `${people} people leave`,
    () => void stage.day.house.journal?.record({ type: 'counted-out', count: people }),
  );
}

/** Something that the owner does past the door; a refusal of the disk is told and nothing is done. */
function office({ day, cut }: Stage, what: string, act: () => void): void {
  if (day.house.kiosk === null) return;
  const isAlive = day.survived(() => {
    try {
      act();
    } catch (thrown) {
      if (!(thrown instanceof JournalFault)) throw thrown;
    }
  });
  const refused = day.diskRefused();
  day.takeEntries(null);
  day.did(`${what}${refused ? ': the disk refuses' : ''}`);
  count(day.tally, 'office', what.replace(/\d+/g, 'N'));
  if (!isAlive) cut();
}
