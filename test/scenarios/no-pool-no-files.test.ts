import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entriesIn } from '../support/entries.ts';
import { hungPool } from '../support/hung-pool.ts';
import { type TestIssuer, testIssuer } from '../support/issuer.ts';
import { KioskProcess, munjigi, Site } from '../support/kiosk-process.ts';
import { hasPty, openPty, type Pty } from '../support/pty.ts';
import { hasStrace, type SystemCall, traceCalls } from '../support/strace.ts';

const GREEN = { green: true, relay: true };
/** Everything by which a process gets at a file, another machine or another process. */
const REACHING_OUT = 'open,openat,openat2,creat,socket,connect,bind,sendto,sendmsg,execve';
const SYNCING = 'fsync,fdatasync';

describe.skipIf(!hasPty)(`on the way from line to lamp${hasPty ? '' : ' (needs python3: install python3)'}`, () => {
  let site: Site;
  let issuer: TestIssuer;
  let scanner: Pty;
  let hardware: string;
  let kiosk: KioskProcess | null = null;

  const start = async (nodeOptions: readonly string[] = []): Promise<KioskProcess> => {
    kiosk = await KioskProcess.start(site, hardware, nodeOptions);
    await kiosk.until(({ door }) => door['state'] === 'ready');
    return kiosk;
  };

  beforeEach(async () => {
    site = new Site();
    issuer = testIssuer(site.folder);
    munjigi('trust', 'import', '--unsigned', issuer.trustFile, '--data', site.data);
    const path = join(site.folder, 'scanner');
    scanner = await openPty(path);
    hardware = site.hardware(`{driver: serial, path: ${path}}`);
  });
  afterEach(async () => {
    if (kiosk?.child.exitCode === null) await kiosk.kill();
    await scanner.close();
    site.remove();
  });

  it('nobody waits for the thread pool: four hung threads, and the next pass is admitted', async () => {
    const pool = hungPool(site.folder);
    const kiosk = await start(pool.nodeOptions);
    kiosk.child.kill(pool.signal);
    await kiosk.logged('pool hangs');
    const freed = kiosk.logged('pool is free').then(() => 'free');
    for (const kind of ['membership', 'ticket'] as const) {
      scanner.write(`${issuer.pass(kind)}\r`);
      expect(await kiosk.nextVerdict()).toMatchObject(GREEN);
    }
    expect(await Promise.race([freed, kiosk.state().then(() => 'hangs')])).toBe('hangs');
    pool.release();
    expect(await freed).toBe('free');
    expect(await kiosk.stop()).toBe(0);
  });

  it.skipIf(!hasStrace)(
    'no socket and no file but the journal is opened (skipped without strace: install strace)',
    async () => {
      const kiosk = await start();
      scanner.write(`${issuer.pass('membership')}\r`);
      await kiosk.nextVerdict();

      const calls = `read,write,${REACHING_OUT},${SYNCING}`;
      const trace = await traceCalls(kiosk.child.pid ?? 0, calls, join(site.folder, 'trace'));
      scanner.write(`${issuer.pass('ticket', { single: true })}\r`);
      const { seq } = await kiosk.nextVerdict();
      const seen = await trace();
      expect(await kiosk.stop()).toBe(0);

      const shown = seen.findIndex((call) => call.name === 'write' && call.rest.includes(site.acks));
      const scanned = seen.findLastIndex((call, at) => at < shown && isScannerRead(call, scanner.path));
      expect(entriesIn(site.data).find((entry) => entry.seq === seq)).toMatchObject({ verdict: 'admit' });
      expect(scanned).toBeGreaterThanOrEqual(0);
      expect(shown).toBeGreaterThan(scanned);
      const between = seen.slice(scanned + 1, shown);
      const reached = between.filter(({ name }) => REACHING_OUT.split(',').includes(name));
      expect(reached.filter(({ rest }) => !rest.includes(join(site.data, 'journal.db')))).toEqual([]);
      // Recorded before shown: the entry is on the disk before the lamp is told.
      expect(
        between.some(({ name, rest }) => SYNCING.split(',').includes(name) && rest.includes('journal.db-wal')),
      ).toBe(true);
    },
  );
});

const isScannerRead = ({ name, rest, result }: SystemCall, link: string): boolean =>
  name === 'read' && result !== 0 && result !== -1 && (rest.includes('/dev/pts/') || rest.includes(link));
