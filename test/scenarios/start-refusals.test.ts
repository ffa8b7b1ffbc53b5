import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { complaintOf, ran } from '../support/command.ts';
import { typesIn } from '../support/entries.ts';
import { KioskProcess, Site } from '../support/kiosk-process.ts';

const SOUND = ['board: generic', 'scanner: {driver: stdin}', 'signal: {driver: simulated}'];
const LINES = '{green: {gpio: 17}, amber: {gpio: 22}, red: {gpio: 23}, buzzer: {gpio: 24}, relay: {gpio: 25}}';
const isRoot = process.getuid?.() === 0;

let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-refusal-'));
  data = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true }));

function hardware(...lines: readonly string[]): string {
  const path = join(folder, 'hardware.yaml');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

const start = async (hardwarePath: string, ...more: readonly string[]) =>
  complaintOf(await ran(['run', '--hardware', hardwarePath, '--data', data, '--port', '0', ...more]));

/** A run that came as far as its devices says in the journal that it began and that it ended. */
const beganAndEnded = (): void => {
  const types = typesIn(data);
  expect([types[0], types.at(-1)]).toEqual(['start', 'stop']);
};
const neverBegan = (): void => expect(typesIn(data)).toEqual([]);

describe('a technician who made a mistake in the hardware file reads one sentence and no kiosk runs', () => {
  it('a port that is not there', async () => {
    const { code, says } = await start(
      hardware(SOUND[0] ?? '', 'scanner: {driver: serial, path: /dev/ttyNONE}', SOUND[2] ?? ''),
    );
    expect(code).toBe(2);
    expect(says).toMatch(/^There is no \/dev\/ttyNONE: plug the scanner in or correct scanner\.path/);
    beganAndEnded();
  });

  it('a file that is no port', async () => {
    const plain = join(folder, 'plain');
    writeFileSync(plain, '');
    const { code, says } = await start(hardware(`scanner: {driver: serial, path: ${plain}}`, SOUND[2] ?? ''));
    expect(code).toBe(2);
    expect(says).toMatch(/plain is not a serial port: correct scanner\.path/);
    beganAndEnded();
  });

  it('GPIO lines on a machine without them', async (context) => {
    if (existsSync('/sys/class/gpio/export')) context.skip('this machine has GPIO lines');
    const { code, says } = await start(
      hardware('board: pi4', 'scanner: {driver: simulated}', `signal: {driver: onoff, lines: ${LINES}}`),
    );
    expect(code).toBe(2);
    expect(says).toMatch(/GPIO.*: use a kernel with GPIO sysfs/);
    beganAndEnded();
  });

  it.each([
    [
      'a line outside the header',
      ['board: pi4', SOUND[1], `signal: {driver: onoff, lines: ${LINES.replace('17', '37')}}`],
      /^.*hardware\.yaml:3: signal\.lines\.green\.gpio is 37: write a BCM number/,
    ],
    [
      'one line for two lamps',
      ['board: pi4', SOUND[1], `signal: {driver: onoff, lines: ${LINES.replace('17', '22')}}`],
      /^.*hardware\.yaml:3: .*already: wire and write another line/,
    ],
    [
      'a misspelt member',
      [SOUND[0], SOUND[1], 'signall: {driver: simulated}'],
      /^.*hardware\.yaml:3: .*"signall": correct or delete this line \(did you mean signal\?\)/,
    ],
    [
      'an unknown member further in',
      [SOUND[0], 'scanner:', '  driver: stdin', '  speed: 9600', SOUND[2]],
      /^.*hardware\.yaml:4: .*"speed"/,
    ],
    [
      'what is no YAML',
      [SOUND[0], 'scanner: {driver: stdin'],
      /^.*hardware\.yaml:\d: this is not YAML .*: correct the line/,
    ],
    ['nothing at all', [''], /^.*hardware\.yaml:1: the file is empty: start from the example/],
    [
      'a driver of a later version',
      [SOUND[1], SOUND[2], 'voice: {driver: alsa}'],
      /^voice.*write 'none' in the hardware file/,
    ],
  ])('%s', async (_, lines, sentence) => {
    const { code, says } = await start(hardware(...lines.map((line) => line ?? '')));
    expect(code).toBe(2);
    expect(says).toMatch(sentence);
    neverBegan();
    expect(existsSync(data)).toBe(false);
  });
});

describe('a data folder that cannot be used stops the kiosk with one sentence', () => {
  it.each([
    ['a file lies in its place', () => writeFileSync(data, '')],
    [
      'it would lie in a file',
      () => {
        writeFileSync(join(folder, 'file'), '');
        data = join(folder, 'file', 'data');
      },
    ],
    [
      'the system makes no folders there, and hangs Node’s own way of making them',
      () => {
        data = '/proc/munjigi';
      },
    ],
    [
      'the system lets nobody write there',
      () => {
        data = '/sys/munjigi';
      },
    ],
  ])('%s', async (_, prepare) => {
    prepare();
    const { code, says } = await start(hardware(...SOUND));
    expect(code).toBe(2);
    expect(says).toMatch(/^the data folder \S+ cannot be written: .*name another with --data DIR$/);
  });

  it.skipIf(isRoot)('it belongs to somebody else (root may write everywhere: run as another user)', async () => {
    mkdirSync(data, { mode: 0o500 });
    expect((await start(hardware(...SOUND))).says).toMatch(/cannot be written: EACCES/);
  });

  it('its path is longer than a socket may have, which would make the socket under another name', async () => {
    data = join(folder, 'x'.repeat(100));
    const { code, says } = await start(hardware(...SOUND));
    expect(code).toBe(2);
    expect(says).toMatch(/control\.sock is too long for a socket: name a data folder with a shorter path/);
    neverBegan();
  });

  it.each([
    [
      'trust.db',
      /^the trust store \S+trust\.db cannot be used: .*; move the file away, keep it, and import the keys again$/,
    ],
    ['settings.json', /settings\.json cannot be read as JSON .*; mend it or delete it/],
    ['lock', /lock cannot be locked: .*; delete it while no kiosk runs/],
    ['revocations', /revocations must be a folder and is a file: move the file away$/],
    ['keys/sticker.jwk', /^the sticker key \S+ cannot be used: .*; restore it or move it away/],
  ])('%s is damaged', async (file, sentence) => {
    mkdirSync(join(data, 'keys'), { recursive: true });
    writeFileSync(join(data, file), 'this was overwritten by something else '.repeat(200));
    const { code, says } = await start(hardware(...SOUND));
    expect(code).toBe(2);
    expect(says).toMatch(sentence);
  });

  it('keys is a file', async () => {
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'keys'), '');
    expect((await start(hardware(...SOUND))).says).toMatch(/keys must be a folder and is a file: move the file away$/);
  });

  it('its kiosk id is damaged: that stops no kiosk, another is drawn', async () => {
    mkdirSync(join(data, 'keys'), { recursive: true });
    writeFileSync(join(data, 'keys', 'kiosk-id'), 'this was overwritten');
    const { code } = await ran(['settings', 'set', 'relayMs=1600', '--data', data]);
    expect([code, readFileSync(join(data, 'keys', 'kiosk-id'), 'utf8')]).toEqual([
      0,
      expect.stringMatching(/^[0-9A-Z]{2}$/),
    ]);
    expect(readFileSync(join(data, 'keys', 'kiosk-id.damaged'), 'utf8')).toBe('this was overwritten');
  });

  it.each([
    [
      'a misspelt setting',
      { venueNme: 'x' },
      /settings\.json: .*"venueNme".*; or delete the file to start from the defaults$/,
    ],
    [
      'a value out of range',
      { relayMs: 5 },
      /settings\.json: relayMs is 5: .*200.*; or delete the file to start from the defaults$/,
    ],
    [
      'an unknown policy',
      { policy: 'nobody' },
      /policy: there is no preset and no file in .*policies for the policy 'nobody', choose one of any-genuine, event-ticket, /,
    ],
  ])('settings.json holds %s', async (_, settings, sentence) => {
    mkdirSync(data);
    writeFileSync(join(data, 'settings.json'), JSON.stringify(settings));
    expect((await start(hardware(...SOUND))).says).toMatch(sentence);
    neverBegan();
  });
});

