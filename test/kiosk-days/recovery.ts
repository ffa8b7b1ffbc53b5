import { LEAP_PROVES_ITSELF_HOURS } from '../../src/journal/trusted-time.ts';
import { anyGenuine } from '../../src/policy/presets/any-genuine.ts';
import { lookAt } from './bystander.ts';
import type { Day } from './day.ts';
import type { Public } from './public.ts';
import { trustStateOf } from './trust-state.ts';
import { present } from './visits.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WITHIN_MS = 5 * SECOND_MS;
const PERSONAL_MS = 28 * DAY_MS;
/** A start and its first housekeeping. */
const A_WHILE_MS = 5 * SECOND_MS;
/** After a gap in the log the clock must run on before the log believes it; then the next purge deletes by it. */
const PROVED_MS = (LEAP_PROVES_ITSELF_HOURS + 1) * HOUR_MS;
const FAR_FUTURE_MS = Date.UTC(2100, 0, 1);

/** Faults have ended: the door must serve again by itself, and its log must tell the truth about the day. */
export async function checkRecovery(day: Day, people: Public): Promise<void> {
  const { house, time } = day;
  mend(day);
  if (house.kiosk === null) day.require(day.start(), 'the kiosk does not start although nothing is wrong');
  if (day.occupancyLimit > 0) house.journal?.record({ type: 'counted-reset' });
  day.takeEntries(null);
  const fromMs = day.nowMs;
  for (let isIn = false; !isIn; ) {
    day.require(day.nowMs - fromMs <= WITHIN_MS, 'no good pass is admitted within 5 seconds of the last fault');
    time.advanceTo(day.nowMs + SECOND_MS);
    day.takeEntries(null);
    const card = people.good();
    day.require(present(day, card, card.lines[0] ?? ''), 'nobody kills it any more');
    lookAt(day);
    isIn = day.door.showingAt(day.nowMs)?.verdict === 'admit';
  }
  time.advanceTo(day.nowMs + 60 * SECOND_MS);
  day.takeEntries(null);
  lookAt(day);
  await stop(day);
  await checkDeletion(day);
  day.verify();
}

function mend(day: Day): void {
  const { house, time } = day;
  day.did('all faults end');
  day.fuse.disarm();
  time.setWall(0, true);
  house.troublePrinter('none');
  if (!house.isScannerPlugged) {
    day.door.part('scanner', true, day.nowMs);
    house.plugScanner(true);
  }
  if (!house.isSignalThere) {
    day.door.part('signal', true, day.nowMs);
    house.wireSignal(true);
  }
  day.setPolicy(anyGenuine);
  const { revoked } = day.trustState.names;
  day.trustState = trustStateOf(day.wallet, { arena: ['arena'], list: null, revoked });
  house.swapTrust(day.trustFor(day.trustState));
}

/** Personal rows stay while only a wrong clock calls them old, and are gone after 28 days by a right one. */
async function checkDeletion(day: Day): Promise<void> {
  const { time, memory, ledger } = day;
  const newest = day.nowMs;
  const before = ledger.sideRows();
  time.skip(20 * DAY_MS);
  time.reboot();
  time.setWall(FAR_FUTURE_MS - time.rightMs, false);
  await lookIn(day, A_WHILE_MS);
  const kept = ledger.sideRows();
  for (const table of ['salts', 'facts', 'uses'] as const) {
    const is = `${kept[table].size} ${table} are left of ${before[table].size}`;
    day.require(kept[table].size === before[table].size, is);
  }
  time.skip(newest + PERSONAL_MS + HOUR_MS - day.nowMs);
  time.reboot();
  time.setWall(0, true);
  await lookIn(day, PROVED_MS);
  const left = ledger.sideRows();
  const [salts, facts] = [left.salts.size, left.facts.size];
  day.require(salts === 0 && facts === 0, `${salts} salts and ${facts} facts outlive 28 days`);
  const outlived = memory.outlived();
  day.require(outlived === null, `the use of ${outlived} outlives its end`);
}

async function lookIn(day: Day, forMs: number): Promise<void> {
  day.require(day.start(), 'the kiosk does not start on a good file');
  day.time.advanceTo(day.nowMs + forMs);
  day.takeEntries(null);
  lookAt(day);
  await stop(day);
}

async function stop(day: Day): Promise<void> {
  await day.house.settled();
  await day.house.stop();
  day.stopped();
}
