import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { openStores } from '../../src/kiosk/stores.ts';
import { parseAssignment } from '../../src/settings/change.ts';
import { digestOf, SettingsHistory } from '../../src/settings/history.ts';
import { entriesIn } from '../support/entries.ts';
import { LUNCH_MS } from '../support/passes.ts';
import { policyText } from '../support/rules.ts';
import { hasStrace } from '../support/strace.ts';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const CALLS = ['pwrite64', 'write', 'fsync', 'fdatasync', 'rename', 'mkdir', 'ftruncate'] as const;
/** More of one call than a save makes: the loop ends at the first run that nothing has killed. */
const MOST_CALLS = 60;
const SIGKILLED = 'SIGKILL';
const [OLD_MS, NEW_MS] = [700, 900];
const [oldHouse, newHouse] = [policyText({ id: 'house' }), policyText({ id: 'house', admits: ['ticket'] })];
/** Which settings and which last entry a kill left behind. */
const seen = new Set<string>();

const folder = mkdtempSync(join(tmpdir(), 'munjigi-settings-kill-'));
afterAll(() => rmSync(folder, { recursive: true }));
const script = join(folder, 'save.mjs');
writeFileSync(
  script,
  `import { openStores } from ${JSON.stringify(join(DIST, 'kiosk/stores.js'))};
import { SimulatedTime } from ${JSON.stringify(join(DIST, 'devices/clock/simulated-time.js'))};
const opened = await openStores(process.argv[2], new SimulatedTime(${LUNCH_MS}), 'boot');
const { settingsStore, journal, close } = opened.value;
const done = process.argv[3] === 'settings'
  ? settingsStore.change([{ name: 'relayMs', part: null, value: '${NEW_MS}' }], 'shell', journal)
  : settingsStore.importPolicy({ name: 'house.json', bytes: Buffer.from(${JSON.stringify(newHouse)}) }, 'shell', journal);
close();
if (!done.ok) throw new Error(done.error);
`,
);

async function openAt(data: string) {
  const opened = await openStores(data, new SimulatedTime(LUNCH_MS), 'boot');
  if (!opened.ok) throw new Error(opened.error);
  opened.value.settingsStore.settle(opened.value.journal);
  return opened.value;
}
function assignmentOf(text: string) {
  const parsed = parseAssignment(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return [parsed.value];
}

const before = join(folder, 'before');
beforeAll(async () => {
  const stores = await openAt(before);
  const { settingsStore, journal } = stores;
  settingsStore.importPolicy({ name: 'house.json', bytes: Buffer.from(oldHouse) }, 'shell', journal);
  settingsStore.change([...assignmentOf(`relayMs=${OLD_MS}`), ...assignmentOf('policy=house')], 'shell', journal);
  stores.close();
});

/** Saves and is killed at the given call about what is kept; true if it was. */
function killedAt(data: string, what: 'settings' | 'policy', call: string, when: number): boolean {
  const names = ['settings.json', 'settings.json.new', 'journal.db', 'journal.db-wal', 'journal.db-shm', '.'];
  const kept = ['settings-history', 'settings-history/000003.json', 'settings-history/000003.json.new'];
  const policies = ['policies', 'policies/house.json', 'policies/house.json.new'];
  const watched = [...names, ...kept, ...policies].flatMap((name) => ['-P', join(data, name)]);
  const inject = `inject=${call}:signal=${SIGKILLED}:when=${when}`;
  const args = ['-f', '-qq', '-o', '/dev/null', ...watched, '-e', `trace=${call}`, '-e', inject];
  const run = spawnSync('strace', [...args, process.execPath, script, data, what]);
  if (run.signal !== SIGKILLED && run.status !== 0) throw new Error(run.stderr.toString());
  return run.signal === SIGKILLED;
}

const lastOf = (data: string, type: 'settings-changed' | 'policy-changed'): string => {
  const last = entriesIn(data).findLast((entry) => entry.type === type);
  return last !== undefined && 'sha256' in last ? String(last.sha256) : 'none';
};

async function eachKill(
  what: 'settings' | 'policy',
  call: string,
  check: (data: string, wasKilled: boolean, at: string) => Promise<void>,
): Promise<void> {
  for (let when = 1; when <= MOST_CALLS; when += 1) {
    const data = mkdtempSync(join(folder, 'cut-'));
    cpSync(before, data, { recursive: true });
    const wasKilled = killedAt(data, what, call, when);
    await check(data, wasKilled, `${call} ${when}`);
    rmSync(data, { recursive: true });
    if (!wasKilled) return;
  }
  throw new Error(`${call} was made more than ${MOST_CALLS} times`);
}

describe.skipIf(!hasStrace)('a save that is killed at any step', () => {
  it.each(CALLS)(
    '%s: the settings are the old ones or the new ones, and the log says which',
    async (call) => {
      await eachKill('settings', call, async (data, wasKilled, at) => {
        const path = join(data, 'settings.json');
        const logged = lastOf(data, 'settings-changed') === digestOf(readFileSync(path)) ? 'told' : 'not yet told';
        const stores = await openAt(data);
        const { settingsStore, journal } = stores;
        const { relayMs } = settingsStore.settings();
        const digest = digestOf(readFileSync(path));
        expect([OLD_MS, NEW_MS], at).toContain(relayMs);
        expect(settingsStore.warning, at).toBeNull();
        expect(lastOf(data, 'settings-changed'), at).toBe(digest);
        expect(new SettingsHistory(join(data, 'settings-history')).newest()?.sha256, at).toBe(digest);
        expect(existsSync(`${path}.new`), at).toBe(false);
        if (!wasKilled) expect(relayMs, at).toBe(NEW_MS);
        else seen.add(`${relayMs}, ${logged}`);
        const again = settingsStore.change(assignmentOf(`relayMs=${NEW_MS}`), 'shell', journal);
        expect(again.ok ? settingsStore.settings().relayMs : again.error, at).toBe(NEW_MS);
        stores.close();
      });
    },
    240_000,
  );

  it('is killed before, between and after file and log', () => {
    expect([...seen].sort()).toEqual([`${OLD_MS}, not yet told`, `${OLD_MS}, told`, `${NEW_MS}, told`]);
  });

  it.each(['write', 'fsync', 'rename', 'pwrite64'])(
    '%s: the policy is the old one or the new one, and the log says which',
    async (call) => {
      await eachKill('policy', call, async (data, wasKilled, at) => {
        const stores = await openAt(data);
        const digest = digestOf(readFileSync(join(data, 'policies', 'house.json')));
        expect([digestOf(oldHouse), digestOf(newHouse)], at).toContain(digest);
        expect(lastOf(data, 'policy-changed'), at).toBe(digest);
        const admitsAll = stores.settingsStore.policy().admits.length > 1;
        expect(admitsAll ? digestOf(oldHouse) : digestOf(newHouse), at).toBe(digest);
        expect(existsSync(join(data, 'policies', 'house.json.new')), at).toBe(false);
        if (!wasKilled) expect(digest, at).toBe(digestOf(newHouse));
        stores.close();
      });
    },
    240_000,
  );
});
