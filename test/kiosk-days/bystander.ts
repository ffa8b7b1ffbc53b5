import type { Day } from './day.ts';

/** What anybody sees of the kiosk, at any moment. */
export function lookAt(day: Day): void {
  const { house, door, nowMs } = day;
  day.require(day.given.length === 0, 'a signal was given for nothing');
  if (house.kiosk === null) return;
  const same = (what: string, seen: unknown, wanted: unknown): void => {
    const [is, must] = [JSON.stringify(seen), JSON.stringify(wanted)];
    day.require(is === must, `${what}: ${is}, expected ${must}`);
  };
  const state = house.kiosk.state();
  const showing = door.showingAt(nowMs);
  const seen = {
    state: state.door.state,
    verdict: state.door.verdict,
    reason: state.door.reason,
    scan: state.door.scan,
  };
  const wanted = {
    state: door.stateAt(nowMs),
    verdict: showing?.verdict ?? null,
    reason: showing === null ? null : showing.isUnrecorded ? 'journal-fault' : showing.reason,
    scan: showing?.scan ?? null,
  };
  same('the door', seen, wanted);
  const { buzzer: _, ...lines } = state.signal;
  same('the lines', lines, house.isSignalThere ? door.linesAt(nowMs) : lines);
  same('the trust in the clock', state.clock.trusted, day.time.wall().trusted);
  same('the version of the trust list', state.trust.version, day.trustState.names.list?.version ?? 0);
  same('the scanner', state.devices.scanner.state, house.isScannerPlugged ? 'ready' : 'lost');
  // After a sync that failed nobody knows what is stored, until the file is opened anew.
  if (day.isUncertain) return;
  same('the size of the journal', state.journal.size, day.entries.length);
  same('people inside', state.occupancy?.inside ?? null, day.occupancyLimit === 0 ? null : day.memory.present);
}
