import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALL_OFF, type Levels, type Line, type Pattern } from '../../src/base/signal.ts';
import type { Signal, SignalEvent } from '../../src/devices/signal/signal.ts';
import { Recorder } from '../support/recorder.ts';

/** A signal under test, and an eye on its wires. */
export interface SignalRig {
  readonly signal: Signal;
  /** The levels as the world sees them. */
  wires(): Levels;
  /** Lets this much time pass where time is simulated; real time passes by itself. */
  pass(ms: number): void;
  close(): Promise<void>;
}

/** The longest relay time of the rig's wiring. */
export const RIG_RELAY_MAX_ON_MS = 300;

export const on = (...lines: readonly Line[]): Levels => ({
  ...ALL_OFF,
  ...Object.fromEntries(lines.map((line) => [line, true])),
});

/** Steady lamp, one short beep, the strike released: the shape of an admission, shortened. */
export const ADMIT: Pattern = { lamp: 'green', lampMs: 300, blinkMs: 0, buzzerMs: [80], relayMs: 200 };
const ASSIST: Pattern = { lamp: 'amber', lampMs: 480, blinkMs: 160, buzzerMs: [80, 160, 80], relayMs: 0 };
const REFUSE: Pattern = { lamp: 'red', lampMs: 300, blinkMs: 0, buzzerMs: [200], relayMs: 0 };
export const LONG: Pattern = { lamp: 'green', lampMs: 50_000, blinkMs: 0, buzzerMs: [50_000], relayMs: 50_000 };

const isLevels = (event: SignalEvent): event is Extract<SignalEvent, { kind: 'levels' }> => event.kind === 'levels';

/** What every signal does, on wires or without. */
export function signalContract(name: string, makeRig: () => Promise<SignalRig>): void {
  describe(`signal contract: ${name}`, () => {
    let rig: SignalRig;
    let events: Recorder<SignalEvent>;
    /** The next changes, as many as are named, while time passes. */
    const changes = async (count: number): Promise<readonly Levels[]> => {
      rig.pass(1_000);
      const seen: Levels[] = [];
      while (seen.length < count) seen.push((await events.next(isLevels)).levels);
      return seen;
    };

    beforeEach(async () => {
      rig = await makeRig();
      events = new Recorder();
      rig.signal.start(events.listener);
      await events.next((event) => event.kind === 'status' && event.status.state === 'ready');
    });
    afterEach(async () => {
      await rig.signal.stop();
      await rig.close();
    });

    test('nothing is on before the first verdict', () => {
      expect(events.all[0]).toEqual({ kind: 'status', status: { state: 'ready', detail: '' } });
      expect(rig.wires()).toEqual(ALL_OFF);
      expect(rig.signal.describe()).toMatch(/^signal: ./);
    });

    test('an admission is green with one beep and a released strike, and ends by itself', async () => {
      rig.signal.show(ADMIT, 1);
      expect(await changes(4)).toEqual([on('green', 'buzzer', 'relay'), on('green', 'relay'), on('green'), ALL_OFF]);
      expect(rig.wires()).toEqual(ALL_OFF);
    });

    test('an assist blinks amber with two beeps, and ends by itself', async () => {
      rig.signal.show(ASSIST, 1);
      const blink = [on('amber', 'buzzer'), on('amber'), ALL_OFF, on('buzzer'), on('amber'), ALL_OFF];
      // From 240 to 320 ms the second beep sounds while the lamp is dark; at 320 ms the lamp comes back.
      expect(await changes(blink.length)).toEqual(blink);
      expect(rig.wires()).toEqual(ALL_OFF);
    });

    test('a refusal is red with one long beep and never touches the strike', async () => {
      rig.signal.show(REFUSE, 1);
      expect(await changes(3)).toEqual([on('red', 'buzzer'), on('red'), ALL_OFF]);
    });

    test('the strike falls at its limit though the pattern asks for more', async () => {
      rig.signal.show({ ...LONG, buzzerMs: [] }, 1);
      expect(await changes(2)).toEqual([on('green', 'relay'), on('green')]);
      expect(rig.wires()).toEqual(on('green'));
    });

    test('a refusal that follows at once closes the strike of the admission before', async () => {
      rig.signal.show(LONG, 1);
      rig.signal.show(REFUSE, 2);
      expect(await changes(4)).toEqual([on('green', 'buzzer', 'relay'), on('red', 'buzzer'), on('red'), ALL_OFF]);
    });

    test('rest ends a pattern, and nothing of it comes back', async () => {
      rig.signal.show(ASSIST, 1);
      rig.signal.rest();
      rig.signal.show(REFUSE, 2);
      const after = [on('amber', 'buzzer'), ALL_OFF, on('red', 'buzzer'), on('red'), ALL_OFF];
      expect(await changes(after.length)).toEqual(after);
    });

    test('a stop in the middle of a pattern leaves nothing on', async () => {
      rig.signal.show(LONG, 1);
      await events.next(isLevels);
      await rig.signal.stop();
      expect(rig.wires()).toEqual(ALL_OFF);
    });
  });
}
