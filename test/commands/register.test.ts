import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactDecrypt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { register } from '../../src/commands/register.ts';
import { NO_REGISTER } from '../../src/register/register.ts';
import { complaintOf, ran } from '../support/command.ts';
import { entriesIn } from '../support/entries.ts';
import { refusedBy } from '../support/in-process.ts';
import { healthOffice } from '../support/register-site.ts';
import { publisher } from '../support/trust-publisher.ts';

const NUMBER = '010-1234-5678';
const office = healthOffice();
let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-visits-'));
  data = join(folder, 'data');
  mkdirSync(data);
});
afterEach(() => rmSync(folder, { recursive: true }));

const on = (args: readonly string[], input = '') => ran([...args, '--data', data], { input });
const add = (phone = NUMBER, district = '종로구') => on(['register', 'add', '--json'], `${phone}\n${district}\n`);

/** A folder whose list names the office, or another authority or none. */
async function folderWith(
  authorities: object = { register: { jwk: office.jwk, title: 'Health office' } },
): Promise<void> {
  const root = publisher();
  writeFileSync(join(data, 'settings.json'), '{"register": "on"}');
  writeFileSync(join(data, 'trust-root.jwk'), root.rootFile);
  writeFileSync(join(folder, 'list.jwt'), root.list(1, { authorities, exp: 4_070_908_800 }));
  const imported = await on(['trust', 'import', join(folder, 'list.jwt')]);
  expect([imported.code, imported.err]).toEqual([0, expect.any(String)]);
}

