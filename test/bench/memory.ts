import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { openPty } from '../support/pty.ts';
import { type Figure, figure } from './figure.ts';
import type { KioskSite } from './kiosk-site.ts';
import type { Issuers } from './samples.ts';
import { endKiosk, startKiosk } from './scan-to-signal.ts';

const MOST_RESIDENT_MB = 130;
const MOST_GROWTH_MB = 4;
const SETTLED_SCANS = 20_000;
/** How many lines wait at most between this process and the terminal. */
const LINES_AHEAD = 200;
const POLL_MS = 20;

/**
 * Resident memory of a kiosk process with a screen attached after `early` and after `all` scans, as fast as it takes
 * them: passes of three formats, and now and then a code that is none. The kiosk is killed at the end.
 */
export async function benchMemory(
  site: KioskSite,
  issuers: Issuers,
  early: number,
  all: number,
): Promise<readonly Figure[]> {
  const scanner = await openPty(site.scanner);
  const kiosk = await startKiosk(site);
  const { port } = kiosk;
  const pid = kiosk.process.pid ?? 0;
  const screen = await attachScreen(port);
  const kinds = [issuers.euDcc, issuers.healthCard, issuers.entryPass, issuers.entryPassEdDsa, foreignCode];
  let written = 0;
  const scanUntil = async (count: number): Promise<number> => {
    for (; written < count; written += 1) {
      const line = kinds[written % kinds.length]?.().line ?? Buffer.alloc(0);
      scanner.write(Buffer.concat([line, Buffer.from('\r')]));
      if (written % LINES_AHEAD === 0) await scanner.delivered();
    }
    await scanner.delivered();
    while ((await lastScan(port)) < count) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    return residentMb(pid);
  };
  const startMb = residentMb(pid);
  const startedMs = performance.now();
  const earlyMb = await scanUntil(early);
  const allMb = await scanUntil(all);
  const perSecond = all / ((performance.now() - startedMs) / 1_000);
  screen.destroy();
  await endKiosk(kiosk, 'SIGKILL');
  await scanner.close();
  return [
    figure('resident when ready', startMb, 'MB'),
    figure(`resident after ${early} scans`, earlyMb, 'MB'),
    figure(`resident after ${all} scans`, allMb, 'MB', MOST_RESIDENT_MB),
    // Before the heap has found its size, growth says nothing.
    figure(
      `growth from ${early} to ${all} scans`,
      allMb - earlyMb,
      'MB',
      early < SETTLED_SCANS ? null : MOST_GROWTH_MB,
    ),
    figure('scans judged in a flood', perSecond, '/s'),
  ];
}

const foreignCode = (): { readonly line: Buffer } => ({ line: Buffer.from(randomBytes(24).toString('hex')) });

function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1_024;
}

/** Reads the event stream as the customer's screen does, and throws it away. */
function attachScreen(port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`http://127.0.0.1:${port}/api/events`, (stream) => {
      stream.on('error', () => {});
      stream.resume();
      resolve(stream);
    }).on('error', reject);
  });
}

/** The number of the scan whose verdict is shown, or 0 between two. */
async function lastScan(port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/state`);
  const { door } = (await answer.json()) as { readonly door: { readonly scan: number | null } };
  return door.scan ?? 0;
}
