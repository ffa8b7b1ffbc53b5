import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { journal } from '../../src/commands/journal.ts';
import { notesIn } from '../../src/journal/checkpoint-code.ts';
import { sha256 } from '../../src/journal/native-crypto.ts';
import { dataFolderAt, lockDataFolder } from '../../src/kiosk/data-folder.ts';
import { complaintOf, ran } from '../support/command.ts';
import { typesIn } from '../support/entries.ts';
import { refusedBy } from '../support/in-process.ts';
import { hasZbar, readCode } from '../support/zbar.ts';

let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-proofs-'));
  data = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true }));

const on = (...args: readonly string[]) => ran(['journal', ...args, '--data', data], { cwd: folder });
const file = (name: string): string => join(folder, name);
/** An entry to be proven: a sticker that somebody asked for. */
const stickerIn = (where: string) => ran(['sticker', 'issue', '--kind', 'ticket', '--data', where]);
const keyIn = ({ err }: { readonly err: string }): string => /key[^:\n]*: (\S+)$/m.exec(err)?.[1] ?? '';

describe('what an owner hands to a stranger', () => {
  it('is checked by the stranger with the key that was told on the telephone', async () => {
    await stickerIn(data);
    const exported = await on('export', '--out', file('stick'));
    const key = keyIn(exported);
    expect([exported.code, key.startsWith('munjigi/venue/')]).toEqual([0, true]);
    const check = () => ran(['journal', 'verify', '--export', file('stick'), '--key', key]);
    const clean = await check();
    expect([clean.code, clean.out]).toEqual([0, expect.stringMatching(/^This log is as it was signed\.\n/)]);
    // The clock of the machine that runs this test may be one that nobody vouches for.
    expect(clean.out).toMatch(/unwitnessed since (20|a time that no sure clock tells)/);
    expect(typesIn(data)).toContain('log-exported');
    expect(readFileSync(file('stick/verify.html'), 'utf8')).toContain("default-src 'none'");

    symlinkSync(file('stick/checkpoints.txt'), file('kept'));
    for (const own of [file('stick/checkpoints.txt'), file('kept'), file('stick/key.txt')]) {
      const refused = await ran(['journal', 'verify', '--export', file('stick'), '--key', key, '--checkpoint', own]);
      expect(complaintOf(refused)).toMatchObject({
        code: 2,
        says: expect.stringMatching(/(kept|txt) is of the export itself/),
      });
    }

    const entries = readFileSync(file('stick/entries.jsonl'), 'utf8');
    writeFileSync(file('stick/entries.jsonl'), entries.replace('"kind":"ticket"', '"kind":"member"'));
    const bent = await check();
    expect([bent.code, bent.out]).toEqual([1, expect.stringMatching(/not the entries that were signed/)]);
  });

  it('is told that a part is a part, unless they say that they asked for one', async () => {
    await stickerIn(data);
    await stickerIn(data);
    await on('checkpoint');
    const exported = await on('export', '--out', file('stick'), '--from', '1');
    expect([exported.code, exported.err]).toEqual([0, expect.stringContaining('unless it is told --from 1')]);
    const check = ['journal', 'verify', '--export', file('stick'), '--key', keyIn(exported)];
    const untold = await ran(check);
    expect([untold.code, untold.out]).toEqual([
      1,
      expect.stringMatching(/^Only a part of the log is here.*\nEntry 0: These are not in this export/),
    ]);
    const told = await ran([...check, '--from', '1']);
    expect([told.code, told.out]).toEqual([0, expect.stringMatching(/^This log is as it was signed\.\n/)]);
  });

  it('or is one entry alone with its proof', async () => {
    await stickerIn(data);
    const proof = await on('prove', '0', '--out', file('0.tlog-proof'));
    expect(proof.code).toBe(0);
    const key = keyIn(await on('checkpoint'));
    const checked = await ran(['journal', 'verify', '--proof', file('0.tlog-proof'), '--key', key]);
    expect([checked.code, JSON.parse(checked.out)]).toMatchObject([0, { seq: 0, type: 'sticker-issued' }]);
    const text = readFileSync(file('0.tlog-proof'), 'utf8').replace('index 0', 'index 1');
    writeFileSync(file('1.tlog-proof'), text);
    expect((await ran(['journal', 'verify', '--proof', file('1.tlog-proof'), '--key', key])).code).toBe(1);
  });

  it('shows that the log in the kiosk itself was changed', async () => {
    await stickerIn(data);
    const head = await on('checkpoint');
    expect((await on('verify', '--json')).code).toBe(0);
    const db = new Database(join(data, 'journal.db'));
    db.exec("UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'ticket', 'member') AS BLOB) WHERE seq = 0");
    db.close();
    const bent = await on('verify', '--json');
    expect([bent.code, JSON.parse(bent.out)]).toMatchObject([
      1,
      { problems: [{ code: 'root-differs', seq: 0, upTo: 0 }] },
    ]);
    writeFileSync(file('kept'), head.out);
    const witnessed = await on('verify', '--checkpoint', file('kept'));
    expect([witnessed.code, witnessed.out]).toEqual([1, expect.stringContaining('does not fit these changed entries')]);
    expect(witnessed.out).not.toContain('somebody with the key');
  });
});

