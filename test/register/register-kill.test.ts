import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { compactDecrypt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import type { Note } from '../../src/journal/entry.ts';
import { DayKeys } from '../../src/register/day-keys.ts';
import { sealedVisits } from '../../src/register/export.ts';
import { Register } from '../../src/register/register.ts';
import { openRegisterReader } from '../../src/register/register-file.ts';
import { LUNCH_MS } from '../support/passes.ts';
import { healthOffice, listNaming } from '../support/register-site.ts';
import { hasStrace } from '../support/strace.ts';
import { listPayload } from '../support/trust-publisher.ts';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const CALLS = ['pwrite64', 'fsync', 'ftruncate', 'unlink'] as const;
/** More of one call than a run makes: the loop ends at the first run that nothing has killed. */
const MOST_CALLS = 80;
const SIGKILLED = 'SIGKILL';
const KEPT_MS = 28 * 86_400_000 + 60_000;
const EARLIER = 5;
const office = healthOffice();
const LIST_UNTIL_S = LUNCH_MS / 1_000 + 400 * 86_400;

const folder = mkdtempSync(join(tmpdir(), 'munjigi-register-kill-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The register of a folder, as the built kiosk has it; a receipt is a line, as the log is. */
const script = join(folder, 'visits.mjs');
writeFileSync(
  script,
  `import { appendFileSync, readFileSync } from 'node:fs';
import { Register } from ${JSON.stringify(join(DIST, 'register/register.js'))};
import { SimulatedTime } from ${JSON.stringify(join(DIST, 'devices/clock/simulated-time.js'))};
import { parseTrustList } from ${JSON.stringify(join(DIST, 'trust/trust-list.js'))};
const [, , data, atMs, visits] = process.argv;
const time = new SimulatedTime(Number(atMs));
const list = parseTrustList(readFileSync(${JSON.stringify(join(folder, 'list.json'))}), 'list');
const paths = { register: data + '/register.db', registerKeys: data + '/days.keys' };
const journal = { record: (note) => appendFileSync(data + '/log', JSON.stringify(note) + '\\n') };
const register = new Register({ paths, isOn: () => true, clock: time, timers: time, journal, list: () => list.value });
for (let at = 0; at < Number(visits); at += 1) {
  const added = await register.add('010-7777-000' + at, '종로구');
  if (!added.ok) throw new Error(added.error);
  appendFileSync(data + '/receipts', '010-7777-000' + at + '\\n');
}
const untold = register.purge(Number(atMs));
if (untold !== null) throw new Error(untold);
register.close();
`,
);

const pathsIn = (data: string) => ({ register: join(data, 'register.db'), registerKeys: join(data, 'days.keys') });
const linesIn = (path: string): readonly string[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
const notesIn = (data: string): readonly Note[] => linesIn(join(data, 'log')).map((line) => JSON.parse(line) as Note);

const before = join(folder, 'before');
beforeAll(() => {
  mkdirSync(before);
  const authorities = { register: { jwk: office.jwk, title: 'Health office' } };
  writeFileSync(join(folder, 'list.json'), JSON.stringify(listPayload(1, { authorities, exp: LIST_UNTIL_S })));
  const made = spawnSync(process.execPath, [script, before, String(LUNCH_MS), String(EARLIER)]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
});

/** Runs the script and kills it at the given call about what is kept; true if it was. */
function killedAt(data: string, atMs: number, visits: number, call: string, when: number): boolean {
  const names = ['register.db', 'register.db-wal', 'register.db-shm', 'days.keys', '.'];
  const watched = names.flatMap((name) => ['-P', join(data, name)]);
  const inject = `inject=${call}:signal=${SIGKILLED}:when=${when}`;
  const args = ['-f', '-qq', '-o', '/dev/null', ...watched, '-e', `trace=${call}`, '-e', inject];
  const run = spawnSync('strace', [...args, process.execPath, script, data, String(atMs), String(visits)]);
  if (run.signal !== SIGKILLED && run.status !== 0) throw new Error(run.stderr.toString());
  return run.signal === SIGKILLED;
}

/** Opens the folder again as the next start does, and lets it look after what is due. */
function startedAgain(data: string, atMs: number): { readonly notes: readonly Note[] } {
  const time = new SimulatedTime(atMs);
  const notes: Note[] = [...notesIn(data)];
  const journal = { record: (note: Note) => notes.push(note) };
  const list = listNaming(office.jwk, { exp: LIST_UNTIL_S });
  const around = { isOn: () => true, clock: time, timers: time, journal, list: () => list };
  const register = new Register({ paths: pathsIn(data), ...around });
  expect(register.purge(atMs)).toBeNull();
  register.close();
  return { notes };
}

async function phonesIn(data: string): Promise<readonly string[]> {
  const db = openRegisterReader(join(data, 'register.db'));
  if (!db.ok) throw new Error(db.error.says);
  const keys = DayKeys.read(join(data, 'days.keys'));
  const sealed = [...sealedVisits(db.value, keys)({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })];
  db.value.close();
  const opened = sealed.map(async (jwe) => {
    const { plaintext } = await compactDecrypt(jwe ?? 'lost', office.privateKey);
    return (JSON.parse(Buffer.from(plaintext).toString()) as { readonly phone: string }).phone;
  });
  return Promise.all(opened);
}

const totalOf = (notes: readonly Note[], type: 'register-sealed' | 'register-deleted'): number => {
  const last = notes.findLast((note) => note.type === type);
  return last !== undefined && 'total' in last ? last.total : 0;
};

async function eachKill(
  call: string,
  atMs: number,
  visits: number,
  check: (data: string, at: string) => Promise<void>,
): Promise<number> {
  for (let when = 1; when <= MOST_CALLS; when += 1) {
    const data = mkdtempSync(join(folder, 'cut-'));
    cpSync(before, data, { recursive: true });
    rmSync(join(data, 'receipts'));
    const wasKilled = killedAt(data, atMs, visits, call, when);
    await check(data, `${call} ${when}`);
    rmSync(data, { recursive: true });
    if (!wasKilled) return when - 1;
  }
  throw new Error(`${call} was made more than ${MOST_CALLS} times`);
}

let kills = 0;

describe.skipIf(!hasStrace)('a kiosk that is killed at any step', () => {
  it.each(CALLS)(
    '%s of a visit: whoever had a receipt is there and can be opened, and the log hears of everybody',
    async (call) => {
      kills += await eachKill(call, LUNCH_MS, 1, async (data, at) => {
        const receipts = linesIn(join(data, 'receipts'));
        const { notes } = startedAgain(data, LUNCH_MS);
        const phones = await phonesIn(data);
        for (const phone of receipts) expect(phones.filter((one) => one === phone).length, at).toBeGreaterThan(0);
        expect(phones.length - EARLIER - receipts.length, at).toBeOneOf([0, 1]);
        expect(totalOf(notes, 'register-sealed'), at).toBe(phones.length);
      });
    },
    240_000,
  );

  it.each(CALLS)(
    '%s of a deletion: after the next start nothing is left, and the log says how many',
    async (call) => {
      const db = new Database(join(before, 'register.db'), { readonly: true });
      const boxes = db.prepare<[], Buffer>('SELECT box FROM visit').pluck().all();
      db.close();
      const key = readFileSync(join(before, 'days.keys')).subarray(4, 36);
      kills += await eachKill(call, LUNCH_MS + KEPT_MS, 0, async (data, at) => {
        const { notes } = startedAgain(data, LUNCH_MS + KEPT_MS);
        const disk = readdirSync(data).map((name) => readFileSync(join(data, name)));
        expect(disk.filter((bytes) => [...boxes, key].some((trace) => bytes.includes(trace))).length, at).toBe(0);
        expect(await phonesIn(data), at).toEqual([]);
        expect(totalOf(notes, 'register-deleted'), at).toBe(EARLIER);
      });
    },
    240_000,
  );

  it('is killed at many of them', () => expect(kills).toBeGreaterThan(50));
});
