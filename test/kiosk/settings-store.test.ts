import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { JournalFault } from '../../src/journal/journal.ts';
import { openStores, type Stores } from '../../src/kiosk/stores.ts';
import { parseAssignment } from '../../src/settings/change.ts';
import { digestOf } from '../../src/settings/history.ts';
import { SimulatedDisk } from '../../src/simulation/simulated-disk.ts';
import { entriesIn } from '../support/entries.ts';
import { LUNCH_MS } from '../support/passes.ts';
import { policyText } from '../support/rules.ts';

let data: string;
let stores: Stores | null = null;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'munjigi-settings-store-'));
});
afterEach(() => {
  stores?.close();
  stores = null;
  rmSync(data, { recursive: true });
});

const path = (...names: readonly string[]): string => join(data, ...names);
const opened = () => openStores(data, new SimulatedTime(LUNCH_MS), 'boot');
/** The stores of a kiosk that has just started, as after the end of the run before. */
async function started(): Promise<Stores> {
  stores?.close();
  const next = await opened();
  if (!next.ok) throw new Error(next.error);
  stores = next.value;
  stores.settingsStore.settle(stores.journal);
  return stores;
}
function set({ settingsStore, journal }: Stores, ...texts: readonly string[]) {
  const assignments = texts.map(parseAssignment);
  return settingsStore.change(
    assignments.flatMap((assignment) => (assignment.ok ? [assignment.value] : [])),
    'shell',
    journal,
  );
}
const importing = ({ settingsStore, journal }: Stores, text: string | Buffer) =>
  settingsStore.importPolicy({ name: 'house.json', bytes: Buffer.from(text) }, 'shell', journal);
const house = (members: object = {}): string => policyText({ id: 'house', ...members });
const changes = () => entriesIn(data).filter(({ type }) => /^(settings|policy)-/.test(type));
const fileDigest = (...names: readonly string[]): string => digestOf(readFileSync(path(...names)));

