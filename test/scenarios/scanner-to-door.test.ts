import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { KioskProcess, Site } from '../support/kiosk-process.ts';
import { hasPty, openPty, type Pty } from '../support/pty.ts';

const GREEN = { green: true, amber: false, red: false, relay: true };
const AMBER = { green: false, amber: true, red: false, relay: false };
const BURST_CODES = 10_000;
const MAX_GROWTH_KB = 16 * 1_024;
/** As systemd/munjigi.service starts it. */
const SERVICE_OPTIONS = ['--max-semi-space-size=1', '--max-old-space-size=128'];

describe.skipIf(!hasPty)(`a real kiosk process on a pty${hasPty ? '' : ' (needs python3: install python3)'}`, () => {
  let site: Site;
  let kiosk: KioskProcess;
  let scanner: Pty;
  let scannerPath: string;

  const scan = (line: string | Buffer, terminator = '\r'): void =>
    scanner.write(Buffer.concat([Buffer.from(line), Buffer.from(terminator)]));
  const nextIsAdmitted = async (): Promise<void> => {
    scan(site.issue('membership'));
    expect(await kiosk.nextVerdict()).toMatchObject(GREEN);
  };

  beforeAll(async () => {
    site = new Site();
    scannerPath = join(site.folder, 'scanner');
    scanner = await openPty(scannerPath);
    kiosk = await KioskProcess.start(site, site.hardware(`{driver: serial, path: ${scannerPath}}`), SERVICE_OPTIONS);
    await kiosk.until(({ door }) => door['state'] === 'ready');
  });
  afterAll(async () => {
    expect(await kiosk.stop()).toBe(0);
    await scanner.close();
    site.remove();
  });
  afterEach(() => expect(kiosk.child.exitCode).toBeNull());

  it('turns a pass into an entry, then green light and an open strike', async () => {
    scan(site.issue('membership'));
    const ack = await kiosk.nextVerdict();
    expect(ack).toMatchObject({ ...GREEN, buzzer: true });
    expect(site.entries().find(({ seq }) => seq === ack.seq)).toMatchObject({
      type: 'scan',
      verdict: 'admit',
      reason: 'ok',
    });
  });

  it.each(['\r', '\n', '\r\n'])('knows the end of a line by %j', async (terminator) => {
    scan(site.issue('membership'), terminator);
    expect(await kiosk.nextVerdict()).toMatchObject(GREEN);
  });

  it('is not upset by NULs and line noise', async () => {
    scan(Buffer.concat([Buffer.alloc(40), randomBytes(200).map((byte) => (byte === 10 || byte === 13 ? 0 : byte))]));
    expect(await kiosk.nextVerdict()).toMatchObject(AMBER);
    await nextIsAdmitted();
  });

  it('admits nobody for two codes glued into one line', async () => {
    scan(site.issue('membership') + site.issue('membership'));
    expect(await kiosk.nextVerdict()).toMatchObject(AMBER);
    await nextIsAdmitted();
  });

  it('survives six megabytes without a terminator', async () => {
    scanner.write(Buffer.alloc(6_000_000, 'x'));
    expect(await kiosk.nextVerdict()).toMatchObject(AMBER);
    await scanner.delivered();
    scan('');
    await nextIsAdmitted();
  });

  it('judges a code that is held in view once, however often it is read', async () => {
    const before = site.entries().length;
    const held = site.issue('ticket', '--claims', site.claims({ single: true }));
    scan(held);
    expect(await kiosk.nextVerdict()).toMatchObject(GREEN);
    for (const pauseMs of [300, 700, 1_900, 2_900]) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      scan(held);
    }
    await nextIsAdmitted();
    const scans = site
      .entries()
      .slice(before)
      .filter(({ type }) => type === 'scan');
    expect(scans.map((entry) => ('verdict' in entry ? entry.verdict : null))).toEqual(['admit', 'admit']);
  }, 20_000);

  it('comes back when the scanner does, and forgets half a line', async () => {
    scanner.write('HC1:HALF-A-LINE');
    await scanner.delivered();
    await scanner.close();
    await kiosk.until(
      ({ door, devices }) => door['state'] === 'out-of-service' && devices['scanner']?.state === 'lost',
    );
    scanner = await openPty(scannerPath);
    await kiosk.until(({ door }) => door['state'] === 'ready');
    await nextIsAdmitted();
  });

  it('takes ten thousand codes as fast as they come, then the next person, in flat memory', async () => {
    const residentKb = (): number =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${kiosk.child.pid}/status`, 'utf8'))?.[1]);
    const burst = (): Buffer =>
      Buffer.from(Array.from({ length: BURST_CODES }, () => `${randomBytes(12).toString('hex')}\r`).join(''));
    const burstThenPass = async (): Promise<void> => {
      scanner.write(burst());
      scan(site.issue('membership'));
      await kiosk.nextAdmission();
    };
    await burstThenPass();
    const warmKb = residentKb();
    await burstThenPass();
    expect(residentKb() - warmKb).toBeLessThan(MAX_GROWTH_KB);
  }, 120_000);
});
