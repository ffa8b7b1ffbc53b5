import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALL_OFF } from '../../../src/base/signal.ts';
import { SimulatedTime } from '../../../src/devices/clock/simulated-time.ts';
import { MAX_UNWRITTEN_LINES } from '../../../src/devices/signal/level-file.ts';
import type { SignalEvent } from '../../../src/devices/signal/signal.ts';
import { simulatedSignal } from '../../../src/devices/signal/simulated-signal.ts';
import { ADMIT, on, RIG_RELAY_MAX_ON_MS, signalContract } from '../../contracts/signal.contract.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-signal-'));
  path = join(folder, 'signal');
});
afterEach(() => rmSync(folder, { recursive: true }));

const linesOf = (text: string): unknown[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

signalContract('simulated', async () => {
  const time = new SimulatedTime(0);
  return {
    signal: simulatedSignal({ path, timers: time, relayMaxOnMs: RIG_RELAY_MAX_ON_MS }),
    wires() {
      const last = linesOf(readFileSync(path, 'utf8')).at(-1) ?? { seq: null, ...ALL_OFF };
      const { seq: _, ...levels } = last as { seq: number } & typeof ALL_OFF;
      return levels;
    },
    pass: (ms) => time.advance(ms),
    close: async () => {},
  };
});

function started() {
  const time = new SimulatedTime(0);
  const signal = simulatedSignal({ path, timers: time });
  const events: SignalEvent[] = [];
  signal.start((event) => events.push(event));
  return { time, signal, events };
}

describe('the acknowledgement', () => {
  test('it is on the disk when show returns, and its end carries the same entry', () => {
    const { time, signal } = started();
    signal.show(ADMIT, 7);
    expect(readFileSync(path, 'utf8')).toBe(
      '{"seq":7,"green":true,"amber":false,"red":false,"buzzer":true,"relay":true}\n',
    );
    time.advance(1_000);
    expect(linesOf(readFileSync(path, 'utf8'))).toEqual([
      { seq: 7, ...on('green', 'buzzer', 'relay') },
      { seq: 7, ...on('green', 'relay') },
      { seq: 7, ...on('green') },
      { seq: 7, ...ALL_OFF },
    ]);
  });

  test('a second person admitted while the lamp is still green is acknowledged too', () => {
    const { signal } = started();
    signal.show(ADMIT, 1);
    signal.show(ADMIT, 2);
    expect(linesOf(readFileSync(path, 'utf8'))).toEqual([
      { seq: 1, ...on('green', 'buzzer', 'relay') },
      { seq: 2, ...on('green', 'buzzer', 'relay') },
    ]);
  });

  test('a missing file is made, and an existing one is continued', () => {
    started().signal.show(ADMIT, 1);
    started().signal.show(ADMIT, 2);
    expect(statSync(path).isFile()).toBe(true);
    expect(linesOf(readFileSync(path, 'utf8'))).toHaveLength(2);
  });

  test('a path that cannot be written is a fault with one sentence, and the lamps still play', () => {
    path = folder;
    const { signal, events } = started();
    signal.show(ADMIT, 1);
    expect(events[0]).toMatchObject({ kind: 'status', status: { state: 'fault' } });
    expect(events[0]?.kind === 'status' && events[0].status.detail).toMatch(/^The file .*: correct signal\.path\.$/);
    expect(events[1]).toEqual({ kind: 'levels', levels: on('green', 'buzzer', 'relay') });
  });
});

describe('a named pipe', () => {
  const read = (fd: number): string => {
    const buffer = Buffer.alloc(1_000_000);
    return buffer.toString('utf8', 0, readSync(fd, buffer));
  };
  const listen = (): number => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  beforeEach(() => void execFileSync('mkfifo', [path]));

  test('nobody at the other end holds up no verdict, and who comes later gets no old admission as a new one', () => {
    const { signal, events } = started();
    signal.show(ADMIT, 1);
    expect(events[0]).toEqual({ kind: 'status', status: { state: 'ready', detail: '' } });
    const reader = listen();
    signal.show(ADMIT, 2);
    expect(linesOf(read(reader))).toEqual([{ seq: 2, ...on('green', 'buzzer', 'relay') }]);
    closeSync(reader);
  });

  test('what was told after a reader left is not told to the next one', () => {
    const { signal, events } = started();
    const first = listen();
    signal.show(ADMIT, 1);
    expect(linesOf(read(first))).toMatchObject([{ seq: 1 }]);
    closeSync(first);
    signal.show(ADMIT, 2);
    signal.show(ADMIT, 3);
    const second = listen();
    signal.show(ADMIT, 4);
    expect(linesOf(read(second))).toMatchObject([{ seq: 4 }]);
    closeSync(second);
    expect(events.filter(({ kind }) => kind === 'status')).toHaveLength(1);
  });

  test('what waited for a reader that did not read goes with it', () => {
    const { signal } = started();
    const first = listen();
    const shown = 10 * MAX_UNWRITTEN_LINES;
    for (let seq = 1; seq <= shown; seq += 1) signal.show(ADMIT, seq);
    closeSync(first);
    signal.show(ADMIT, shown + 1);
    const second = listen();
    signal.show(ADMIT, shown + 2);
    expect(linesOf(read(second))).toMatchObject([{ seq: shown + 2 }]);
    closeSync(second);
  });

  test('a reader that does not read never blocks the door, and only the newest lines wait', () => {
    const { signal } = started();
    const reader = listen();
    const shown = 10 * MAX_UNWRITTEN_LINES;
    for (let seq = 1; seq <= shown; seq += 1) signal.show(ADMIT, seq);
    const inPipe = linesOf(read(reader)).length;
    signal.show(ADMIT, shown + 1);
    const waited = linesOf(read(reader)) as { seq: number }[];
    expect(inPipe).toBeGreaterThan(0);
    expect(waited.length).toBeLessThanOrEqual(MAX_UNWRITTEN_LINES);
    expect(waited[0]?.seq).toBe(shown + 2 - MAX_UNWRITTEN_LINES);
    closeSync(reader);
  });
});