describe('a visitor who registers', () => {
  it('is read by the authority from an export, and by nobody on the way', async () => {
    await folderWith();
    const added = await add();
    expect([added.code, JSON.parse(added.out)]).toMatchObject([0, { authority: 'Health office' }]);
    await add('02-123-4567', '중구');
    const out = join(folder, 'for-the-office');
    const span = ['--from', '2021-01-01T00:00:00Z', '--to', '2099-01-01T00:00:00Z'];
    const exported = await on(['register', 'export', ...span, '--out', out]);
    expect([exported.code, exported.err]).toEqual([0, expect.stringMatching(/wrote 2 sealed visits/)]);
    const file = readFileSync(out, 'utf8');
    const opened = file
      .trimEnd()
      .split('\n')
      .map((jwe) => compactDecrypt(jwe, office.privateKey));
    const visits = (await Promise.all(opened)).map(({ plaintext }) => JSON.parse(Buffer.from(plaintext).toString()));
    const byNumber = visits.sort((one, other) => one.phone.localeCompare(other.phone));
    expect(byNumber).toMatchObject([{ phone: NUMBER, district: '종로구' }, { phone: '02-123-4567' }]);
    const entries = entriesIn(data);
    expect(entries.filter(({ type }) => type === 'register-sealed')).toHaveLength(2);
    const sha256 = createHash('sha256').update(file).digest('hex');
    expect(entries.at(-1)).toMatchObject({ type: 'register-exported', visits: 2, sha256 });
    const disk = readdirSync(data, { recursive: true, withFileTypes: true })
      .filter((item) => item.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
    expect(disk.join('\n')).not.toContain('1234-5678');
    expect(JSON.stringify(entries) + added.out + added.err + exported.err).not.toContain('1234-5678');
  });

  it('may ask in whose hands it is: every checkpoint says so', async () => {
    await folderWith();
    const { fingerprint } = JSON.parse((await add()).out) as { fingerprint: string };
    expect((await on(['journal', 'checkpoint'])).out).toContain(`\nregister ${fingerprint}\n`);
    expect((await on(['journal', 'verify'])).code).toBe(0);
  });

  it('is not written down where it is off, or where the list names nobody', async () => {
    expect(complaintOf(await on(['register', 'add'], `${NUMBER}\n종로구\n`)).says).toBe(NO_REGISTER);
    await folderWith({});
    const refused = complaintOf(await on(['register', 'add'], `${NUMBER}\n종로구\n`));
    expect(refused).toEqual({ code: 2, says: expect.stringMatching(/^trust list 1 names no authority/) });
    expect(existsSync(join(data, 'register.db'))).toBe(false);
  });

  it('is never sealed to a key that nobody signed for: loose keys are no list', async () => {
    writeFileSync(join(data, 'settings.json'), '{"register": "on"}');
    const keys = {
      iss: 'office',
      keys: [{ ...office.jwk, kid: 'k', alg: 'ES256' }],
      authorities: { register: { jwk: office.jwk, title: 'Office' } },
    };
    writeFileSync(join(folder, 'keys.json'), JSON.stringify(keys));
    const imported = await on(['trust', 'import', '--unsigned', join(folder, 'keys.json')]);
    const refused = complaintOf(await on(['register', 'add'], `${NUMBER}\n종로구\n`));
    expect([imported.code, refused]).toEqual([
      0,
      { code: 2, says: expect.stringMatching(/needs a signed trust list/) },
    ]);
  });

  it('is not quoted where the number is wrong', async () => {
    await folderWith();
    const { code, says } = complaintOf(await on(['register', 'add'], '010-1234-567\n종로구\n'));
    expect([code, says]).toEqual([2, expect.stringMatching(/^the telephone number must be/)]);
    expect(says).not.toContain('1234-567\n');
  });
});

describe('an export that was not recorded', () => {
  it('was never made: where it cannot be written, nothing is in the log either', async () => {
    await folderWith();
    await add();
    const span = ['--from', '2021-01-01T00:00:00Z', '--to', '2099-01-01T00:00:00Z'];
    const { code, says } = complaintOf(await on(['register', 'export', ...span, '--out', join(folder, 'none', 'out')]));
    expect([code, says]).toEqual([2, expect.stringMatching(/ENOENT.*; nothing was given away$/)]);
    expect(entriesIn(data).some(({ type }) => type === 'register-exported')).toBe(false);
  });

  it('leaves no file behind', async () => {
    await folderWith();
    await add();
    rmSync(join(data, 'log-key.jwk'));
    mkdirSync(join(data, 'log-key.jwk'));
    const span = ['--from', '2021-01-01T00:00:00Z', '--to', '2099-01-01T00:00:00Z'];
    const exported = await on(['register', 'export', ...span, '--out', join(folder, 'out')]);
    expect([exported.code, exported.err]).toEqual([2, expect.stringMatching(/log key/)]);
    expect(readdirSync(folder)).not.toContain('out');
    expect(readdirSync(folder)).not.toContain('out.partial');
  });
});

describe('an export of a register that is damaged', () => {
  const span = ['--from', '2021-01-01T00:00:00Z', '--to', '2099-01-01T00:00:00Z'];
  const refusedExport = async () =>
    complaintOf(await on(['register', 'export', ...span, '--out', join(folder, 'out')]));

  it.each([
    [
      'noise in the place of it',
      () => writeFileSync(join(data, 'register.db'), randomBytes(3_000)),
      /is damaged \(.*\): start/,
    ],
    ['an empty file', () => writeFileSync(join(data, 'register.db'), ''), /wrote it: start the kiosk/],
    [
      'a folder in the place of it',
      () => {
        rmSync(join(data, 'register.db'));
        mkdirSync(join(data, 'register.db'));
      },
      /cannot be used: .*; check its owner/,
    ],
    [
      'its day keys gone',
      () => renameSync(join(data, 'keys', 'register-days.keys'), join(data, 'elsewhere')),
      /^the day keys .* are gone, .*: put the file back, or start the kiosk/,
    ],
    [
      'a folder in the place of its day keys',
      () => {
        rmSync(join(data, 'keys', 'register-days.keys'));
        mkdirSync(join(data, 'keys', 'register-days.keys'));
      },
      /^the day keys .* it is a folder, move it away/,
    ],
  ])('says in one sentence what to do: %s', async (_, damage, sentence) => {
    await folderWith();
    await add();
    damage();
    expect(await refusedExport()).toEqual({ code: 2, says: expect.stringMatching(sentence) });
    expect(readdirSync(folder).filter((name) => name.startsWith('out'))).toEqual([]);
  });

  it('works again after the next visitor, and what another export left behind is named', async () => {
    await folderWith();
    await add();
    writeFileSync(join(data, 'register.db'), randomBytes(3_000));
    expect((await add('02-123-4567')).code).toBe(0);
    writeFileSync(join(folder, 'out.partial'), 'of a killed export');
    expect(await refusedExport()).toEqual({
      code: 2,
      says: expect.stringMatching(/out\.partial is there, .*: delete that file/),
    });
    rmSync(join(folder, 'out.partial'));
    const exported = await on(['register', 'export', ...span, '--out', join(folder, 'out')]);
    expect([exported.code, exported.err]).toEqual([0, expect.stringMatching(/wrote 1 sealed visit /)]);
    const [file = ''] = readdirSync(join(data, 'damaged'));
    expect(entriesIn(data).filter(({ type }) => type === 'register-continued')).toMatchObject([{ file, visits: 0 }]);
  });
});

describe('a wrong call says in one sentence what to do', () => {
  it.each([
    [['add', '--phone', NUMBER], /^what stands on the command line can be seen/],
    [['add', NUMBER], /^what stands on the command line can be seen/],
    [['export'], /--from TIME is missing/],
    [
      ['export', '--from', '2021-12-13T00:00:00Z', '--to', '2021-12-13T00:00:00Z', '--out', 'x'],
      /--from must be before/,
    ],
    [['export', '--from', 'lunch', '--to', '2021-12-13T00:00:00Z', '--out', 'x'], /--from: 'lunch'/],
    [['export', '--from', '0', '--to', '9', '--out', '/'], /is there already/],
    [['export', '--from', '0', '--to', '9', '--out', 'x', '--data', '/tmp'], /there is no visitor register/],
    [['read'], /say 'munjigi register add'/],
  ])('%#', async (args, sentence) => {
    const said = await refusedBy(register, args);
    expect(said).toMatch(sentence);
    expect(said).not.toContain(NUMBER);
  });
});