describe('a wrong call of `run` is refused before anything is touched', () => {
  it.each([
    ['without a hardware file', ['run'], /^--hardware FILE is missing; see --help$/],
    [
      'with a hardware file that is not there',
      ['run', '--hardware', 'absent.yaml'],
      /^the hardware file absent\.yaml cannot be read: .*; name it with --hardware FILE$/,
    ],
    [
      'with a port beyond the last',
      ['run', '--hardware', 'x', '--port', '65536'],
      /^--port must be a number from 0 to 65535, not '65536'$/,
    ],
    ['with a port that is no number', ['run', '--hardware', 'x', '--port', '80a'], /^--port must be a number/],
    ['with a misspelt option', ['run', '--hardwear', 'x'], /^Unknown option '--hardwear'; see --help$/],
    ['with one word too many', ['run', 'now', '--hardware', 'x'], /^'now' is not expected; see --help$/],
    ['by a misspelt name', ['rnu'], /^there is no command 'rnu'; see munjigi --help$/],
    ['by no name', [], /^name a command; see munjigi --help$/],
  ])('%s', async (_, args, sentence) => {
    const { code, says } = complaintOf(await ran(args, { cwd: folder }));
    expect(code).toBe(2);
    expect(says).toMatch(sentence);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });
});

describe('beside a kiosk that runs', () => {
  let site: Site;
  let kiosk: KioskProcess;
  beforeAll(async () => {
    site = new Site();
    kiosk = await KioskProcess.start(site, site.hardware('{driver: stdin}'));
  });
  afterAll(async () => {
    expect(await kiosk.stop()).toBe(0);
    site.remove();
  });

  it('a second one on the same data is refused and leaves no entry', async () => {
    const before = typesIn(site.data);
    data = site.data;
    const { code, says } = await start(hardware(...SOUND));
    expect(code).toBe(2);
    expect(says).toBe(`another kiosk is running on ${data}: stop it first or name another folder with --data DIR`);
    expect(typesIn(site.data)).toEqual(before);
    expect(kiosk.child.exitCode).toBeNull();
  });

  it('one on the same port is refused and leaves no entry', async () => {
    const { code, says } = await start(hardware(...SOUND), '--port', String(kiosk.port));
    expect(code).toBe(2);
    expect(says).toBe(`port ${kiosk.port} is in use: stop the other program or choose another with --port N`);
    neverBegan();
  });
});

it('a port that another program holds is named', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect((await start(hardware(...SOUND), '--port', String(port))).says).toContain(`port ${port} is in use`);
  neverBegan();
  other.close();
});

it('a journal of a newer version is refused and stays as it was', async () => {
  mkdirSync(data);
  const path = join(data, 'journal.db');
  const newer = new Database(path);
  newer.pragma('user_version = 99');
  newer.close();
  const before = readFileSync(path);
  const { says } = await start(hardware(...SOUND));
  expect(says).toMatch(/was written by a newer version of this program; install that version again$/);
  expect(readFileSync(path)).toEqual(before);
});
