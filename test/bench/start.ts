import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { openPty } from '../support/pty.ts';
import { type Figure, figure } from './figure.ts';
import type { KioskSite } from './kiosk-site.ts';
import { median, quantile } from './statistics.ts';

const MOST_MS = 1_000;
/** Between READY=1 and the end: a service that has just become ready is not stopped in the same moment. */
const RUNS_S = 0.3;

// What systemd does: a datagram socket, the process, and the time until the one says that the other is ready.
const SUPERVISOR = `
import os, signal, socket, subprocess, sys, time
address, starts, runs, command = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(address)
notify.settimeout(60)
for _ in range(1 + starts):
    start = time.monotonic_ns()
    kiosk = subprocess.Popen(command, env={**os.environ, 'NOTIFY_SOCKET': address, 'WATCHDOG_USEC': '10000000'},
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while 'READY=1' not in notify.recv(4096).decode().split('\\n'):
        pass
    print(time.monotonic_ns() - start, flush=True)
    time.sleep(runs)
    kiosk.send_signal(signal.SIGTERM)
    if kiosk.wait() != 0:
        sys.exit('the kiosk did not stop in good order')
    # What it said while it stopped is not of the next one.
    notify.setblocking(False)
    try:
        while True:
            notify.recv(4096)
    except BlockingIOError:
        notify.settimeout(60)
`;

/**
 * From the start of the process to READY=1: once with the journal as whoever was there before left it, then after stops.
 * @param before what that was
 */
export async function benchStart(site: KioskSite, starts: number, before: string): Promise<readonly Figure[]> {
  const scanner = await openPty(site.scanner);
  const argv = [`${site.folder}/notify`, String(starts), String(RUNS_S), process.execPath, ...site.command];
  const supervisor = spawn('python3', ['-c', SUPERVISOR, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  const allMs: number[] = [];
  for await (const line of createInterface({ input: supervisor.stdout })) allMs.push(Number(line) / 1e6);
  await scanner.close();
  const [firstMs, ...readyMs] = allMs;
  if (firstMs === undefined || readyMs.length !== starts) throw new Error('not every start became ready');
  return [
    figure(`start to READY=1 ${before}`, firstMs, 'ms', MOST_MS),
    figure(`start to READY=1 ${before}, then p50 of ${starts}`, median(readyMs), 'ms', MOST_MS),
    figure(`start to READY=1 ${before}, then slowest`, quantile(readyMs, 1), 'ms'),
  ];
}
