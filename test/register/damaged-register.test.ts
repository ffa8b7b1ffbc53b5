import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openRenewing } from '../../src/register/renew-register.ts';
import { RegisterSite } from '../support/register-site.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
const KEPT_MS = MINUTE_MS + 28 * DAY_MS;
const NOISE = randomBytes(3_000);

const asideIn = ({ folder }: RegisterSite): readonly string[] => {
  const damaged = join(folder, 'damaged');
  return existsSync(damaged) ? readdirSync(damaged).sort() : [];
};
const continuedIn = ({ notes }: RegisterSite) => notes.filter(({ type }) => type === 'register-continued');
const hasNoKeys = ({ paths }: RegisterSite): boolean => readFileSync(paths.registerKeys).every((byte) => byte === 0);
const dayKey = ({ paths }: RegisterSite): Buffer => readFileSync(paths.registerKeys).subarray(4, 36);

/** Overwrites the page that holds the first visits of a register; the others stay as they are. */
function damagePage(path: string): void {
  const db = new Database(path);
  db.pragma('wal_checkpoint(TRUNCATE)');
  const pageBytes = Number(db.pragma('page_size', { simple: true }));
  const page = db.prepare<[], number>("SELECT min(pageno) FROM dbstat WHERE name = 'visit' AND pagetype = 'leaf'");
  const number = page.pluck().get() ?? 0;
  db.close();
  writeSync(openSync(path, 'r+'), randomBytes(pageBytes), 0, pageBytes, (number - 1) * pageBytes);
}

describe('a damaged register shuts nobody out:', () => {
  it.each([
    ['noise', (path: string) => writeFileSync(path, NOISE)],
    ['text', (path: string) => writeFileSync(path, 'not a database, and longer than its header'.repeat(30))],
    ['a half of it', (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2 / 4_096) * 4_096)],
    [
      'a file of another program',
      (path: string) => void new Database(path).exec('PRAGMA user_version = 77777').close(),
    ],
    [
      'tables of another program',
      (path: string) => void new Database(path).exec('DROP TABLE tally; CREATE TABLE tally (a)').close(),
    ],
  ])('%s in the place of register.db, and the next visitor signs', async (_, damage) => {
    const site = new RegisterSite();
    await site.added('010-1111-1111');
    site.register.close();
    damage(site.paths.register);
    const damaged = readFileSync(site.paths.register);
    site.restart();
    expect(site.register.refusal()).toBeNull();
    const [file = '', ...others] = asideIn(site);
    expect([file, others]).toEqual([expect.stringMatching(/^register-20211213T024000000Z\.db$/), []]);
    expect(readFileSync(join(site.folder, 'damaged', file))).toEqual(damaged);
    const before = site.exported().length;
    expect(continuedIn(site)).toEqual([
      { type: 'register-continued', why: expect.stringMatching(/^SQLITE_/), file, visits: before },
    ]);
    await site.added('010-2222-2222');
    expect((await site.opened()).map(({ phone }) => phone)).toContain('010-2222-2222');
    expect(site.register.status()?.authority).toBe('Health office');
    site.restart();
    expect([site.purge(), continuedIn(site).length, site.exported().length]).toEqual([null, 1, before + 1]);
  });

  it('a bad sector under a kiosk at work costs the visits on it and no others, and the office still gets those', async () => {
    const site = new RegisterSite();
    for (let at = 0; at < 30; at += 1) await site.added(`010-1234-56${10 + at}`);
    site.restart();
    damagePage(site.paths.register);
    await site.added('010-2222-2222');
    site.restart();
    const { length } = site.exported();
    expect(length).toBeGreaterThan(15);
    expect(length).toBeLessThan(31);
    expect((await site.opened()).map(({ phone }) => phone)).toEqual(
      expect.arrayContaining(['010-1234-5639', '010-2222-2222']),
    );
    expect(continuedIn(site)).toHaveLength(1);
    site.register.tell();
    expect(site.notes.at(-1)).toMatchObject({ type: 'register-sealed', total: 31 });
  });

  it('a file that was deleted is told, for nobody else would notice', async () => {
    const site = new RegisterSite();
    await site.added();
    site.register.close();
    rmSync(site.paths.register);
    site.restart();
    expect(site.register.refusal()).toBeNull();
    expect(continuedIn(site)).toEqual([
      { type: 'register-continued', why: 'the file was gone', file: null, visits: 0 },
    ]);
    site.restart();
    expect([site.register.refusal(), continuedIn(site).length]).toEqual([null, 1]);
  });

  it('a log that takes nothing hears of it later, and only once', async () => {
    const site = new RegisterSite();
    await site.added();
    site.register.close();
    writeFileSync(site.paths.register, NOISE);
    site.isDiskFull = true;
    site.restart();
    await site.added();
    site.restart();
    expect(continuedIn(site)).toEqual([]);
    site.isDiskFull = false;
    expect([site.register.tell(), site.register.tell(), continuedIn(site).length]).toEqual([null, null, 1]);
  });

  it('a power cut while it is set aside delays it and loses nothing', async () => {
    const site = new RegisterSite();
    await site.added();
    // What a kill between the two renames leaves behind.
    const log = readFileSync(`${site.paths.register}-wal`);
    expect(log.length).toBeGreaterThan(0);
    site.register.close();
    mkdirSync(join(site.folder, 'damaged'));
    const name = 'register-20211213T020000000Z.db';
    writeFileSync(join(site.folder, 'damaged', `${name}-wal`), log);
    writeFileSync(site.paths.register, NOISE);
    site.restart();
    expect(site.register.refusal()).toBeNull();
    expect(asideIn(site)).toEqual([name, `${name}-wal`]);
    expect(continuedIn(site)).toMatchObject([{ file: name }]);
  });

  it('a file that this user may not read is no damage: it stays where it is, and the screen says that nobody can sign', async () => {
    const site = new RegisterSite();
    await site.added();
    site.register.close();
    rmSync(site.paths.register);
    mkdirSync(site.paths.register);
    site.restart();
    expect(await site.refusal()).toMatch(/^the visitor register .* cannot be used: .*; check its owner and the disk$/);
    expect(site.register.status()).toEqual({ authority: null, fingerprint: null });
    expect(site.register.checkpointLines()).toHaveLength(1);
    expect(asideIn(site)).toEqual([]);
    rmSync(site.paths.register, { recursive: true });
    expect([site.purge(), site.register.status()?.authority]).toEqual([null, 'Health office']);
  });
});

