import { JournalFault } from '../../src/journal/journal.ts';
import type { ListDates } from '../../src/pass/trust.ts';
import type { Agenda } from './agenda.ts';
import type { Day } from './day.ts';
import { DISK_POINTS, type DiskFault, DOOR_POINTS } from './fuse.ts';
import type { Public } from './public.ts';
import { comeBack, comeUntilJudged, goodCard, letIn, willBeLetIn } from './returns.ts';
import { trustStateOf } from './trust-state.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const FAR_FUTURE_MS = Date.UTC(2100, 0, 1);
/** From here on nothing new goes wrong. */
const LAST_MS = 23 * HOUR_MS + 15 * MINUTE_MS;

export const FAULT_KINDS = ['scanner', 'signal', 'printer', 'disk', 'clock', 'restart', 'trust'] as const;
/** `gap`: the process is killed between an admission's record and its signal, which matters most. */
export type FaultKind = (typeof FAULT_KINDS)[number] | 'gap';

const DISK_FAULTS: readonly Omit<DiskFault, 'lasts'>[] = [
  { code: 'SQLITE_FULL', at: 'commit' },
  { code: 'SQLITE_FULL', at: 'statement' },
  { code: 'SQLITE_BUSY', at: 'begin' },
  { code: 'SQLITE_IOERR_WRITE', at: 'commit' },
  { code: 'SQLITE_IOERR_WRITE', at: 'statement' },
  { code: 'SQLITE_IOERR_READ', at: 'statement' },
  { code: 'SQLITE_IOERR_FSYNC', at: 'committed' },
  { code: 'SQLITE_IOERR_FSYNC', at: 'commit' },
];

/** What a day does to its kiosk; `cut` takes a process that was killed off the stage and brings the next one. */
export interface Stage {
  readonly day: Day;
  readonly agenda: Agenda;
  readonly people: Public;
  readonly cut: () => void;
  readonly stop: () => Promise<void>;
}

/**
 * One fault strikes, and its end is on the agenda. What cannot happen now, because the part is gone already or the
 * kiosk is dark, gives way to another or comes later: as many happen as were planned.
 */
export async function strike(kinds: readonly FaultKind[], stage: Stage): Promise<void> {
  const { day, agenda } = stage;
  const possible = kinds.filter((kind) => canHappen(kind, day));
  const hasHappened = possible.length > 0 && (await begin(day.random.pick(possible), stage));
  if (day.nowMs >= LAST_MS) day.fuse.hurry();
  if (hasHappened) return;
  const again = possible.length > 0 ? kinds : FAULT_KINDS;
  agenda.at(day.nowMs + MINUTE_MS + day.random.below(3 * MINUTE_MS), () => strike(again, stage));
}

/** What is still to come at the last minute comes now. */
export function endFaults({ day, agenda }: Stage): void {
  agenda.at(LAST_MS, () => day.fuse.hurry());
}

function canHappen(kind: FaultKind, { house, fuse }: Day): boolean {
  switch (kind) {
    case 'scanner':
      return house.isScannerPlugged;
    case 'signal':
      return house.isSignalThere;
    case 'printer':
      return !house.isPrinterInTrouble;
    case 'disk':
      return !fuse.isDiskArmed;
    case 'restart':
    case 'gap':
      return !fuse.isKillArmed;
    case 'clock':
    case 'trust':
      return true;
  }
}

/** @returns whether it has happened before a running kiosk, or surely will */
async function begin(kind: FaultKind, stage: Stage): Promise<boolean> {
  switch (kind) {
    case 'scanner':
      return unplugScanner(stage);
    case 'signal':
      return cutLines(stage);
    case 'printer':
      return troublePrinter(stage);
    case 'disk':
      return failDisk(stage);
    case 'clock':
      return moveClock(stage);
    case 'restart':
      return restart(stage);
    case 'gap':
      return killInGap(stage);
    case 'trust':
      return changeTrust(stage);
  }
}

function after({ day, agenda }: Stage, mostMs: number, what: () => void): void {
  agenda.at(Math.min(LAST_MS, day.nowMs + SECOND_MS + day.random.below(mostMs)), what);
}

/** Parts may go before a dark kiosk too, which finds them gone when it starts; only what one lives through counts. */
function noted(day: Day, kind: FaultKind, what: string): boolean {
  if (day.house.kiosk === null) return false;
  day.fault(kind, what);
  return true;
}

function unplugScanner(stage: Stage): boolean {
  const { day } = stage;
  const plug = (isPlugged: boolean): void => {
    if (day.house.isScannerPlugged === isPlugged) return;
    day.did(`the scanner is ${isPlugged ? 'plugged in' : 'unplugged'}`);
    day.door.part('scanner', isPlugged, day.nowMs);
    if (!day.survived(() => day.house.plugScanner(isPlugged))) stage.cut();
  };
  const hasHappened = noted(day, 'scanner', 'unplugged');
  plug(false);
  after(stage, 15 * MINUTE_MS, () => plug(true));
  return hasHappened;
}

function cutLines(stage: Stage): boolean {
  const { day } = stage;
  const wire = (isThere: boolean): void => {
    if (day.house.isSignalThere === isThere) return;
    day.did(`the lines are ${isThere ? 'back' : 'gone'}`);
    day.door.part('signal', isThere, day.nowMs);
    if (!day.survived(() => day.house.wireSignal(isThere))) stage.cut();
  };
  const hasHappened = noted(day, 'signal', 'lost');
  wire(false);
  after(stage, 10 * MINUTE_MS, () => wire(true));
  return hasHappened;
}

