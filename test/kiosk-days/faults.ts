import { JournalFault } from '../../src/journal/journal.ts';
import type { ListDates } from '../../src/pass/trust.ts';
import type { Agenda } from './agenda.ts';
import type { Day } from './day.ts';
import { DISK_POINTS, type DiskFault, DOOR_POINTS } from './fuse.ts';
import { HOUSE_RULES } from './house-rules.ts';
import { count } from './tally.ts';
import { trustStateOf } from './trust-state.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const FAR_FUTURE_MS = Date.UTC(2100, 0, 1);
/** The last minute in which something may still be wrong. */
const LAST_MS = 23 * HOUR_MS + 15 * MINUTE_MS;

export const FAULT_KINDS = ['scanner', 'signal', 'printer', 'disk', 'clock', 'restart', 'trust'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

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
  readonly cut: () => void;
  readonly stop: () => Promise<void>;
}

/** Begins a fault and puts its end on the agenda. */
export async function begin(kind: FaultKind, stage: Stage): Promise<void> {
  const { day } = stage;
  switch (kind) {
    case 'scanner':
      return unplugScanner(stage);
    case 'signal':
      return cutLines(stage);
    case 'printer': {
      const trouble = day.random.pick(['paper-out', 'hangs'] as const);
      noted(day, kind, trouble);
      const give = (what: typeof trouble | 'none'): void => {
        if (!day.survived(() => day.house.troublePrinter(what))) stage.cut();
      };
      give(trouble);
      return after(stage, 20 * MINUTE_MS, () => give('none'));
    }
    case 'disk':
      return failDisk(stage);
    case 'clock':
      return moveClock(stage);
    case 'restart':
      return restart(stage);
    case 'trust':
      return changeTrust(stage);
  }
}

function noted(day: Day, kind: string, what: string): void {
  day.did(`FAULT ${kind}: ${what}`);
  count(day.tally, 'faults', `${kind}: ${what}`);
}

function after({ day, agenda }: Stage, mostMs: number, what: () => void): void {
  agenda.at(Math.min(LAST_MS, day.nowMs + SECOND_MS + day.random.below(mostMs)), what);
}

function unplugScanner(stage: Stage): void {
  const { day } = stage;
  const plug = (isPlugged: boolean): void => {
    if (day.house.isScannerPlugged === isPlugged) return;
    day.did(`the scanner is ${isPlugged ? 'plugged in' : 'unplugged'}`);
    day.door.part('scanner', isPlugged, day.nowMs);
    if (!day.survived(() => day.house.plugScanner(isPlugged))) stage.cut();
  };
  noted(day, 'scanner', 'unplugged');
  plug(false);
  after(stage, 15 * MINUTE_MS, () => plug(true));
}

function cutLines(stage: Stage): void {
  const { day } = stage;
  const wire = (isThere: boolean): void => {
    if (day.house.isSignalThere === isThere) return;
    day.did(`the lines are ${isThere ? 'back' : 'gone'}`);
    day.door.part('signal', isThere, day.nowMs);
    if (!day.survived(() => day.house.wireSignal(isThere))) stage.cut();
  };
  noted(day, 'signal', 'lost');
  wire(false);
  after(stage, 10 * MINUTE_MS, () => wire(true));
}

function failDisk(stage: Stage): void {
  const { day } = stage;
  const lasts = day.random.chance(0.4);
  const fault: DiskFault = { ...day.random.pick(DISK_FAULTS), lasts };
  noted(day, 'disk', `${fault.code} at ${fault.at}${lasts ? ', lasting' : ''}`);
  day.fuse.armDisk(1 + day.random.below(fault.at === 'statement' ? 60 : 8), fault);
  after(stage, 20 * MINUTE_MS, () => day.fuse.mend());
}

function moveClock(stage: Stage): void {
  const { day } = stage;
  const { random, time } = day;
  const [what, wrongByMs, isVouchedFor] = random.pick<readonly [string, number, boolean]>([
    ['steps forward', random.below(20 * MINUTE_MS), true],
    ['steps back', -random.below(5 * HOUR_MS), true],
    ['set by hand', random.below(3 * MINUTE_MS) - 90 * SECOND_MS, true],
    ['is not vouched for', 0, false],
    ['shows 1970', -time.rightMs + random.below(HOUR_MS), false],
    ['shows 2100', FAR_FUTURE_MS - time.rightMs + random.below(DAY_MS), false],
    ['runs ahead unseen', random.below(30 * DAY_MS), false],
  ]);
  noted(day, 'clock', what);
  time.setWall(wrongByMs, isVouchedFor);
  after(stage, 40 * MINUTE_MS, () => {
    day.did('the clock is right again');
    time.setWall(0, true);
  });
}

async function restart(stage: Stage): Promise<void> {
  const { day } = stage;
  if (day.random.chance(0.25)) {
    noted(day, 'restart', 'clean stop');
    return stage.stop();
  }
  // The gap between the record and the signal is short, and the one that matters most.
  const point = day.random.pick([null, 'before-signal', day.random.pick([...DISK_POINTS, ...DOOR_POINTS])] as const);
  noted(day, 'restart', `killed at ${point ?? 'some point'}`);
  day.fuse.armKill(1 + day.random.below(point === null ? 120 : 6), point);
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

function changeTrust(stage: Stage): void {
  const { day } = stage;
  const { names } = day.trustState;
  const arena = day.random.pick([['arena'], ['arena', 'arenaNext'], ['arenaNext']] as const);
  const list = listOf(day, (names.list?.version ?? 0) + 1);
  const revoked = new Set([...names.revoked, ...day.someCards(2)]);
  noted(day, 'trust', `new list with ${arena.length === 2 ? 'both keys' : arena[0]}`);
  const journal = day.house.journal;
  if (journal === null) return;
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
  if (!isAlive || !isRecorded) return;
  day.trustState = state;
  day.house.swapTrust(day.trustFor(state));
}

export function changePolicy({ day }: Stage): void {
  day.setPolicy(day.random.pick(HOUSE_RULES));
  count(day.tally, 'changes of policy', day.house.policy.id);
}
