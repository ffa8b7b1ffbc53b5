import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Figure, figure } from './figure.ts';
import type { KioskSite } from './kiosk-site.ts';
import type { Sample } from './samples.ts';
import { median, quantile } from './statistics.ts';

const WARM_SCANS = 200;
const PAUSE_MS = 10;
/** Over the disk's own sync. */
const MOST_MS = 10;

// The scanner at one end and whoever watches the lamp at the other, in one process: one clock, and a reader that
// sleeps in the kernel until the line is there. Between two people, and after the same pause, it syncs a file of its
// own beside the journal: as many bytes as a commit adds to the write-ahead log, appended.
const DOOR = `
import json, os, pty, sys, time, tty
link, acks, data, warm, pause = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5])
master, slave = pty.openpty()
tty.setraw(slave)
os.symlink(os.ttyname(slave), link)
fifo = os.open(acks, os.O_RDWR)
probe = os.open(os.path.join(data, 'sync-probe'), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
wal = os.path.join(data, 'journal.db-wal')
print('open', flush=True)
buffered, last = b'', None
def acknowledged():
    global buffered, last
    while True:
        read = os.read(fifo, 65536)
        at = time.monotonic_ns()
        *lines, buffered = (buffered + read).split(b'\\n')
        for line in lines:
            ack = json.loads(line)
            if ack['seq'] is not None and ack['seq'] != last:
                last = ack['seq']
                if not ack['green'] or not ack['relay']:
                    sys.exit('a good pass was not admitted')
                return at
began, size = None, 4096
for count, line in enumerate(sys.stdin.buffer):
    time.sleep(pause)
    scan = line.rstrip(b'\\n') + b'\\r'
    if began is None:
        began = os.path.getsize(wal)
    start = time.monotonic_ns()
    os.write(master, scan)
    scanned = acknowledged() - start
    if count == 20:
        size = max(size, (os.path.getsize(wal) - began) // (count + 1))
    zeros = bytes(size)
    time.sleep(pause)
    start = time.monotonic_ns()
    os.write(probe, zeros)
    os.fsync(probe)
    synced = time.monotonic_ns() - start
    if count >= warm:
        print(scanned, synced, size, flush=True)
os.unlink(link)
`;

/** One person after the other at a real kiosk process: from the last byte on the wire to the acknowledged signal. */
export async function benchScanToSignal(
  site: KioskSite,
  next: () => Sample,
  scans: number,
): Promise<readonly Figure[]> {
  const argv = [site.scanner, site.acks, site.data, String(WARM_SCANS), String(PAUSE_MS / 1_000)];
  const door = spawn('python3', ['-c', DOOR, ...argv], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = createInterface({ input: door.stdout })[Symbol.asyncIterator]();
  if ((await said.next()).done === true) throw new Error('python3 could not play the scanner');
  const kiosk = await startKiosk(site);
  const scanMs: number[] = [];
  const syncMs: number[] = [];
  let syncBytes = 0;
  for (let count = 0; count < WARM_SCANS + scans; count += 1) {
    door.stdin.write(Buffer.concat([next().line, Buffer.from('\n')]));
  }
  door.stdin.end();
  for await (const line of { [Symbol.asyncIterator]: () => said }) {
    const [scanned = 0, synced = 0, bytes = 0] = line.split(' ').map(Number);
    scanMs.push(scanned / 1e6);
    syncMs.push(synced / 1e6);
    syncBytes = bytes;
  }
  await endKiosk(kiosk, 'SIGTERM');
  if (scanMs.length !== scans) throw new Error(`${scanMs.length} of ${scans} scans were acknowledged`);
  const beyondMs = scanMs.map((ms, index) => ms - (syncMs[index] ?? 0));
  return [
    figure('scan to signal, p50', median(scanMs), 'ms'),
    figure('scan to signal, p99', quantile(scanMs, 0.99), 'ms'),
    figure(`sync of ${syncBytes} appended bytes beside the journal, p50`, median(syncMs), 'ms'),
    figure('sync of the same, p99', quantile(syncMs, 0.99), 'ms'),
    figure('scan to signal minus the sync after it, p50', median(beyondMs), 'ms'),
    figure('scan to signal minus the sync after it, p99', quantile(beyondMs, 0.99), 'ms', MOST_MS),
  ];
}

/** A kiosk process whose screen answers. */
export interface StartedKiosk {
  readonly process: ChildProcess;
  readonly port: number;
}

export async function startKiosk(site: KioskSite): Promise<StartedKiosk> {
  const child = spawn(process.execPath, site.command, { stdio: ['ignore', 'ignore', 'pipe'] });
  const log: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    log.push(line);
    const port = /^screen: http:\/\/127\.0\.0\.1:(\d+)\/$/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stderr.resume();
    return { process: child, port: Number(port) };
  }
  throw new Error(`the kiosk did not start:\n${log.join('\n')}`);
}

/** Ends a kiosk that must still be running: in good order, or as a power cut does. */
export async function endKiosk({ process: child }: StartedKiosk, how: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) throw new Error('the kiosk ended by itself');
  const exited = once(child, 'exit');
  child.kill(how);
  await exited;
}