describe('an owner who changes a setting', () => {
  it('has it at once, over the next start, and in the log with the digest of the file', async () => {
    const kiosk = await started();
    expect(set(kiosk, 'relayMs=700', 'zone=Europe/Berlin')).toEqual({
      ok: true,
      value: { version: 2, members: ['zone', 'relayMs'], restart: [] },
    });
    expect(kiosk.settingsStore.settings()).toMatchObject({ relayMs: 700, zone: 'Europe/Berlin' });
    const entry = { type: 'settings-changed', members: ['zone', 'relayMs'], sha256: fileDigest('settings.json') };
    expect(changes()).toMatchObject([entry]);
    expect((await started()).settingsStore.settings()).toMatchObject({ relayMs: 700, zone: 'Europe/Berlin' });
    expect(changes()).toHaveLength(1);
  });

  it('can go back to what was before any change, and to any version since', async () => {
    const kiosk = await started();
    set(kiosk, 'relayMs=700');
    set(kiosk, 'relayMs=800');
    const { settingsStore, journal } = kiosk;
    expect(settingsStore.restore(2, 'shell', journal)).toMatchObject({ value: { version: 4, members: ['relayMs'] } });
    expect(settingsStore.settings().relayMs).toBe(700);
    expect(settingsStore.restore(1, 'shell', journal)).toMatchObject({ value: { version: 5 } });
    expect(settingsStore.settings().relayMs).toBe(1_500);
    expect(settingsStore.restore(9, 'shell', journal)).toEqual({
      ok: false,
      error: "there is no version 9: 'munjigi settings history' lists them",
    });
  });

  it('to what it is already writes nothing', async () => {
    const kiosk = await started();
    expect(set(kiosk, 'relayMs=1500')).toEqual({ ok: true, value: { version: null, members: [], restart: [] } });
    expect([existsSync(path('settings.json')), existsSync(path('settings-history')), changes()]).toEqual([
      false,
      false,
      [],
    ]);
  });

  it('keeps the names that stickers of today bear until the next start', async () => {
    const kiosk = await started();
    const { venueId, kioskId } = kiosk.settingsStore.settings();
    expect(set(kiosk, 'venueId=cafe', 'environment=test', 'relayMs=700')).toMatchObject({
      value: { restart: ['venueId', 'environment'] },
    });
    expect(kiosk.settingsStore.settings()).toMatchObject({ venueId, kioskId, environment: 'production', relayMs: 700 });
    expect((await started()).settingsStore.settings()).toMatchObject({ venueId: 'cafe', environment: 'test', kioskId });
  });

  it.each([
    [['relayMs=5', 'venueName=Cafe'], /^relayMs is 5: write a whole number from 200 to 10000 milliseconds$/],
    [['policy=nowhere'], /^policy: there is no preset and no file in .*choose one of any-genuine/],
    [
      ['policy=kr-2022-01-10', 'policyParams.validDays=0'],
      /^policyParams\.validDays is 0: write a whole number from 1/,
    ],
    [['policyParams.doses=3'], /^policyParams\.doses is no parameter of this policy: delete it \(it has none\)$/],
  ])('%j is refused before anything is saved', async (texts, sentence) => {
    const kiosk = await started();
    const answer = set(kiosk, ...texts);
    expect(answer.ok ? 'accepted' : answer.error).toMatch(sentence);
    expect(kiosk.settingsStore.settings()).toMatchObject({ relayMs: 1_500, policy: 'any-genuine' });
    expect([existsSync(path('settings.json')), changes()]).toEqual([false, []]);
  });

  it('of the policy is told what to do about the numbers of the old one', async () => {
    const kiosk = await started();
    set(kiosk, 'policy=kr-2022-01-10', 'policyParams.validDays=90');
    const answer = set(kiosk, 'policy=membership');
    expect(answer.ok ? '' : answer.error).toMatch(/ add 'policyParams=' to begin with the policy's own numbers$/);
    expect(set(kiosk, 'policy=membership', 'policyParams=').ok).toBe(true);
    expect(kiosk.settingsStore.policy().id).toBe('membership');
  });

  it('on a disk that is full changes nothing, now or at the next start', async () => {
    const kiosk = await started();
    set(kiosk, 'relayMs=700');
    const disk = new SimulatedDisk(kiosk.journal);
    disk.setFull(true);
    const assignment = parseAssignment('relayMs=900');
    if (!assignment.ok) throw new Error(assignment.error);
    expect(() => kiosk.settingsStore.change([assignment.value], 'shell', disk)).toThrow(JournalFault);
    expect(kiosk.settingsStore.settings().relayMs).toBe(700);
    expect(existsSync(path('settings.json.new'))).toBe(false);
    expect((await started()).settingsStore.settings().relayMs).toBe(700);
    expect(changes()).toHaveLength(1);
  });
});

describe('settings that somebody edited in the file', () => {
  it('are used from the next start, are in the log, and what was before can be had again', async () => {
    set(await started(), 'relayMs=700');
    writeFileSync(path('settings.json'), '{"relayMs":900}');
    const kiosk = await started();
    expect(kiosk.settingsStore.settings().relayMs).toBe(900);
    const entry = { type: 'settings-changed', members: ['relayMs'], sha256: fileDigest('settings.json') };
    expect(changes().slice(1)).toMatchObject([entry]);
    expect(kiosk.settingsStore.restore(2, 'shell', kiosk.journal).ok).toBe(true);
    expect(kiosk.settingsStore.settings().relayMs).toBe(700);
    await started();
    expect(changes()).toHaveLength(3);
  });

  it('and are damaged do not keep the door shut: the version before is used, and that is said', async () => {
    set(await started(), 'relayMs=700');
    const sha256 = fileDigest('settings.json');
    for (const damaged of ['{"relayMs":9', '', '{"relayMs":5}']) {
      writeFileSync(path('settings.json'), damaged);
      const kiosk = await started();
      expect(kiosk.settingsStore.settings().relayMs).toBe(700);
      expect(kiosk.settingsStore.warning).toMatch(/^version 2 of the settings is used, of \S+: .*settings\.json/);
      expect(changes().at(-1)).toMatchObject({ type: 'settings-fallback', using: 2, sha256 });
      // Nobody's work is thrown away by a start.
      expect(readFileSync(path('settings.json'), 'utf8')).toBe(damaged);
    }
    const kiosk = await started();
    expect(set(kiosk, 'relayMs=800')).toMatchObject({ value: { version: 3 } });
    expect(readFileSync(path('settings.json.refused'), 'utf8')).toBe('{"relayMs":5}');
    expect(kiosk.settingsStore.warning).toBeNull();
    expect((await started()).settingsStore.warning).toBeNull();
  });

  it('and are damaged can be mended by going back to the version that is used', async () => {
    set(await started(), 'relayMs=700');
    writeFileSync(path('settings.json'), 'x');
    const kiosk = await started();
    expect(kiosk.settingsStore.restore(2, 'shell', kiosk.journal)).toMatchObject({
      value: { version: 3, members: [] },
    });
    expect((await started()).settingsStore.warning).toBeNull();
  });

  it('and name a policy that is none keep the door shut: it must not open by other rules', async () => {
    set(await started(), 'relayMs=700');
    writeFileSync(path('settings.json'), '{"policy":"gone"}');
    stores?.close();
    stores = null;
    const next = await opened();
    expect(next.ok ? '' : next.error).toMatch(/settings\.json: policy: there is no preset and no file/);
  });
});

describe('a policy file that is imported', () => {
  it('is in the log by its digest, and is used at once where the settings name it', async () => {
    const kiosk = await started();
    expect(importing(kiosk, house())).toMatchObject({ value: { id: 'house', isNew: true } });
    expect(changes()).toMatchObject([{ type: 'policy-changed', id: 'house', sha256: digestOf(house()) }]);
    set(kiosk, 'policy=house');
    const stricter = house({ admits: ['ticket'] });
    importing(kiosk, stricter);
    expect(kiosk.settingsStore.policy().admits).toEqual(['ticket']);
    expect(changes().at(-1)).toMatchObject({ type: 'policy-changed', id: 'house', sha256: digestOf(stricter) });
    const before = changes().length;
    expect(importing(kiosk, stricter)).toMatchObject({ value: { isNew: false } });
    expect((await started()).settingsStore.policy().admits).toEqual(['ticket']);
    expect(changes()).toHaveLength(before);
  });

  it.each([
    ['cut short', house().slice(0, -2), /^house\.json is not JSON/],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), /^house\.json is not UTF-8: save it as plain JSON text$/],
    ['under the id of a preset', policyText({ id: 'membership' }), /^house\.json: id 'membership' is that of a preset/],
    ['under an id that leaves the folder', policyText({ id: '../settings' }), /^house\.json: id is "\.\.\/settings"/],
    ['with a rule that names no operation', house({ rules: [{}] }), /^house\.json: rules\.0/],
    ['with one name twice', '{"id":"a","id":"b"}', /^house\.json is not JSON \(a name is given twice\)/],
    ['without the number that the owner chose', house({ params: {} }), /policyParams\.days is no parameter/],
    [
      'with other limits than the number that the owner chose',
      house({ params: { days: 3 } }),
      /policyParams\.days is 90/,
    ],
  ])('and is %s changes nothing', async (_, file, sentence) => {
    const kiosk = await started();
    const title = { ko: '날', en: 'Days', ja: '日', zh: '天' };
    importing(kiosk, house({ params: { days: { unit: 'days', min: 1, max: 99, default: 9, title } } }));
    set(kiosk, 'policy=house', 'policyParams.days=90');
    const [digest, before] = [fileDigest('policies', 'house.json'), changes().length];
    const answer = importing(kiosk, file);
    expect(answer.ok ? 'accepted' : answer.error).toMatch(sentence);
    expect([fileDigest('policies', 'house.json'), changes().length]).toEqual([digest, before]);
    expect(existsSync(path('policies', 'house.json.new'))).toBe(false);
  });

  it('and was cut short by a kill is finished by the next start, a torn one is cleared away', async () => {
    await started();
    mkdirSync(path('policies'));
    writeFileSync(path('policies', 'house.json.new'), house());
    writeFileSync(path('policies', 'other.json.new'), policyText({ id: 'other' }).slice(0, 40));
    writeFileSync(path('policies', 'alias.json.new'), policyText({ id: 'not-alias' }));
    await started();
    expect(changes()).toMatchObject([{ type: 'policy-changed', id: 'house', sha256: digestOf(house()) }]);
    expect(
      ['house.json', 'house.json.new', 'other.json', 'other.json.new', 'alias.json', 'alias.json.new'].map((name) =>
        existsSync(path('policies', name)),
      ),
    ).toEqual([true, false, false, false, false, false]);
  });

  it('and was then edited by hand is in the log at the next start', async () => {
    const kiosk = await started();
    importing(kiosk, house());
    set(kiosk, 'policy=house');
    const edited = house({ admits: ['ticket'] });
    writeFileSync(path('policies', 'house.json'), edited);
    expect((await started()).settingsStore.policy().admits).toEqual(['ticket']);
    expect(changes().at(-1)).toMatchObject({ type: 'policy-changed', id: 'house', sha256: digestOf(edited) });
    const before = changes().length;
    await started();
    expect(changes()).toHaveLength(before);
  });
});

it.skipIf(process.getuid?.() === 0)(
  'settings in a folder that cannot be written are refused in one sentence',
  async () => {
    const kiosk = await started();
    chmodSync(data, 0o500);
    try {
      const answer = set(kiosk, 'relayMs=700');
      expect(answer.ok ? '' : answer.error).toMatch(/^cannot write .*settings\.json: .*; check the folder's owner/);
    } finally {
      chmodSync(data, 0o700);
    }
    expect(kiosk.settingsStore.settings().relayMs).toBe(1_500);
  },
);
