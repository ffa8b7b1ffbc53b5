import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clock, moveText } from '../../src/commands/clock.ts';
import { settings } from '../../src/commands/settings.ts';
import { digestOf } from '../../src/settings/history.ts';
import { complaintOf, jsonLines, ran } from '../support/command.ts';
import { entriesIn } from '../support/entries.ts';
import { refusedBy } from '../support/in-process.ts';
import { KioskProcess, Site } from '../support/kiosk-process.ts';
import { policyText } from '../support/rules.ts';

let site: Site;
let kiosk: KioskProcess | null = null;
beforeEach(() => {
  site = new Site();
});
afterEach(async () => {
  if (kiosk !== null && kiosk.child.exitCode === null && kiosk.child.signalCode === null) await kiosk.kill();
  kiosk = null;
  site.remove();
});

async function start(): Promise<KioskProcess> {
  kiosk = await KioskProcess.start(site, site.hardware('{driver: stdin}'));
  await kiosk.until(({ door: { state } }) => state === 'ready');
  return kiosk;
}
const on = (...args: readonly string[]) => ran([...args, '--data', site.data]);
const changes = () => entriesIn(site.data).filter(({ type }) => /^(settings|policy)-|^clock-set$/.test(type));

describe('settings that are changed while the kiosk runs', () => {
  it('count for the very next visitor, policy included, and for the kiosk that starts after it', async () => {
    const running = await start();
    running.scan(site.issue('membership'));
    expect(await running.nextVerdict()).toMatchObject({ green: true });
    const changed = await on('settings', 'set', 'policy=event-ticket', 'occupancyLimit=5', '--json');
    expect([changed.code, jsonLines(changed)]).toEqual([
      0,
      [{ version: 2, members: ['policy', 'occupancyLimit'], restart: [] }],
    ]);
    running.scan(site.issue('membership'));
    expect(await running.nextVerdict()).toMatchObject({ amber: true, relay: false });
    await running.until((state) => 'occupancy' in state && state.occupancy !== null);
    expect((await on('settings', 'restore', '1')).code).toBe(0);
    running.scan(site.issue('membership'));
    expect(await running.nextVerdict()).toMatchObject({ green: true });
    expect(await running.stop()).toBe(0);
    expect(jsonLines(await on('settings', 'get', 'policy', '--json'))).toEqual([{ policy: 'any-genuine' }]);
    expect(changes().map(({ type }) => type)).toEqual(['settings-changed', 'settings-changed']);
    await start();
    expect(changes()).toHaveLength(2);
  });

  it('are refused whole where the kiosk could not start with them', async () => {
    await start();
    const { code, says } = complaintOf(await on('settings', 'set', 'relayMs=700', 'policyParams.days=3'));
    expect([code, says]).toEqual([2, 'policyParams.days is no parameter of this policy: delete it (it has none)']);
    expect(jsonLines(await on('settings', 'get', '--json'))).toMatchObject([{ relayMs: 1_500, policyParams: {} }]);
    expect(changes()).toEqual([]);
  });

  it('and are stored under the stickers of today are told to wait for a start', async () => {
    await start();
    const { err, code } = await on('settings', 'set', 'venueId=cafe');
    expect(code).toBe(0);
    expect(err).toContain('venueId: used from the next start of the kiosk');
    expect(err).toContain('stickers that were printed before that start are not known after it');
  });
});

describe('a policy file that is imported while the kiosk runs', () => {
  it('is used from the next visitor on; a damaged one changes nothing', async () => {
    const running = await start();
    const file = join(site.folder, 'house.json');
    const strict = policyText({ id: 'house', admits: ['ticket'] });
    writeFileSync(file, strict);
    const imported = await on('policy', 'import', file, '--json');
    const answer = { id: 'house', sha256: digestOf(strict), imported: true, isInUse: false };
    expect(jsonLines(imported)).toEqual([answer]);
    expect((await on('settings', 'set', 'policy=house')).code).toBe(0);
    running.scan(site.issue('membership'));
    expect(await running.nextVerdict()).toMatchObject({ amber: true });
    writeFileSync(file, policyText({ id: 'house', admits: ['membership'] }));
    expect(jsonLines(await on('policy', 'import', file, '--json'))).toMatchObject([{ isInUse: true }]);
    running.scan(site.issue('membership'));
    expect(await running.nextVerdict()).toMatchObject({ green: true });
    writeFileSync(file, strict.slice(0, -1));
    expect(complaintOf(await on('policy', 'import', file)).says).toMatch(/house\.json is not JSON/);
    expect(changes().map(({ type }) => type)).toEqual([
      'policy-changed',
      'settings-changed',
      'policy-changed',
      'policy-changed',
    ]);
  });
});

