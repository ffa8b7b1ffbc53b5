import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ALL_OFF, type Levels, LINES } from '../../../src/base/signal.ts';
import { realTimers } from '../../../src/base/timers.ts';
import { gpioSignal } from '../../../src/devices/signal/gpio-signal.ts';
import type { SignalEvent } from '../../../src/devices/signal/signal.ts';
import { LONG, on, signalContract } from '../../contracts/signal.contract.ts';
import { bundle } from '../../support/bundle.ts';
import { Recorder } from '../../support/recorder.ts';
import { hasMountNamespaces, mountSysfsGpio, type SysfsGpio } from '../../support/sysfs-gpio.ts';
import { CHIP, wiring } from './wiring.ts';

const KERNEL_BASE = CHIP.base;
const WORLD_TIMEOUT = { timeout: 10_000, interval: 20 };

let guardScript = '';
beforeAll(async () => {
  guardScript = await bundle('src/devices/signal/signal-guard.ts');
});

/** What the wires carry, on or off. Kernel values follow active_low, as onoff writes them. */
function wiresOf(tree: SysfsGpio): Levels {
  const { lines } = wiring();
  const onLines = LINES.filter((line) => tree.read(KERNEL_BASE + lines[line].gpio, 'value') === '1');
  return on(...onLines);
}

const isReady = (event: SignalEvent) => event.kind === 'status' && event.status.state === 'ready';
const stateIs = (state: string) => (event: SignalEvent) => event.kind === 'status' && event.status.state === state;

