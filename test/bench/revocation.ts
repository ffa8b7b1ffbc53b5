import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PassFields } from '../../src/pass/pass.ts';
import { Revocations } from '../../src/trust/revocations.ts';
import { passOf } from '../support/passes.ts';
import { type Figure, figure } from './figure.ts';
import type { KioskSite } from './kiosk-site.ts';
import type { Issuers } from './samples.ts';
import { endKiosk, startKiosk } from './scan-to-signal.ts';
import { median, quantile } from './statistics.ts';

const ENTRIES = 1_000_000;
const CHUNK = 10_000;
const LOOK_UPS = 20_000;
const SCAN_EVERY_MS = 50;
const WARM_SCANS = 100;
const COUNTRY = 'AT';
const KID = Buffer.from('bench-es').toString('base64');

const MOST_IMPORT_S = 15;
const MOST_LOOK_UP_US = 20;
const MOST_GROWTH_MB = 60;
const MOST_RATIO = 1.3;
const MOST_MS = 50;

// A person every so often: a line in, the time to the acknowledged signal out.
const DOOR = `
import json, os, pty, sys, time, tty
link, acks = sys.argv[1], sys.argv[2]
master, slave = pty.openpty()
tty.setraw(slave)
os.symlink(os.ttyname(slave), link)
fifo = os.open(acks, os.O_RDWR)
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
for line in sys.stdin.buffer:
    scan = line.rstrip(b'\\n') + b'\\r'
    start = time.monotonic_ns()
    os.write(master, scan)
    print(acknowledged() - start, flush=True)
os.unlink(link)
`;

/**
 * Imports of a million revocations into the folder of a running kiosk that sees a person every 50 ms, each import after
 * an idle stretch of the same length.
 * @param rounds how many imports, and how many idle stretches
 */
export async function benchRevocation(site: KioskSite, issuers: Issuers, rounds: number): Promise<readonly Figure[]> {
  const files = ['one', 'other'].map((name) => writeList(join(site.folder, `${name}.json`)));
  const cli = site.command.find((word) => word.endsWith('cli.js')) ?? '';
  const door = spawn('python3', ['-c', DOOR, site.scanner, site.acks], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = createInterface({ input: door.stdout })[Symbol.asyncIterator]();
  if ((await said.next()).done === true) throw new Error('python3 could not play the scanner');
  const kiosk = await startKiosk(site);
  const scan = async (): Promise<number> => {
    const dueMs = performance.now() + SCAN_EVERY_MS;
    door.stdin.write(Buffer.concat([issuers.euDcc().line, Buffer.from('\n')]));
    const answer = await said.next();
    if (answer.done === true) throw new Error('a scan was not acknowledged');
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
    return Number(answer.value) / 1e6;
  };
  for (let count = 0; count < WARM_SCANS; count += 1) await scan();
  const kioskPid = kiosk.process.pid ?? 0;
  const kioskMb = residentMb(kioskPid, 'VmRSS');
  const [idleMs, importMs, importS, peakMb]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let round = 0; round < rounds; round += 1) {
    const startedMs = performance.now();
    const run = startImport(cli, files[round % files.length] ?? '', site.data);
    while (run.process.exitCode === null) importMs.push(await scan());
    const { code, growthMb } = await run.ended;
    if (code !== 0) throw new Error('an import failed');
    importS.push((performance.now() - startedMs) / 1_000);
    peakMb.push(growthMb);
    const untilMs = performance.now() + (performance.now() - startedMs);
    while (performance.now() < untilMs) idleMs.push(await scan());
  }
  const kioskGrowthMb = residentMb(kioskPid, 'VmHWM') - kioskMb;
  door.stdin.end();
  await endKiosk(kiosk, 'SIGTERM');
  const lookUpUs = lookUps(join(site.data, 'revocations'));
  return [
    figure(`import of ${ENTRIES} revocations beside a busy door, slowest`, Math.max(...importS), 's', MOST_IMPORT_S),
    figure('look-up of a certificate among them, p50', median(lookUpUs), 'µs', MOST_LOOK_UP_US),
    figure('growth of the kiosk, at its peak', kioskGrowthMb, 'MB'),
    figure('growth of kiosk and import together', kioskGrowthMb + Math.max(...peakMb), 'MB', MOST_GROWTH_MB),
    figure(`scan to signal in ${rounds} idle stretches, p99`, quantile(idleMs, 0.99), 'ms'),
    figure(`scan to signal in ${rounds} imports, p99 of ${importMs.length}`, quantile(importMs, 0.99), 'ms'),
    figure('the one over the other', quantile(importMs, 0.99) / quantile(idleMs, 0.99), 'x', MOST_RATIO),
    figure('scan to signal in idle stretches, slowest', quantile(idleMs, 1), 'ms'),
    figure('scan to signal in imports, slowest', quantile(importMs, 1), 'ms', MOST_MS),
  ];
}

/** Identifiers that no pass has, in one batch under the key that signs the passes of the run. */
function writeList(path: string): string {
  const file = openSync(path, 'w');
  const head = { country: COUNTRY, expires: '2030-01-01T00:00:00Z', kid: KID, hashType: 'UCI' };
  writeSync(file, `${JSON.stringify(head).slice(0, -1)},"entries":[`);
  for (let written = 0; written < ENTRIES; written += CHUNK) {
    const entries = Array.from({ length: CHUNK }, () => `{"hash":"${randomBytes(16).toString('base64')}"}`);
    writeSync(file, `${written === 0 ? '' : ','}${entries.join(',')}`);
  }
  writeSync(file, ']}');
  closeSync(file);
  return path;
}

interface Import {
  readonly process: ChildProcess;
  /** `growthMb`: from the moment when the program is loaded to its peak. */
  readonly ended: Promise<{ readonly code: number | null; readonly growthMb: number }>;
}

function startImport(cli: string, file: string, data: string): Import {
  const args = [cli, 'trust', 'import', '--unsigned', file, '--data', data];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let loadedMb: number | null = null;
  let peakMb = 0;
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith('imported')) return;
    loadedMb ??= residentMb(child.pid ?? 0, 'VmRSS');
    peakMb = Math.max(peakMb, residentMb(child.pid ?? 0, 'VmHWM'));
  });
  const ended = once(child, 'exit').then(() => ({ code: child.exitCode, growthMb: peakMb - (loadedMb ?? 0) }));
  return { process: child, ended };
}

function residentMb(pid: number, which: 'VmRSS' | 'VmHWM'): number {
  const kb = new RegExp(`^${which}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1_024;
}

/** Certificates that are on no list: each costs all of the look-ups that there are. In µs. */
function lookUps(folder: string): readonly number[] {
  const revocations = Revocations.open(folder);
  const times: number[] = [];
  for (let count = 0; count < LOOK_UPS; count += 1) {
    const pass: PassFields = passOf({
      format: 'eu-dcc',
      issuer: COUNTRY,
      kid: KID,
      revocable: { by: 'dcc', keyName: KID, ucis: [`URN:${count}`], countries: [COUNTRY], signature: randomBytes(32) },
    });
    const start = process.hrtime.bigint();
    const answer = revocations.isRevoked(pass);
    times.push(Number(process.hrtime.bigint() - start) / 1e3);
    if (answer !== false) throw new Error('a pass that is on no list was found');
  }
  revocations.close();
  return times;
}