it('an owner whose disk has damaged the log is told what is left, and that an export holds none of it', async () => {
  await stickerIn(data);
  const db = new Database(join(data, 'journal.db'));
  db.pragma('wal_checkpoint(TRUNCATE)');
  const root = db.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'entry'").pluck().get() ?? 1;
  const size = Number(db.pragma('page_size', { simple: true }));
  db.close();
  const bytes = readFileSync(join(data, 'journal.db'));
  writeFileSync(join(data, 'journal.db'), bytes.fill(0xff, (root - 1) * size, root * size));
  const unread = await on('verify');
  expect([unread.code, unread.err]).toEqual([2, expect.stringContaining('verify --damaged')]);
  await on('checkpoint');
  const exported = await on('export', '--out', file('stick'));
  expect([exported.code, exported.err]).toEqual([0, expect.stringMatching(/nothing from before .* damaged one/)]);
});

it('an inspector is given what a damaged disk has left of the log, and not the file with its salts', async () => {
  for (let at = 0; at < 3; at += 1) await stickerIn(data);
  const key = keyIn(await on('checkpoint'));
  const db = new Database(join(data, 'journal.db'));
  const count = db.prepare<[], number>('SELECT count(*) FROM entry').pluck().get() ?? 0;
  db.exec("UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'ticket', 'member') AS BLOB) WHERE seq = 1");
  db.close();
  await on('checkpoint');
  const [aside = ''] = readdirSync(join(data, 'damaged'));
  const exported = await on('export', '--damaged', join(data, 'damaged', aside), '--out', file('rest'));
  expect([exported.code, exported.err]).toEqual([0, expect.stringContaining('Entry 1: changed or damaged.')]);
  expect(readdirSync(file('rest')).toSorted()).toEqual(['checkpoints.txt', 'entries.jsonl', 'key.txt', 'verify.html']);
  const entries = readFileSync(file('rest/entries.jsonl'), 'utf8').trimEnd().split('\n');
  expect(entries.map((entry) => (JSON.parse(entry) as { seq: number }).seq)).toEqual(
    Array.from({ length: count }, (_, seq) => seq).filter((seq) => seq !== 1),
  );
  const read = new Database(join(data, 'journal.db'), { readonly: true });
  const told = read
    .prepare<[], string>("SELECT CAST(bytes AS TEXT) FROM entry WHERE CAST(bytes AS TEXT) LIKE '%log-exported%'")
    .pluck();
  expect(JSON.parse(told.get() ?? '{}')).toMatchObject({ type: 'log-exported', from: 0, damaged: aside });
  read.close();
  const checked = await ran(['journal', 'verify', '--export', file('rest'), '--key', key, '--json']);
  expect([checked.code, JSON.parse(checked.out)]).toMatchObject([
    1,
    { problems: [{ code: 'seq-broken', seq: 1 }, {}] },
  ]);
  expect(complaintOf(await on('export', '--damaged', file('none'), '--out', file('more')))).toMatchObject({
    code: 2,
    says: expect.stringContaining('cannot read'),
  });
});