/** The guard that this process or `parent` started: the only child that runs its script. */
function guardPid(parent: number | 'self' = 'self'): number {
  const tasks = parent === 'self' ? `/proc/self/task/${process.pid}` : `/proc/${parent}/task/${parent}`;
  const children = readFileSync(`${tasks}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  const guard = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(guardScript));
  if (guard === undefined) throw new Error('no guard runs');
  return guard;
}

describe.skipIf(!hasMountNamespaces)('signal on GPIO lines (run as root and install util-linux)', () => {
  let tree: SysfsGpio;
  const command = () => tree.inside(process.execPath, guardScript);
  const startSignal = (changes: Parameters<typeof wiring>[0] = {}) => {
    const signal = gpioSignal({ wiring: wiring(changes), timers: realTimers, guardCommand: command() });
    const events = new Recorder<SignalEvent>();
    signal.start(events.listener);
    return { signal, events };
  };

  beforeEach(async () => {
    tree = await mountSysfsGpio(CHIP);
  });
  afterEach(() => tree.close());

  signalContract('GPIO through onoff', async () => ({
    signal: gpioSignal({ wiring: wiring(), timers: realTimers, guardCommand: command() }),
    wires: () => wiresOf(tree),
    pass: () => {},
    close: async () => {},
  }));

  test('lines that a crash left on are at rest before the first verdict, set by level and direction at once', async () => {
    const { signal, events } = startSignal();
    expect(wiresOf(tree)).toEqual(on(...LINES));
    await events.next(isReady);
    expect(wiresOf(tree)).toEqual(ALL_OFF);
    const lines = CHIP.exported.map((line) => [tree.read(line, 'direction'), tree.read(line, 'active_low')]);
    const atRestHigh = ['high', '1'];
    const atRestLow = ['low', '0'];
    expect(lines).toEqual([atRestLow, atRestLow, atRestLow, atRestHigh, atRestHigh]);
    await signal.stop();
  });

  test('the strike is released for the time that was asked and falls at its limit, measured', async () => {
    const { signal, events } = startSignal({ relayMaxOnMs: 700 });
    await events.next(isReady);
    for (const [relayMs, expectedMs] of [
      [400, 400],
      [5_000, 700],
    ] as const) {
      signal.show({ ...LONG, relayMs }, 1);
      await events.next((event) => event.kind === 'levels' && event.levels.relay);
      const releasedMs = performance.now();
      await events.next((event) => event.kind === 'levels' && !event.levels.relay);
      const heldMs = performance.now() - releasedMs;
      expect(heldMs).toBeGreaterThan(expectedMs - 50);
      expect(heldMs).toBeLessThan(expectedMs + 250);
    }
    await signal.stop();
  });

  test('a killed guard is told, replaced, and leaves nothing on', async () => {
    const { signal, events } = startSignal({ relayMaxOnMs: 60_000 });
    await events.next(isReady);
    signal.show(LONG, 1);
    await events.next((event) => event.kind === 'levels');
    process.kill(guardPid(), 'SIGKILL');
    await events.next(stateIs('lost'));
    await events.next(isReady);
    expect(wiresOf(tree)).toEqual(ALL_OFF);
    signal.show(LONG, 2);
    await events.next((event) => event.kind === 'levels' && event.levels.relay);
    await signal.stop();
  });

  test('a guard that hangs is killed and replaced, and leaves nothing on', async () => {
    const { signal, events } = startSignal({ relayMaxOnMs: 60_000 });
    await events.next(isReady);
    signal.show(LONG, 1);
    await events.next((event) => event.kind === 'levels');
    process.kill(guardPid(), 'SIGSTOP');
    await events.next(stateIs('lost'));
    await events.next(isReady);
    expect(wiresOf(tree)).toEqual(ALL_OFF);
    await signal.stop();
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'a guard ended by %s puts its lines to rest first',
    async (name) => {
      const child = spawn(command()[0], command().slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
      const said = new Recorder<string>();
      createInterface({ input: child.stdout }).on('line', said.listener);
      child.stdin.write(`${JSON.stringify({ kind: 'wire', wiring: wiring({ relayMaxOnMs: 60_000 }) })}\n`);
      child.stdin.write(`${JSON.stringify({ kind: 'show', pattern: LONG, seq: 1 })}\n`);
      await said.next((line) => line.includes('levels'));
      expect(wiresOf(tree)).toEqual(on('green', 'buzzer', 'relay'));
      child.kill(name);
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(wiresOf(tree)).toEqual(ALL_OFF);
    },
  );

  test('a guard that meets a bug puts its lines to rest first and says so', async () => {
    const child = spawn(command()[0], command().slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
    const said = new Recorder<string>();
    createInterface({ input: child.stdout }).on('line', said.listener);
    child.stdin.write(`${JSON.stringify({ kind: 'wire', wiring: wiring({ relayMaxOnMs: 60_000 }) })}\n`);
    child.stdin.write(`${JSON.stringify({ kind: 'show', pattern: LONG, seq: 1 })}\n`);
    await said.next((line) => line.includes('levels'));
    child.stdin.write('this is no request\n');
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(wiresOf(tree)).toEqual(ALL_OFF);
    expect(await said.next()).toContain('"kind":"fault"');
  });

  describe('when the kiosk dies or hangs', () => {
    const startKiosk = async () => {
      const script = await bundle('test/support/signal-rig.ts');
      const kiosk = { wiring: wiring({ relayMaxOnMs: 60_000 }), guardCommand: command(), pattern: LONG };
      const child = spawn(process.execPath, [script, JSON.stringify(kiosk)], { stdio: ['ignore', 'pipe', 'inherit'] });
      onTestFinished(() => void child.kill('SIGKILL'));
      const said = new Recorder<string>();
      createInterface({ input: child.stdout }).on('line', said.listener);
      await said.next((line) => line.includes('"relay":true'));
      expect(wiresOf(tree)).toEqual(on('green', 'buzzer', 'relay'));
      return { child, pid: child.pid ?? 0 };
    };

    test('a kiosk killed with the strike released leaves nothing on', async () => {
      const { child } = await startKiosk();
      child.kill('SIGKILL');
      await vi.waitFor(() => expect(wiresOf(tree)).toEqual(ALL_OFF), WORLD_TIMEOUT);
    });

    test('a kiosk that hangs with the strike released loses it after two seconds', async () => {
      const { child, pid } = await startKiosk();
      const guard = guardPid(pid);
      const hungMs = performance.now();
      child.kill('SIGSTOP');
      await vi.waitFor(() => expect(wiresOf(tree)).toEqual(ALL_OFF), WORLD_TIMEOUT);
      const heldMs = performance.now() - hungMs;
      expect(heldMs).toBeGreaterThan(1_400);
      expect(heldMs).toBeLessThan(2_500);
      // The guard itself goes on: it waits for the kiosk to come back.
      expect(readFileSync(`/proc/${guard}/cmdline`, 'utf8')).toContain(guardScript);
      child.kill('SIGKILL');
      child.kill('SIGCONT');
      await once(child, 'close');
    });
  });

  test.each([
    ['a wrong chip', { chip: 'pinctrl-rp1' }, /^No GPIO chip is called "pinctrl-rp1": write one of "pinctrl-bcm2711"/],
    ['a pin that is not there', { greenGpio: 99 }, /^The chip "pinctrl-bcm2711" has lines 0 to 57 and no 99: correct/],
    [
      'a pin that cannot be had',
      { greenGpio: 5 },
      /^The line green \(gpio 5\) cannot be used .*: correct signal\.lines/,
    ],
  ])('%s is one sentence that says what to correct, told once', async (_, changes, sentence) => {
    const { signal, events } = startSignal(changes);
    const event = await events.next();
    expect(event.kind === 'status' && event.status.state).toBe('fault');
    expect(event.kind === 'status' && event.status.detail).toMatch(sentence);
    await signal.stop();
    expect(events.all).toHaveLength(1);
  });
});

test('a guard that was not built is one sentence', async () => {
  const guardCommand = ['/nonexistent/munjigi-guard'] as const;
  const signal = gpioSignal({ wiring: wiring(), timers: realTimers, guardCommand });
  const events = new Recorder<SignalEvent>();
  signal.start(events.listener);
  const event = await events.next();
  expect(event.kind === 'status' && event.status).toMatchObject({ state: 'fault' });
  expect(event.kind === 'status' && event.status.detail).toContain('build the program again');
  await signal.stop();
});
