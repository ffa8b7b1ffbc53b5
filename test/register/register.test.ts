import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { compactDecrypt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { authorityOf } from '../../src/register/authority.ts';
import { DayKeys } from '../../src/register/day-keys.ts';
import { MAX_SEALING, NO_REGISTER, SEAL_WITHIN_MS } from '../../src/register/register.ts';
import { thumbprintOf } from '../../src/trust/public-jwk.ts';
import { LUNCH_MS } from '../support/passes.ts';
import { healthOffice, listNaming, RegisterSite } from '../support/register-site.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** To the end of its minute, and 28 x 24 hours. */
const KEPT_MS = MINUTE_MS + 28 * 24 * HOUR_MS;

/** Everything in the folder of a register, as one text. */
const bytesOf = ({ folder }: RegisterSite): string =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n');

describe('what a visitor leaves is read by the authority alone:', () => {
  it('number, district and the minute, and nothing else', async () => {
    const site = new RegisterSite();
    const receipt = await site.added('01012345678', '종로구');
    expect(receipt).toEqual({
      authority: 'Health office',
      fingerprint: thumbprintOf(listNaming(site.office.jwk).register?.key ?? expect.fail()),
      deletedAt: new Date(LUNCH_MS + KEPT_MS).toISOString(),
    });
    expect(await site.opened()).toEqual([
      { v: 1, at: '2021-12-13T02:40:00.000Z', phone: '010-1234-5678', district: '종로구' },
    ]);
    expect([site.register.tell(), site.register.tell()]).toEqual([null, null]);
    expect(site.notes).toEqual([{ type: 'register-sealed', to: receipt.fingerprint, visits: 1, total: 1 }]);
  });

  it('its length says nothing, and its header no more than whose key it is', async () => {
    const site = new RegisterSite();
    await site.added('02-123-4567', '중구');
    await site.added('010-1234-5678', '가나다라마바사아자차카타파하거너더러머버');
    // Letters of four bytes each.
    await site.added('010-1234-5678', '\u{10400}'.repeat(20));
    const [first, ...others] = site.exported();
    for (const other of others) expect(other).toHaveLength(first?.length ?? 0);
    expect(decodeProtectedHeader(first ?? '')).toEqual({
      alg: 'ECDH-ES',
      enc: 'A256GCM',
      kid: site.register.status()?.fingerprint,
      epk: { kty: 'EC', crv: 'P-256', x: expect.any(String), y: expect.any(String) },
    });
  });

  it('an export does not say who of one minute came first, and no file knows a second', async () => {
    const site = new RegisterSite();
    const came: string[] = [];
    for (let at = 0; at < 12; at += 1) {
      came.push(`010-1234-56${10 + at}`);
      await site.added(came.at(-1));
      site.time.advance(3_456);
    }
    const given = (await site.opened()).map(({ phone }) => phone);
    expect(given).not.toEqual(came);
    expect([...given].sort()).toEqual(came);
    site.time.stepWall(-HOUR_MS);
    site.purge();
    const db = new Database(site.paths.register, { readonly: true });
    const minutes = db.prepare<[], number>('SELECT DISTINCT minute_ms FROM visit').pluck().all();
    db.close();
    expect(minutes).toEqual([LUNCH_MS - HOUR_MS]);
  });

  it('an export is of whole minutes', async () => {
    const site = new RegisterSite();
    site.time.advance(30_000);
    await site.added();
    const count = (fromMs: number, toMs: number): number => site.exported(LUNCH_MS + fromMs, LUNCH_MS + toMs).length;
    expect([count(59_999, 60_001), count(60_000, 90_000), count(-60_000, 0), count(-60_000, 1)]).toEqual([1, 0, 0, 1]);
  });

  it('no file of the kiosk holds it, nor the sealed text itself', async () => {
    const site = new RegisterSite();
    await site.added();
    const [jwe = ''] = site.exported();
    const disk = bytesOf(site);
    for (const trace of ['1234-5678', '종로구', jwe?.slice(0, 40), jwe?.slice(-40)])
      expect(disk).not.toContain(Buffer.from(trace ?? '').toString('latin1'));
  });

  it('and only this user of the machine may open the files', async () => {
    const site = new RegisterSite();
    await site.added();
    for (const name of readdirSync(site.folder)) expect(statSync(join(site.folder, name)).mode & 0o077).toBe(0);
  });

  it('a box that was moved, bent, or whose day key is gone is told, not guessed', async () => {
    const site = new RegisterSite();
    await site.added();
    site.time.advance(MINUTE_MS);
    await site.added();
    const db = new Database(site.paths.register);
    db.exec('UPDATE visit SET box = (SELECT box FROM visit WHERE id = 1) WHERE id = 2');
    expect(site.exported().map((jwe) => jwe === null)).toEqual([false, true]);
    db.prepare('UPDATE visit SET box = ?').run(Buffer.alloc(10));
    db.close();
    expect(site.exported()).toEqual([null, null]);
    site.restart();
    await site.added();
    truncateSync(site.paths.registerKeys, 0);
    expect(site.exported()).toEqual([null, null, null]);
  });
});

describe('nothing is sealed to a key that the signed list does not vouch for', () => {
  const sentence = (list: Parameters<typeof authorityOf>[0], nowMs = LUNCH_MS): string => {
    const authority = authorityOf(list, nowMs);
    return authority.ok ? expect.fail('there is an authority') : authority.error;
  };

  it('without a list, without an authority, or past the end of the list', () => {
    const { jwk } = healthOffice();
    expect(sentence(null)).toMatch(/needs a signed trust list/);
    expect(sentence(listNaming(null))).toMatch(/names no authority/);
    const list = listNaming(jwk);
    expect(authorityOf(list, list.dates.expiresAtMs - 1)).toMatchObject({ ok: true });
    expect(sentence(list, list.dates.expiresAtMs)).toMatch(/past its end/);
  });

  it('and then the register refuses, in one sentence, and makes no file', async () => {
    const site = new RegisterSite({ list: () => null });
    expect(site.register.refusal()).toMatch(/^the visitor register needs a signed trust list/);
    expect(await site.refusal()).toBe(site.register.refusal());
    expect([site.register.status(), site.register.checkpointLines()]).toEqual([
      { authority: null, fingerprint: null },
      [],
    ]);
    expect(readdirSync(site.folder)).toEqual([]);
  });

  it('a later list may name another key: who came before stays sealed to the earlier one, and the log tells them apart', async () => {
    const [first, second] = [healthOffice(), healthOffice()];
    const until = { exp: LUNCH_MS / 1_000 + 400 * 86_400 };
    let list: ReturnType<typeof listNaming> | null = listNaming(first.jwk, until);
    const site = new RegisterSite({ list: () => list });
    const before = await site.added('010-1111-1111');
    list = listNaming(second.jwk, until);
    expect(site.register.status()?.fingerprint).not.toBe(before.fingerprint);
    site.time.advance(MINUTE_MS);
    const after = await site.added('010-2222-2222');
    const [old = '', fresh = ''] = site.exported().map((jwe) => jwe ?? '');
    await compactDecrypt(old, first.privateKey);
    await compactDecrypt(fresh, second.privateKey);
    await expect(compactDecrypt(old, second.privateKey)).rejects.toThrow();
    site.register.tell();
    expect(site.notes.map((note) => 'to' in note && note.to).sort()).toEqual(
      [before.fingerprint, after.fingerprint].sort(),
    );
    list = listNaming(null);
    expect([await site.refusal(), site.register.status()]).toEqual([
      expect.stringMatching(/names no authority/),
      { authority: null, fingerprint: null },
    ]);
    expect(site.exported()).toEqual([old, fresh]);
  });

  it('a key that is withdrawn while somebody is sealed is not sealed to', async () => {
    let list: ReturnType<typeof listNaming> | null = listNaming(healthOffice().jwk);
    const sealing: ((jwe: string) => void)[] = [];
    const site = new RegisterSite({
      list: () => list,
      seal: () => new Promise((resolve) => sealing.push(resolve)),
    });
    const refused = site.refusal();
    list = listNaming(healthOffice().jwk);
    sealing[0]?.('to the old key');
    expect(await refused).toMatch(/another key .* try again/);
    const withdrawn = site.refusal();
    list = null;
    sealing[1]?.('to the key before');
    expect(await withdrawn).toMatch(/needs a signed trust list/);
    expect(site.exported()).toEqual([]);
  });

  it.each([
    ['on another curve', () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey],
    ['for signing alone', () => generateKeyPairSync('ed25519').publicKey],
    ['of RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey],
    ['that is private', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ])('a list that names a key %s is no list', (_, key) => {
    expect(() => listNaming(key().export({ format: 'jwk' }))).toThrow(/authorities\.register\.jwk/);
  });

  it('nor one whose key is no point of its curve', () => {
    const { jwk } = healthOffice();
    expect(() => listNaming({ ...jwk, x: Buffer.alloc(32, 1).toString('base64url') })).toThrow(/register\.jwk/);
  });

  it('the fingerprint that is shown is the one in every checkpoint', () => {
    const site = new RegisterSite();
    expect(site.register.checkpointLines()).toEqual([`register ${site.register.status()?.fingerprint}`]);
  });

  it('switched off it takes nobody, and still forgets who came before', async () => {
    const site = new RegisterSite();
    await site.added();
    const off = new RegisterSite({ isOn: () => false, paths: site.paths });
    site.register.close();
    expect([off.register.refusal(), off.register.status(), off.register.checkpointLines()]).toEqual([null, null, []]);
    expect(await off.refusal()).toBe(NO_REGISTER);
    off.time.advance(KEPT_MS);
    expect([off.purge(), site.exported().length, off.notes]).toEqual([
      null,
      0,
      [{ type: 'register-deleted', visits: 1, total: 1 }],
    ]);
  });
});

describe('a visitor is told only what is true:', () => {
  it('a hung thread pool makes nobody wait for ever, and what it seals later is thrown away', async () => {
    const hung: ((jwe: string) => void)[] = [];
    const site = new RegisterSite({ seal: () => new Promise((resolve) => hung.push(resolve)) });
    const waiting = Array.from({ length: MAX_SEALING }, () => site.refusal());
    expect(await site.refusal()).toMatch(/too many people/);
    site.time.advance(SEAL_WITHIN_MS);
    for (const sentence of await Promise.all(waiting)) expect(sentence).toMatch(/not stored: try again/);
    // Those that still hang count, or the queue in front of the threads would grow.
    expect(await site.refusal()).toMatch(/too many people/);
    for (const resolve of hung) resolve('late');
    await Promise.resolve();
    expect([site.exported(), site.notes]).toEqual([[], []]);
  });

  it('a log that takes nothing turns nobody away, and hears of everybody once it can, also after a restart', async () => {
    const site = new RegisterSite();
    site.isDiskFull = true;
    const { fingerprint } = await site.added();
    expect(site.register.tell()).toBe(
      'the visitor register cannot be written (SQLITE_FULL): free some space, then try again',
    );
    site.restart();
    await site.added();
    site.isDiskFull = false;
    expect([site.register.tell(), site.notes]).toEqual([
      null,
      [{ type: 'register-sealed', to: fingerprint, visits: 2, total: 2 }],
    ]);
    await site.added();
    site.register.tell();
    expect(site.notes.at(-1)).toMatchObject({ visits: 1, total: 3 });
  });

  it('while the clock is unsure nobody is written down, for nobody would know until when', async () => {
    const site = new RegisterSite();
    site.time.trust(false);
    expect(await site.refusal()).toMatch(/clock is unsure/);
  });

  it('a kiosk that stops takes nobody any more', async () => {
    const site = new RegisterSite();
    site.register.close();
    expect(await site.refusal()).toMatch(/is stopping/);
  });
});

describe('what is 28 x 24 hours old is gone:', () => {
  it('to the minute, when the receipt says, and the log says how many', async () => {
    const site = new RegisterSite();
    site.time.advance(MINUTE_MS - 1);
    const { deletedAt } = await site.added();
    expect(deletedAt).toBe(new Date(LUNCH_MS + KEPT_MS).toISOString());
    site.time.advance(1);
    await site.added();
    site.time.advance(KEPT_MS - MINUTE_MS - 1);
    expect([site.purge(), site.exported().length]).toEqual([null, 2]);
    site.time.advance(1);
    expect([site.purge(), site.exported().length]).toEqual([null, 1]);
    expect(site.notes.at(-1)).toEqual({ type: 'register-deleted', visits: 1, total: 1 });
    site.time.advance(MINUTE_MS);
    expect([site.purge(), site.exported().length]).toEqual([null, 0]);
    expect(site.notes.at(-1)).toEqual({ type: 'register-deleted', visits: 1, total: 2 });
  });

  it('with its day key, once the day is over for everybody', async () => {
    const site = new RegisterSite();
    await site.added();
    const key = readFileSync(site.paths.registerKeys).subarray(4, 36);
    site.time.advance(HOUR_MS);
    await site.added();
    site.time.advance(KEPT_MS - HOUR_MS);
    site.purge();
    expect(readFileSync(site.paths.registerKeys).includes(key)).toBe(true);
    site.time.advance(HOUR_MS);
    site.purge();
    expect(readFileSync(site.paths.registerKeys).every((byte) => byte === 0)).toBe(true);
    await site.added();
    expect(site.exported()).toHaveLength(1);
  });

  it('a clock that ran a year ahead keeps nobody longer than 28 days from its return', async () => {
    const site = new RegisterSite();
    site.time.stepWall(365 * 24 * HOUR_MS);
    await site.added();
    site.time.stepWall(-365 * 24 * HOUR_MS);
    site.purge();
    expect(site.exported()).toHaveLength(1);
    site.time.advance(KEPT_MS);
    site.purge();
    expect(site.exported()).toEqual([]);
  });

  it('a clock that the log does not believe yet dates nobody back to before it', async () => {
    const site = new RegisterSite();
    site.time.stepWall(KEPT_MS);
    await site.added();
    expect(site.register.purge(LUNCH_MS)).toBeNull();
    expect([site.purge(), site.exported().length]).toEqual([null, 1]);
  });

  it('a wrong date by hand has nobody forgotten early, neither while it is there nor when it is put right', async () => {
    const site = new RegisterSite();
    await site.added();
    site.setByHand(LUNCH_MS - 300 * 24 * HOUR_MS);
    site.purge();
    expect(site.exported()).toHaveLength(1);
    site.setByHand(LUNCH_MS + KEPT_MS - 1);
    expect([site.purge(), site.exported().length]).toEqual([null, 1]);
    site.time.advance(1);
    expect([site.purge(), site.exported().length]).toEqual([null, 0]);
  });

  it('one who came under a date by hand that was ahead stays 28 days from when it is put right', async () => {
    const site = new RegisterSite();
    site.setByHand(LUNCH_MS + 300 * 24 * HOUR_MS);
    await site.added();
    site.setByHand(LUNCH_MS);
    site.purge();
    site.time.advance(KEPT_MS - 1);
    expect([site.purge(), site.exported().length]).toEqual([null, 1]);
    site.time.advance(1);
    expect([site.purge(), site.exported().length]).toEqual([null, 0]);
  });

  it('no day of use is without a key while clocks are set to and fro, and the key of each day goes with its last visit', async () => {
    const site = new RegisterSite();
    for (const days of [0, 20, -5, 3, 20, 0, 27]) {
      site.setByHand(LUNCH_MS + days * 24 * HOUR_MS);
      await site.added();
      expect(site.purge()).toBeNull();
    }
    expect(site.exported().every((jwe) => jwe !== null)).toBe(true);
    const db = new Database(site.paths.register, { readonly: true });
    const days = db.prepare<[], number>('SELECT DISTINCT day FROM visit ORDER BY day').pluck().all();
    db.close();
    expect(days.length).toBeGreaterThan(2);
    expect([...DayKeys.read(site.paths.registerKeys).days].sort((one, other) => one - other)).toEqual(days);
    site.time.advance(100 * 24 * HOUR_MS);
    expect([site.purge(), site.exported()]).toEqual([null, []]);
    expect(readFileSync(site.paths.registerKeys).every((byte) => byte === 0)).toBe(true);
  });

  it('a disk that refuses the deletion keeps nobody: the key of the day is destroyed all the same', async () => {
    const site = new RegisterSite();
    await site.added();
    const midnightMs = LUNCH_MS - (LUNCH_MS % (24 * HOUR_MS)) + 24 * HOUR_MS;
    site.time.advance(midnightMs - LUNCH_MS - 1);
    await site.added();
    const refusing = new Database(site.paths.register);
    refusing.exec("CREATE TRIGGER refuse BEFORE DELETE ON visit BEGIN SELECT RAISE(ABORT, 'refused'); END");
    // What a deletion says to a full disk cannot be had from a trigger; what follows is the same.
    site.time.advance(28 * 24 * HOUR_MS);
    expect([site.purge(), site.exported().map((jwe) => jwe === null)]).toEqual([
      expect.stringMatching(/cannot be written/),
      [false, false],
    ]);
    site.time.advance(1);
    expect([site.purge(), site.exported().map((jwe) => jwe === null)]).toEqual([
      expect.stringMatching(/cannot be written/),
      [true, true],
    ]);
    refusing.exec('DROP TRIGGER refuse');
    refusing.close();
    expect([site.purge(), site.exported()]).toEqual([null, []]);
  });

  it('a deletion that the journal could not take is told when it can', async () => {
    const site = new RegisterSite();
    await site.added();
    site.time.advance(KEPT_MS);
    site.isDiskFull = true;
    expect(site.purge()).toMatch(/SQLITE_FULL/);
    expect(site.exported()).toEqual([]);
    site.isDiskFull = false;
    site.restart();
    expect(site.purge()).toBeNull();
    expect(site.purge()).toBeNull();
    expect(site.notes.filter(({ type }) => type === 'register-deleted')).toMatchObject([{ visits: 1, total: 1 }]);
  });

  it('while somebody reads, the log cannot be emptied: it is said, and tried again', async () => {
    const site = new RegisterSite();
    await site.added();
    const reader = new Database(site.paths.register, { readonly: true });
    const box = reader.prepare<[], Buffer>('SELECT box FROM visit').pluck().get() ?? expect.fail();
    reader.exec('BEGIN; SELECT * FROM visit');
    reader.prepare('SELECT * FROM visit').all();
    site.time.advance(KEPT_MS);
    expect(site.purge()).toMatch(/is being read/);
    reader.exec('COMMIT');
    reader.close();
    expect(site.purge()).toBeNull();
    expect(bytesOf(site).includes(box.toString('latin1'))).toBe(false);
  });
});