describe('the folder of a kiosk that is off', () => {
  it('takes changes and lists them, the newest first', async () => {
    expect((await on('settings', 'set', 'venueName=서울 카페', 'relayMs=700')).code).toBe(0);
    expect((await on('settings', 'get', 'venueName')).out).toBe('venueName=서울 카페\n');
    const listed = jsonLines(await on('settings', 'history', '--json'));
    const sha256 = digestOf(readFileSync(join(site.data, 'settings.json')));
    expect(listed).toMatchObject([
      { version: 2, by: 'shell', members: ['venueName', 'relayMs'], sha256 },
      { version: 1, by: 'file', members: [] },
    ]);
    expect(changes()).toMatchObject([{ type: 'settings-changed', sha256 }]);
  });

  it('with a damaged file says which version is used, starts on it, and is mended by going back', async () => {
    await on('settings', 'set', 'relayMs=700');
    writeFileSync(join(site.data, 'settings.json'), '{"relayMs":');
    const got = await on('settings', 'get', 'relayMs');
    expect(got.out).toBe('relayMs=700\n');
    expect(got.err).toMatch(/version 2 of the settings is used/);
    await start();
    expect((await on('settings', 'restore', '2')).code).toBe(0);
    expect((await on('settings', 'get', 'relayMs')).err).not.toMatch(/version 2/);
  });
});

describe('a clock that is set by hand', () => {
  it('judges passes by it at once, is marked on the screen, and survives a kill of the kiosk', async () => {
    const running = await start();
    const far = '2040-01-01T00:00:00Z';
    const short = site.issue('ticket', '--nbf', '2039-12-31T00:00:00Z');
    running.scan(short);
    expect(await running.nextVerdict()).toMatchObject({ green: false });
    const { code, err } = await on('clock', 'set', far);
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/it moved ahead by \d+ days .* \(\d+ ms\)\nthat is more than a day: .*sets it back\n$/),
    ]);
    await running.until((state) => 'clock' in state && Object(state.clock).handSet === true);
    running.scan(site.issue('ticket', '--nbf', '2039-12-31T00:00:00Z'));
    expect(await running.nextVerdict()).toMatchObject({ green: true });
    await running.kill();
    const again = await start();
    again.scan(site.issue('ticket', '--nbf', '2039-12-31T00:00:00Z'));
    expect(await again.nextVerdict()).toMatchObject({ green: true });
    expect(changes()).toMatchObject([
      { type: 'clock-set', toMs: Date.parse(far) },
      { type: 'clock-set', byMs: 0, clock: 'unsure' },
    ]);
    expect(entriesIn(site.data).filter(({ type }) => type === 'clock-step')).toEqual([]);
  });
});

it.each([
  [0, 'ahead by less than a second (0 ms)'],
  [61_001, 'ahead by 1 minute 1 second (61001 ms)'],
  [-86_400_000, 'back by 1 day (-86400000 ms)'],
  [315_619_199_180, 'ahead by 3652 days 23 hours 59 minutes 59 seconds (315619199180 ms)'],
])('nobody must divide to see that a clock moved by %i ms', (byMs, text) => {
  expect(moveText(byMs)).toBe(text);
});

describe('a call that cannot be carried out', () => {
  it.each([
    [['get', 'relayms'], "there is no setting 'relayms': did you mean relayMs?"],
    [['set'], 'write at least one NAME=VALUE; see --help'],
    [['set', 'relayMs'], "'relayMs' is no NAME=VALUE: write for example relayMs=1500"],
    [['restore', 'last'], "name a version: 'munjigi settings history' lists them"],
    [['schema', 'x'], "'x' is not expected; see --help"],
    [['put'], "say 'munjigi settings get', 'set', 'history', 'restore' or 'schema'; see --help"],
  ])('%j is one sentence', async (args, sentence) => {
    expect(await refusedBy(settings, args[0] === 'schema' ? args : [...args, '--data', site.data])).toBe(sentence);
  });

  it.each([
    [['set', 'noon'], "'noon' is not a time like 2021-12-13T11:40:00+09:00"],
    [['set'], "'' is not a time like 2021-12-13T11:40:00+09:00"],
    [['stop'], "say 'munjigi clock set'; see --help"],
  ])('clock %j is one sentence', async (args, sentence) => {
    expect(await refusedBy(clock, args)).toBe(sentence);
  });
});