describe('lost day keys shut nobody out:', () => {
  it('the register is set aside, for nobody can open its visits, and the next visitor signs', async () => {
    const site = new RegisterSite();
    await site.added('010-1111-1111');
    site.register.close();
    renameSync(site.paths.registerKeys, join(site.folder, 'elsewhere'));
    site.restart();
    expect([site.register.refusal(), asideIn(site).length]).toEqual([null, 1]);
    expect(continuedIn(site)).toMatchObject([{ why: 'day keys were lost', visits: 0 }]);
    await site.added('010-2222-2222');
    expect((await site.opened()).map(({ phone }) => phone)).toEqual(['010-2222-2222']);
  });

  it('also under a kiosk at work, when the next day needs a key', async () => {
    const site = new RegisterSite();
    await site.added('010-1111-1111');
    rmSync(site.paths.registerKeys);
    site.time.advance(DAY_MS);
    await site.added('010-2222-2222');
    expect((await site.opened()).map(({ phone }) => phone)).toEqual(['010-2222-2222']);
    expect(continuedIn(site)).toHaveLength(1);
  });

  it('one damaged key costs its day alone, and what is left of it is overwritten 28 days later', async () => {
    const site = new RegisterSite();
    await site.added('010-1111-1111');
    site.time.advance(DAY_MS);
    await site.added('010-2222-2222');
    site.register.close();
    const bytes = readFileSync(site.paths.registerKeys);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    writeFileSync(site.paths.registerKeys, bytes);
    const left = bytes.subarray(12, 36);
    site.restart();
    expect([site.register.refusal(), continuedIn(site)]).toMatchObject([null, [{ visits: 1 }]]);
    expect((await site.opened()).map(({ phone }) => phone)).toEqual(['010-2222-2222']);
    site.time.advance(KEPT_MS - 1);
    site.purge();
    expect(readFileSync(site.paths.registerKeys).includes(left)).toBe(true);
    site.time.advance(1);
    expect([site.purge(), readFileSync(site.paths.registerKeys).includes(left)]).toEqual([null, false]);
  });

  it('a key that was destroyed in its time is not lost, though its rows are still there', async () => {
    const site = new RegisterSite();
    await site.added();
    const refusing = new Database(site.paths.register);
    refusing.exec("CREATE TRIGGER refuse BEFORE DELETE ON visit BEGIN SELECT RAISE(ABORT, 'refused'); END");
    site.time.advance(KEPT_MS + DAY_MS);
    expect([site.purge(), hasNoKeys(site)]).toEqual([expect.stringMatching(/cannot be written/), true]);
    refusing.exec('DROP TRIGGER refuse');
    refusing.close();
    expect([site.purge(), site.exported(), asideIn(site), continuedIn(site)]).toEqual([null, [], [], []]);
  });
});

