import { describe, expect, test } from 'vitest';
import { err, ok } from '../../../src/base/result.ts';
import { ALL_OFF, type Levels } from '../../../src/base/signal.ts';
import { SimulatedTime } from '../../../src/devices/clock/simulated-time.ts';
import { SignalGuard } from '../../../src/devices/signal/guard.ts';
import { type GuardReport, MAX_SILENCE_MS } from '../../../src/devices/signal/guard-protocol.ts';
import { LONG, on } from '../../contracts/signal.contract.ts';
import { wiring } from './wiring.ts';

function wiredGuard() {
  const time = new SimulatedTime(0);
  const reports: GuardReport[] = [];
  let levels: Levels = ALL_OFF;
  const lines = {
    write(next: Levels) {
      levels = next;
    },
    makeSafe() {
      levels = ALL_OFF;
    },
  };
  const guard = new SignalGuard({ timers: time, openLines: () => ok(lines), report: (report) => reports.push(report) });
  guard.receive({ kind: 'wire', wiring: wiring({ relayMaxOnMs: 60_000 }) });
  return { time, guard, reports, levels: () => levels };
}

describe('signal guard', () => {
  test('a kiosk that falls silent loses its lamps and its strike at the limit, not before', () => {
    const { time, guard, levels } = wiredGuard();
    guard.receive({ kind: 'show', pattern: LONG, seq: 1 });
    time.advance(MAX_SILENCE_MS - 1);
    expect(levels()).toEqual(on('green', 'buzzer', 'relay'));
    time.advance(1);
    expect(levels()).toEqual(ALL_OFF);
    time.advance(60_000);
    expect(levels()).toEqual(ALL_OFF);
  });

  test('beats keep a long pattern playing, and each is answered', () => {
    const { time, guard, reports, levels } = wiredGuard();
    guard.receive({ kind: 'show', pattern: LONG, seq: 1 });
    for (let beat = 0; beat < 10; beat += 1) {
      time.advance(MAX_SILENCE_MS - 1);
      guard.receive({ kind: 'beat' });
    }
    expect(levels()).toEqual(on('green', 'buzzer', 'relay'));
    expect(reports.filter(({ kind }) => kind === 'alive')).toHaveLength(10);
  });

  test('a kiosk that comes back after a silence shows its next verdict', () => {
    const { time, guard, levels } = wiredGuard();
    guard.receive({ kind: 'show', pattern: LONG, seq: 1 });
    time.advance(MAX_SILENCE_MS);
    guard.receive({ kind: 'show', pattern: { ...LONG, lamp: 'red', relayMs: 0 }, seq: 2 });
    expect(levels()).toEqual(on('red', 'buzzer'));
  });

  test('each change is told once', () => {
    const { guard, reports } = wiredGuard();
    guard.receive({ kind: 'show', pattern: LONG, seq: 1 });
    guard.receive({ kind: 'show', pattern: LONG, seq: 2 });
    guard.receive({ kind: 'rest' });
    guard.receive({ kind: 'rest' });
    expect(reports).toEqual([
      { kind: 'ready' },
      { kind: 'levels', levels: on('green', 'buzzer', 'relay') },
      { kind: 'levels', levels: ALL_OFF },
    ]);
  });

  test('a wiring that cannot be opened is told, and nothing is played on it', () => {
    const reports: GuardReport[] = [];
    const time = new SimulatedTime(0);
    const report = (next: GuardReport) => void reports.push(next);
    const guard = new SignalGuard({ timers: time, openLines: () => err('No such chip.'), report });
    guard.receive({ kind: 'wire', wiring: wiring() });
    guard.receive({ kind: 'show', pattern: LONG, seq: 1 });
    guard.makeSafe();
    expect(reports).toEqual([{ kind: 'fault', detail: 'No such chip.' }]);
  });

  test('a guard is wired once', () => {
    const { guard } = wiredGuard();
    expect(() => guard.receive({ kind: 'wire', wiring: wiring() })).toThrow('wired once');
  });
});