describe('two kiosks without any server between them', () => {
  it('vouch for each other, and an older copy that is put back is found', async () => {
    const other = file('other');
    mkdirSync(other);
    await stickerIn(data);
    const key = keyIn(await on('checkpoint'));
    writeFileSync(file('shown'), (await on('checkpoint', '--since', '0')).out);
    const signed = await ran(['journal', 'cosign', file('shown'), '--log-key', key, '--data', other]);
    expect(signed.code).toBe(0);
    writeFileSync(file('kept'), signed.out);
    const witness = ['--checkpoint', file('kept'), '--witness-key', keyIn(signed)];
    const vouched = await on('verify', '--json', ...witness);
    expect(JSON.parse(vouched.out)).toMatchObject({ problems: [], witnessedSize: 1 });
    const logKey = keyIn(await ran(['journal', 'checkpoint', '--data', other]));
    const byLogKey = await on('verify', '--checkpoint', file('kept'), '--witness-key', logKey);
    expect([byLogKey.code, byLogKey.out]).toEqual([0, expect.stringContaining('No countersignature here is by')]);
    expect(complaintOf(await on('witness', file('kept'), '--witness-key', logKey))).toMatchObject({
      code: 2,
      says: expect.stringMatching(/^no countersignature here is by that key: give the key/),
    });

    // Shown again without the proof since then, it is not signed again.
    await stickerIn(data);
    writeFileSync(file('shown'), (await on('checkpoint', '--since', '0')).out);
    const again = await ran(['journal', 'cosign', file('shown'), '--log-key', key, '--data', other]);
    expect(complaintOf(again)).toMatchObject({ code: 2, says: expect.stringMatching(/ask for the proof since 1/) });
    writeFileSync(file('shown'), (await on('checkpoint', '--since', '1')).out);
    const later = await ran(['journal', 'cosign', file('shown'), '--log-key', key, '--data', other]);
    writeFileSync(file('kept'), later.out);

    const db = new Database(join(data, 'journal.db'));
    db.exec('DELETE FROM entry WHERE seq >= 1; DELETE FROM checkpoint WHERE size > 1');
    db.close();
    rmSync(join(data, 'journal.head'));
    const rolledBack = await on('verify', '--json', ...witness);
    expect(JSON.parse(rolledBack.out)).toMatchObject({ problems: [{ code: 'witness-longer' }] });
    const { out } = await on('verify', ...witness);
    expect([out.includes('an older copy was put back.'), out.includes('this export')]).toEqual([true, false]);
  });

  it('carry codes from screen to screen, and the first then says by whom it is witnessed', async () => {
    const other = file('other');
    mkdirSync(other);
    const cosigned = (data: string) => ran(['journal', 'cosign', file('code'), '--data', data]);
    await stickerIn(data);
    writeFileSync(file('code'), (await on('checkpoint', '--code')).out);
    const signed = await cosigned(other);
    expect([signed.code, signed.out]).toEqual([0, expect.stringMatching(/^MJC1:[0-9A-Z $%*+./:-]+\n$/)]);
    writeFileSync(file('signed'), signed.out);
    const kept = await on('witness', file('signed'));
    expect([kept.code, kept.out]).toEqual([0, expect.stringMatching(/vouches for the first 1 entries/)]);
    const name = /munjigi\/\S+/.exec(kept.out)?.[0];
    const verified = await on('verify');
    expect(verified.out).toContain(`A witness (${name}) vouches for the first 1. unwitnessed since 20`);
    expect(verified.err).toContain(`witness key kept here: ${keyIn(signed)}`);
    expect(typesIn(data)).toContain('log-witnessed');
    expect(typesIn(other)).toEqual(['log-countersigned']);

    const known = (where: string) => ran(['journal', 'known', '--json', '--data', where]);
    const [ofData, ofOther] = [JSON.parse((await known(data)).out), JSON.parse((await known(other)).out)];
    expect([ofData, ofOther]).toMatchObject([
      { log: name, seen: null, witnessed: 1 },
      { seen: 1, witnessed: null },
    ]);
    // Who vouches for this log stays known; what was only seen of another one is forgotten.
    const forget = (log: string, where: string) => ran(['journal', 'known', '--forget', log, '--data', where]);
    expect(complaintOf(await forget(ofData.log, data))).toMatchObject({
      code: 2,
      says: expect.stringMatching(/has met no log/),
    });
    expect((await forget(ofOther.log, other)).code).toBe(0);
    expect([(await known(other)).out, typesIn(other).at(-1)]).toEqual(['', 'log-forgotten']);

    // What the other kiosk has shown of itself is not a countersignature of this log.
    expect(complaintOf(await on('witness', file('code')))).toMatchObject({ code: 2 });
    expect(complaintOf(await cosigned(data)).says).toMatch(/this kiosk itself/);
    writeFileSync(file('code'), 'MJC1:ABC');
    expect(complaintOf(await cosigned(other)).says).toMatch(/^this/);
  });

  it.skipIf(!hasZbar)(
    `and a telephone keeps a checkpoint as a picture${hasZbar ? '' : ' (skipped: install zbar-tools)'}`,
    async () => {
      await stickerIn(data);
      const { out, err } = await on('checkpoint', '--qr', file('head.png'));
      const read = readCode(readFileSync(file('head.png')), folder);
      expect(notesIn(sha256, read)).toEqual([out]);
      writeFileSync(file('photographed'), read);
      const vouched = await on('verify', '--json', '--checkpoint', file('photographed'), '--key', keyIn({ err }));
      expect(JSON.parse(vouched.out)).toMatchObject({ problems: [], witnessedSize: 1, witnessedBy: [] });
    },
  );
});

