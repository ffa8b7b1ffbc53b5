import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aliveEveryMs, MAX_SOCKET_NAME_BYTES, socketAddress } from '../../../src/devices/supervisor/notification.ts';
import type { Supervisor } from '../../../src/devices/supervisor/supervisor.ts';
import { systemdSupervisor } from '../../../src/devices/supervisor/systemd-supervisor.ts';
import { Recorder } from '../../support/recorder.ts';

// Plays systemd's end of the socket: each datagram is one JSON string on standard output. Read on demand only.
const RECEIVER = `
import json, socket, sys
name = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind('\\0' + name[1:] if name[0] == '@' else name)
print('"bound"', flush=True)
for request in sys.stdin:
    print(json.dumps(receiver.recv(65536).decode()), flush=True)
`;
const hasPython = spawnSync('python3', ['-c', '']).status === 0;

let folder = '';
const receivers: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-notify-'));
});
afterEach(() => {
  for (const receiver of receivers.splice(0)) receiver.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

async function receiveAt(name: string): Promise<() => Promise<string>> {
  const child = spawn('python3', ['-c', RECEIVER, name], { stdio: ['pipe', 'pipe', 'inherit'] });
  receivers.push(child);
  const datagrams = new Recorder<string>();
  createInterface({ input: child.stdout }).on('line', (line) => datagrams.listener(JSON.parse(line)));
  await datagrams.next();
  return () => {
    child.stdin.write('\n');
    return datagrams.next();
  };
}

async function supervisorAt(notifySocket: string | undefined, watchdogUsec?: string): Promise<Supervisor> {
  const made = await systemdSupervisor({ notifySocket, watchdogUsec });
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

describe.skipIf(!hasPython)('systemd supervisor against a real socket (install python3)', () => {
  test.each(['path', 'abstract'])('each notification arrives as one datagram (%s socket)', async (kind) => {
    const name = kind === 'path' ? join(folder, 'notify') : `@munjigi-test-${process.pid}`;
    const received = await receiveAt(name);
    const supervisor = await supervisorAt(name, '3000000');
    expect(supervisor.aliveEveryMs).toBe(1_500);
    supervisor.ready();
    expect(await received()).toBe('READY=1');
    supervisor.alive('ready, 3 scans');
    expect(await received()).toBe('WATCHDOG=1\nSTATUS=ready, 3 scans');
    supervisor.stopping();
    expect(await received()).toBe('STOPPING=1');
  });

  test('an ailing kiosk says why and does not feed the watchdog, even by a status with line breaks', async () => {
    const name = join(folder, 'notify');
    const received = await receiveAt(name);
    const supervisor = await supervisorAt(name);
    supervisor.ailing('the disk\nWATCHDOG=1\nis full');
    expect(await received()).toBe('STATUS=the disk WATCHDOG=1 is full');
  });

  test('a readiness that the socket did not take goes with the next sign of life', async () => {
    const name = join(folder, 'notify');
    const supervisor = await supervisorAt(name);
    supervisor.ready();
    const received = await receiveAt(name);
    supervisor.alive('ok');
    expect(await received()).toBe('READY=1\nWATCHDOG=1\nSTATUS=ok');
    supervisor.alive('ok');
    expect(await received()).toBe('WATCHDOG=1\nSTATUS=ok');
  });

  test('a systemd that does not read never holds the kiosk', async () => {
    const name = join(folder, 'notify');
    const received = await receiveAt(name);
    const supervisor = await supervisorAt(name);
    // Far more than any datagram queue holds: a call that waited would wait for ever here.
    for (let sent = 0; sent < 10_000; sent += 1) supervisor.alive(`number ${sent}`);
    expect(await received()).toBe('WATCHDOG=1\nSTATUS=number 0');
  });
});

test('without systemd nothing happens and nobody is fed', async () => {
  for (const notifySocket of [undefined, '']) {
    const supervisor = await supervisorAt(notifySocket, '3000000');
    expect(supervisor.aliveEveryMs).toBeNull();
    supervisor.ready();
    supervisor.alive('');
    supervisor.ailing('');
    supervisor.stopping();
  }
});

test('a socket name that is no address is refused at start', async () => {
  expect(await systemdSupervisor({ notifySocket: 'vsock:2:1', watchdogUsec: undefined })).toEqual({
    ok: false,
    error: 'NOTIFY_SOCKET is neither a path nor an abstract name.',
  });
});

test('a socket name fills sun_path and no more', () => {
  const longestPath = `/${'p'.repeat(MAX_SOCKET_NAME_BYTES - 2)}`;
  expect(socketAddress(longestPath)).toMatchObject({ ok: true, value: { length: 2 + MAX_SOCKET_NAME_BYTES } });
  expect(socketAddress(`${longestPath}p`).ok).toBe(false);
  const longestName = `@${'n'.repeat(MAX_SOCKET_NAME_BYTES - 1)}`;
  expect(socketAddress(longestName)).toMatchObject({ ok: true, value: { length: 2 + MAX_SOCKET_NAME_BYTES } });
  expect(socketAddress(`${longestName}n`).ok).toBe(false);
});

test.each([
  ['20000000', 10_000],
  ['1', 1],
  ['0', null],
  ['-5', null],
  ['soon', null],
  [undefined, null],
])('WATCHDOG_USEC=%s asks for a sign of life every %s ms', (watchdogUsec, expected) => {
  expect(aliveEveryMs(watchdogUsec)).toBe(expected);
});
