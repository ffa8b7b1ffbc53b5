import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { realTimers, type Timers } from '../../../src/base/timers.ts';
import { explainOpenFailure } from '../../../src/devices/scanner/port-faults.ts';
import type { ScannerEvent } from '../../../src/devices/scanner/scanner.ts';
import { LONGEST_RETRY_MS, serialScanner } from '../../../src/devices/scanner/serial-scanner.ts';
import { replugContract, scannerContract } from '../../contracts/scanner.contract.ts';
import { bundle } from '../../support/bundle.ts';
import { hasPty, openPty } from '../../support/pty.ts';
import { Recorder } from '../../support/recorder.ts';

let folder = '';
let port = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-scanner-'));
  port = join(folder, 'scanner');
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (path: string, timers: Timers = realTimers) => serialScanner({ path, baud: 9600, timers });
const stateOf = (event: ScannerEvent) => (event.kind === 'status' ? event.status.state : event.kind);

describe.skipIf(!hasPty)('serial scanner on a pseudo terminal (install python3)', () => {
  const makeRig = async () => {
    let pty = await openPty(port);
    return {
      scanner: open(port),
      write: (bytes: Buffer) => pty.write(bytes),
      unplug: () => pty.close(),
      plug: async () => {
        pty = await openPty(port);
      },
      close: () => pty.close(),
    };
  };
  scannerContract('serial', makeRig);
  replugContract('serial', makeRig);

  // serialport itself flushes at the usual speeds only.
  test.each([9_600, 12_345])('a code scanned before anyone listened does not open the door (%i baud)', async (baud) => {
    const pty = await openPty(port);
    pty.write('stale\rstale half');
    await pty.delivered();
    const scanner = serialScanner({ path: port, baud, timers: realTimers });
    const events = new Recorder<ScannerEvent>();
    scanner.start(events.listener);
    await events.next((event) => stateOf(event) === 'ready');
    pty.write('fresh\r');
    const line = await events.next((event) => event.kind === 'line');
    await scanner.stop();
    await pty.close();
    expect(line.kind === 'line' && line.line.toString()).toBe('fresh');
  });

  test('a second program on the same port is told, and gets the port when it is free', async () => {
    const pty = await openPty(port);
    const first = open(port);
    const firstEvents = new Recorder<ScannerEvent>();
    first.start(firstEvents.listener);
    await firstEvents.next((event) => stateOf(event) === 'ready');
    const second = open(port);
    const events = new Recorder<ScannerEvent>();
    second.start(events.listener);
    expect(await events.next()).toEqual({
      kind: 'status',
      status: { state: 'lost', detail: `${port} is held by another program: end that program.` },
    });
    await first.stop();
    await events.next((event) => stateOf(event) === 'ready');
    await second.stop();
    await pty.close();
  });

  test('four hung file operations do not stop a scan on its way', async () => {
    const pty = await openPty(port);
    const fifos = [1, 2, 3, 4].map((number) => join(folder, `never-${number}`));
    execFileSync('mkfifo', fifos);
    const { UV_THREADPOOL_SIZE: _, ...env } = process.env;
    const script = await bundle('test/support/hung-pool-scanner.ts');
    const child = spawn(process.execPath, [script, port, ...fifos], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const said = new Recorder<string>();
    createInterface({ input: child.stdout }).on('line', said.listener);
    expect(await said.next()).toBe('ready');
    for (const code of ['one', 'two', 'three']) {
      pty.write(`${code}\r`);
      expect(await said.next()).toBe(`${code} while the pool hangs`);
    }
    await pty.close();
  });
});

describe('serial scanner that cannot open its port', () => {
  const firstEvent = async (path: string) => {
    const scanner = open(path);
    const events = new Recorder<ScannerEvent>();
    scanner.start(events.listener);
    const event = await events.next();
    await scanner.stop();
    return event;
  };

  test('a wrong name is one sentence that says what to correct', async () => {
    const event = await firstEvent(port);
    expect(event.kind === 'status' && event.status).toMatchObject({ state: 'lost' });
    expect(event.kind === 'status' && event.status.detail).toMatch(
      new RegExp(`^There is no ${port}: plug the scanner in or correct scanner\\.path \\(.*\\)\\.$`),
    );
  });

  test('a file that is no serial port needs a hand', async () => {
    writeFileSync(port, '');
    const event = await firstEvent(port);
    expect(event.kind === 'status' && event.status.state).toBe('fault');
    expect(event.kind === 'status' && event.status.detail).toContain('is not a serial port');
  });

  test('a port of another group names the group', () => {
    const { detail } = explainOpenFailure('/etc/passwd', 'Error: Permission denied, cannot open /etc/passwd');
    expect(detail).toBe('This user may not open /etc/passwd: add it to the group root and start again.');
  });

  test('attempts grow apart to the longest pause and no further, are told once and leave no descriptor', async () => {
    symlinkSync('/dev/null', port);
    const pauses: number[] = [];
    const attempts = new Recorder<() => void>();
    const scanner = open(port, {
      after(delayMs, callback) {
        pauses.push(delayMs);
        attempts.listener(callback);
        return () => {};
      },
    });
    const events = new Recorder<ScannerEvent>();
    scanner.start(events.listener);
    let again = await attempts.next();
    const descriptors = readdirSync('/proc/self/fd').length;
    for (let attempt = 0; attempt < 20; attempt += 1) {
      again();
      again = await attempts.next();
    }
    expect(pauses.slice(0, 7)).toEqual([50, 100, 200, 400, 800, 1_000, 1_000]);
    expect(Math.max(...pauses)).toBe(LONGEST_RETRY_MS);
    expect(events.all).toHaveLength(1);
    // One leaked at each attempt would make it twenty more.
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(descriptors + 10);
    await scanner.stop();
  });
});