describe('a register that was set aside keeps nobody longer than 28 x 24 hours:', () => {
  async function setAside(): Promise<RegisterSite> {
    const site = new RegisterSite();
    await site.added();
    site.register.close();
    writeFileSync(site.paths.register, NOISE);
    site.restart();
    expect(site.register.refusal()).toBeNull();
    return site;
  }

  it('its day keys stay until then, for the office may yet mend the file, and no day longer', async () => {
    const site = await setAside();
    const key = Buffer.from(dayKey(site));
    const holds = (): boolean => readFileSync(site.paths.registerKeys).includes(key);
    site.time.advance(KEPT_MS - 1);
    expect([site.purge(), asideIn(site).length, holds()]).toEqual([null, 1, true]);
    site.time.advance(1);
    expect([site.purge(), asideIn(site).length]).toEqual([null, 0]);
    site.time.advance(DAY_MS);
    expect([site.purge(), holds()]).toEqual([null, false]);
  });

  it('also where the register has been switched off meanwhile', async () => {
    const site = await setAside();
    site.register.close();
    const off = new RegisterSite({ isOn: () => false, paths: site.paths });
    off.time.advance(KEPT_MS + DAY_MS);
    expect([off.purge(), asideIn(site), hasNoKeys(site)]).toEqual([null, [], true]);
  });

  it('also where the clock stood a year ahead when it was set aside', async () => {
    const site = new RegisterSite();
    await site.added();
    site.register.close();
    writeFileSync(site.paths.register, NOISE);
    site.time.stepWall(365 * DAY_MS);
    site.restart();
    expect(site.register.refusal()).toBeNull();
    site.time.stepWall(-365 * DAY_MS);
    site.purge();
    expect(asideIn(site)).toHaveLength(1);
    site.time.advance(KEPT_MS);
    expect([site.purge(), asideIn(site)]).toEqual([null, []]);
  });

  it('also where the one that took its place is damaged in its turn', async () => {
    const site = await setAside();
    site.time.advance(10 * DAY_MS);
    await site.added();
    site.register.close();
    writeFileSync(site.paths.register, NOISE);
    site.restart();
    expect([site.register.refusal(), asideIn(site).length]).toEqual([null, 2]);
    site.time.advance(18 * DAY_MS + MINUTE_MS);
    expect([site.purge(), asideIn(site).length]).toEqual([null, 1]);
    site.time.advance(10 * DAY_MS);
    expect([site.purge(), asideIn(site).length]).toEqual([null, 0]);
  });

  it('a disk that does not let it be set aside still has the keys destroyed in time', async () => {
    const site = new RegisterSite();
    await site.added();
    site.register.close();
    writeFileSync(site.paths.register, NOISE);
    writeFileSync(join(site.folder, 'damaged'), 'no folder');
    site.restart();
    expect(await site.refusal()).toMatch(/^the damaged visitor register .* cannot be set aside: .*; check the disk/);
    expect(site.register.status()?.authority).toBeNull();
    site.time.advance(KEPT_MS + DAY_MS);
    expect([site.purge(), hasNoKeys(site)]).toEqual([expect.stringMatching(/cannot be set aside/), true]);
  });
});

it('a register that was set aside before the time server answered is kept when it does', async () => {
  const site = new RegisterSite();
  for (let visitor = 0; visitor < 40; visitor += 1) await site.added(`010-1111-${1_000 + visitor}`);
  site.register.close();
  damagePage(site.paths.register);
  const nowMs = site.time.wall().atMs;
  const unsure = { atMs: nowMs - 200 * DAY_MS, trusted: false, floorMs: nowMs - DAY_MS };
  const renewed = openRenewing(site.paths, unsure, 'SQLITE_CORRUPT');
  if (!renewed.ok) throw new Error(renewed.error);
  const [aside] = asideIn(site);
  renewed.value.purge(nowMs, { latestMs: nowMs, isVouched: true });
  renewed.value.close();
  expect([asideIn(site), aside]).toEqual([[aside], expect.stringMatching(/^register-/)]);
});

it('a power cut between the two moves that set a register aside keeps what stood in its write-ahead log', async () => {
  const site = new RegisterSite();
  await site.added('010-1111-1111');
  site.register.close();
  site.restart();
  await site.added('010-2222-2222');
  const [register, log] = ['', '-wal'].map((side) => readFileSync(`${site.paths.register}${side}`));
  site.register.close();
  const damaged = join(site.folder, 'damaged');
  mkdirSync(damaged);
  writeFileSync(site.paths.register, register ?? '');
  writeFileSync(join(damaged, 'register-20211213T024000000Z.db-wal'), log ?? '');
  site.restart();
  await site.added('010-3333-3333');
  const phones = (await site.opened()).map(({ phone }) => phone);
  expect(phones).toEqual(expect.arrayContaining(['010-1111-1111', '010-2222-2222', '010-3333-3333']));
});