describe('a wrong call says in one sentence what to do', () => {
  const empty = mkdtempSync(join(tmpdir(), 'munjigi-empty-'));
  beforeAll(() => ran(['journal', 'checkpoint', '--data', empty]));
  afterAll(() => rmSync(empty, { recursive: true }));

  it.each([
    [['prove'], /the number of the entry is missing/],
    [['prove', 'first'], /SEQ must be the number of an entry/],
    [['verify', '--key', 'x'], /this is no verifier key/],
    [['verify', '--export', 'nowhere'], /nowhere.* cannot be read/],
    [['verify', '--export', '.', '--to', '1'], /--to is for the log of this kiosk/],
    [['verify', '--proof', 'nowhere'], /nowhere cannot be read/],
    [['verify', '--to', '9'], /there is no such stretch/],
    [['verify', '--checkpoint', '/dev/null'], /^\/dev\/null holds no checkpoint/],
    [
      ['verify', '--from', '5', '--to', '3'],
      /^the end of the stretch lies before its beginning: --to 3 must be 5 or more$/,
    ],
    [['export', '--from', '7', '--out', 'new'], /^--from names entry 7 and the log has 0 signed entries$/],
    [['export'], /--out DIR is missing/],
    [['export', '--out', '.'], /is there already/],
    [['cosign', 'x'], /x cannot be read/],
    [['cosign', import.meta.filename], /--log-key VKEY is missing/],
    [['witness', import.meta.filename], /--witness-key VKEY is missing/],
    [['witness'], /the file with the countersigned checkpoint is missing/],
    [['checkpoint', '--since', '-1'], /--since/],
    [['checkpoint', '--since', '5'], /the log has 0/],
    [['erase'], /say 'munjigi journal tail'/],
  ])('%j', async (args, sentence) => {
    const own = args.includes('--proof') || args[0] === 'erase' ? [] : ['--data', empty];
    expect(await refusedBy(journal, [...args, ...own])).toMatch(sentence);
  });
});

describe('a call that is refused', () => {
  it('leaves no entry that the log was given away where there was no place for it', async () => {
    await stickerIn(data);
    const { code, says } = complaintOf(await on('export', '--out', file('nowhere/stick')));
    expect([code, says]).toEqual([2, expect.stringMatching(/nowhere\/stick cannot be written/)]);
    expect(typesIn(data)).toEqual(['sticker-issued']);
  });

  it('leaves no empty folder where the entry was refused, so that the next try can use its name', async () => {
    await stickerIn(data);
    await on('checkpoint');
    const kiosk = lockDataFolder(dataFolderAt(data));
    expect((await on('export', '--out', file('stick'))).code).toBe(2);
    expect(readdirSync(folder)).not.toContain('stick');
    if (kiosk.ok) kiosk.value.release();
    expect((await on('export', '--out', file('stick'))).code).toBe(0);
  });

  it('speaks of no key in an export that is not there', async () => {
    const { says } = complaintOf(await ran(['journal', 'verify', '--export', 'nothere'], { cwd: folder }));
    expect(says).toMatch(/nothere\/\S+ cannot be read/);
  });

  it('tells whoever has a damaged log and no kiosk that its key is enough', async () => {
    const { code, says } = complaintOf(await on('verify', '--damaged', 'journal.db'));
    expect([code, says]).toEqual([2, expect.stringMatching(/--data DIR, or give the log's key with --key$/)]);
  });
});