function troublePrinter(stage: Stage): boolean {
  const { day } = stage;
  const trouble = day.random.pick(['paper-out', 'hangs'] as const);
  const give = (what: typeof trouble | 'none'): void => {
    if (!day.survived(() => day.house.troublePrinter(what))) stage.cut();
  };
  const hasHappened = noted(day, 'printer', trouble);
  give(trouble);
  after(stage, 20 * MINUTE_MS, () => give('none'));
  return hasHappened;
}

/** Counted by the fuse, at the moment at which the disk refuses: as often as not while somebody stands there. */
function failDisk(stage: Stage): boolean {
  const { day, agenda } = stage;
  const { random, fuse } = day;
  const fault: DiskFault = { ...random.pick(DISK_FAULTS), lasts: random.chance(0.4) };
  const isBusy = random.chance(0.5);
  const [statements, others] = isBusy ? [12, 1] : [60, 8];
  const armed = fuse.armDisk(1 + random.below(fault.at === 'statement' ? statements : others), fault);
  const end = (): void => {
    if (armed.hasFailed) {
      fuse.mend(armed);
    } else {
      fuse.hurryDisk();
      agenda.at(day.nowMs + 2 * MINUTE_MS, end);
    }
  };
  agenda.at(day.nowMs + SECOND_MS + random.below(20 * MINUTE_MS), end);
  const card = goodCard(stage);
  if (isBusy) comeUntilJudged(stage, card, card.lines[0] ?? '');
  return true;
}

function moveClock(stage: Stage): boolean {
  const { day, agenda } = stage;
  const { random, time } = day;
  letIn(stage);
  const [what, wrongByMs, isVouchedFor] = random.pick<readonly [string, number, boolean]>([
    ['steps forward', random.below(20 * MINUTE_MS), true],
    ['steps back', -random.below(5 * HOUR_MS), true],
    ['set by hand', random.below(3 * MINUTE_MS) - 90 * SECOND_MS, true],
    ['is not vouched for', 0, false],
    ['shows 1970', -time.rightMs + random.below(HOUR_MS), false],
    ['shows 2100', FAR_FUTURE_MS - time.rightMs + random.below(DAY_MS), false],
    ['runs ahead unseen', random.below(30 * DAY_MS), false],
  ]);
  const before = time.wall();
  time.setWall(wrongByMs, isVouchedFor);
  const { atMs, trusted } = time.wall();
  const isMoved = atMs !== before.atMs || trusted !== before.trusted;
  const hasHappened = isMoved && noted(day, 'clock', what);
  const mine = time.wallChanges;
  const lastReturnMs = comeBack(stage, wrongByMs);
  const untilMs = Math.max(lastReturnMs, day.nowMs + random.below(40 * MINUTE_MS)) + SECOND_MS;
  agenda.at(Math.min(LAST_MS, untilMs), () => {
    if (time.wallChanges !== mine) return;
    day.did('the clock is right again');
    time.setWall(0, true);
  });
  return hasHappened;
}

async function restart({ day, stop }: Stage): Promise<boolean> {
  const { random, fuse } = day;
  if (random.chance(0.25)) {
    if (!noted(day, 'restart', 'clean stop')) return false;
    await stop();
    return true;
  }
  const point = random.pick([null, random.pick([...DISK_POINTS, ...DOOR_POINTS])]);
  fuse.armKill(1 + random.below(point === null ? 120 : 6), point);
  return true;
}

function killInGap(stage: Stage): boolean {
  const { day } = stage;
  const card = goodCard(stage);
  const isLate = day.nowMs > LAST_MS - HOUR_MS;
  if (!willBeLetIn(stage, card) && !isLate && day.random.chance(0.8)) return false;
  day.fuse.armKill(1, 'before-signal');
  comeUntilJudged(stage, card, card.lines[0] ?? '');
  return true;
}

/** A list as it is published now: fresh, soon stale, or soon expired. */
export function listOf(day: Day, version: number): ListDates {
  const issuedAtMs = day.time.rightMs - day.random.below(HOUR_MS);
  const staleInMs = day.random.pick([30 * DAY_MS, 30 * DAY_MS, 20 * MINUTE_MS, 4 * HOUR_MS]);
  const expiresInMs = staleInMs + day.random.pick([60 * DAY_MS, 30 * MINUTE_MS, 3 * HOUR_MS]);
  return {
    version,
    issuedAtMs,
    staleAfterMs: day.time.rightMs + staleInMs,
    expiresAtMs: day.time.rightMs + expiresInMs,
  };
}

function changeTrust(stage: Stage): boolean {
  const { day } = stage;
  const { names } = day.trustState;
  const arena = day.random.pick([['arena'], ['arena', 'arenaNext'], ['arenaNext']] as const);
  const list = listOf(day, (names.list?.version ?? 0) + 1);
  const revoked = new Set([...names.revoked, ...day.someCards(2)]);
  const journal = day.house.journal;
  if (journal === null) return false;
  const state = trustStateOf(day.wallet, { arena, list, revoked });
  const note = { type: 'trust-imported', signed: true, version: list.version, sha256: 'days', keys: 4 } as const;
  let isRecorded = false;
  const isAlive = day.survived(() => {
    try {
      journal.record(note);
      isRecorded = true;
    } catch (thrown) {
      // As an import does: what cannot be recorded is not done.
      if (!(thrown instanceof JournalFault)) throw thrown;
    }
  });
  day.diskRefused();
  day.takeEntries(null);
  if (!isAlive) stage.cut();
  if (!isAlive || !isRecorded) return false;
  day.trustState = state;
  day.house.swapTrust(day.trustFor(state));
  return noted(day, 'trust', `new list with ${arena.length === 2 ? 'both keys' : arena[0]}`);
}
