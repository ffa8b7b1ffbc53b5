import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatInstant } from '../../src/base/time.ts';
import { CLI, KioskProcess, Site } from '../support/kiosk-process.ts';

let site: Site;
let hardware: string;
const running: KioskProcess[] = [];
beforeEach(() => {
  site = new Site();
  hardware = site.hardware('{driver: stdin}');
});
afterEach(async () => {
  for (const kiosk of running.splice(0)) await kiosk.stop();
  site.remove();
});

async function start(): Promise<KioskProcess> {
  const kiosk = await KioskProcess.start(site, hardware);
  running.push(kiosk);
  return kiosk;
}

const journal = (): string => join(site.data, 'journal.db');
const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [CLI, ...args, '--data', site.data], { encoding: 'utf8' });

/** A ticket that came in, and a kiosk that was stopped since. */
async function usedTicket(): Promise<string> {
  const ticket = site.issue('ticket', '--claims', site.claims({ single: true }));
  const kiosk = await start();
  kiosk.scan(ticket);
  expect(await kiosk.nextVerdict()).toMatchObject({ green: true });
  await kiosk.stop();
  return ticket;
}

describe('a journal that the disk has damaged', () => {
  it('in one entry is kept aside, and who came in before does not come in again', async () => {
    const ticket = await usedTicket();
    const db = new Database(journal());
    db.exec("UPDATE entry SET bytes = CAST('{}' AS BLOB) WHERE seq = 1");
    db.close();
    const damaged = readFileSync(journal());
    const kiosk = await start();
    const [first, second] = site.entries();
    expect(first).toMatchObject({ type: 'log-continued', why: 'entry 1 was changed or damaged', uses: 1, whole: true });
    expect(second).toMatchObject({ type: 'start', lastEnd: 'stopped' });
    expect((await kiosk.state()).journal['continued']).toBe(formatInstant(first?.wallMs ?? 0));
    const file = first?.type === 'log-continued' ? join(site.data, 'damaged', first.file ?? 'none') : '';
    expect(readFileSync(file)).toEqual(damaged);
    kiosk.scan(ticket);
    expect(await kiosk.nextVerdict()).toMatchObject({ green: false, relay: false });

    const verified = run('journal', 'verify');
    expect(verified.status).toBe(0);
    expect(verified.stderr).toMatch(/goes on from a damaged one, munjigi\/\S+ as signed over \d+ entries, root \S+=;/);
    const told = run('journal', 'verify', '--damaged', file);
    expect(told.status).toBe(1);
    expect(told.stdout).toContain('Entry 1: changed or damaged.');
    expect(told.stdout).toMatch(/newest checkpoint that can be read was signed over \d+ entries/);
  });

  it('beyond reading is kept aside, and the new log says that used passes are not remembered', async () => {
    await usedTicket();
    const signed = site.entries().length;
    writeFileSync(journal(), 'this was overwritten by something else '.repeat(200));
    const kiosk = await start();
    const [first] = site.entries();
    expect(first).toMatchObject({ type: 'log-continued', size: signed, uses: 0, whole: false });
    kiosk.scan(site.issue('membership'));
    expect(await kiosk.nextVerdict()).toMatchObject({ green: true });
    const file = first?.type === 'log-continued' ? join(site.data, 'damaged', first.file ?? 'none') : '';
    const told = run('journal', 'verify', '--damaged', file);
    expect([told.status, told.stderr]).toEqual([
      2,
      expect.stringMatching(/nothing in \S+ can be read by this program/),
    ]);
  });

  it('whose replacement a power cut has interrupted is replaced by the next start', async () => {
    await usedTicket();
    // As it stands after the first rename: the new log is whole, the damaged one still has its name.
    const other = join(site.folder, 'other.db');
    renameSync(journal(), other);
    rmSync(join(site.data, 'journal.head'));
    const kiosk = await start();
    await kiosk.stop();
    renameSync(journal(), `${journal()}.ready`);
    const fresh = readFileSync(`${journal()}.ready`);
    renameSync(other, journal());
    writeFileSync(`${journal()}-wal`, 'the log of the damaged one');
    expect(run('sticker', 'revoke', '7A000000').status).not.toBe(0);
    expect(existsSync(`${journal()}.ready`)).toBe(false);
    expect(readFileSync(journal()).subarray(0, 16)).toEqual(fresh.subarray(0, 16));
    expect(site.entries()[0]).toMatchObject({ type: 'start', lastEnd: 'first-start' });
  });
});

it('a disk that refuses is asked three times at a terminal, then told in one sentence, and nothing is changed', () => {
  rmSync(journal(), { force: true });
  mkdirSync(journal(), { recursive: true });
  const { status, stderr } = run('run', '--hardware', hardware, '--port', '0');
  expect(status).toBe(2);
  expect(stderr.match(/"event":"journal-waits"/g)).toHaveLength(2);
  expect(stderr).toMatch(
    /munjigi: the journal \S+ cannot be opened: .*; check the disk, its free space and the folder's owner/,
  );
  expect(existsSync(join(site.data, 'damaged'))).toBe(false);
  rmSync(journal(), { recursive: true });
});
