import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policy } from '../../src/commands/policy.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import type { Authenticated } from '../../src/door/event.ts';
import { openJournalFile } from '../../src/journal/open.ts';
import { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { subjectOf } from '../../src/kiosk/subject.ts';
import { NO_FINDING } from '../../src/pass/pass.ts';
import { decide, decideRefusal } from '../../src/policy/decide.ts';
import { parsePolicy } from '../../src/policy/policy.ts';
import { PRESETS, presetNamed } from '../../src/policy/presets.ts';
import { complaintOf, jsonLines, ran } from '../support/command.ts';
import { refusedBy } from '../support/in-process.ts';
import { testIssuer } from '../support/issuer.ts';
import { around, LUNCH_MS, passOf } from '../support/passes.ts';
import { policyText, ruleOf } from '../support/rules.ts';

let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-policy-'));
  data = join(folder, 'data');
  mkdirSync(join(data, 'policies'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const on = (...args: readonly string[]) => ran(['policy', ...args, '--data', data], { cwd: folder });
const house = (members: object = {}): string => policyText({ id: 'house', ...members });
const writeHouse = (text: string): void => writeFileSync(join(data, 'policies', 'house.json'), text);
const writeSettings = (members: object): void => writeFileSync(join(data, 'settings.json'), JSON.stringify(members));

describe('policy list', () => {
  it('names the presets and the owner’s files, the one in use, and what is wrong with a damaged one', async () => {
    writeHouse(house());
    writeFileSync(join(data, 'policies', 'torn.json'), '{"id":"torn"');
    writeFileSync(join(data, 'policies', '..x.json'), '{}');
    writeSettings({ policy: 'house', kioskId: 'K1' });
    const rows = jsonLines(await on('list', '--json'));
    expect(rows.map(({ id }) => id)).toEqual([...PRESETS.map(({ id }) => id), 'house', 'torn']);
    expect(rows.filter(({ isInUse }) => isInUse).map(({ id }) => id)).toEqual(['house']);
    expect(rows.at(-1)?.['fault']).toMatch(/torn\.json is not JSON/);
  });
});

describe('policy show', () => {
  it.each(PRESETS.map(({ id }) => [id]))('prints %s in words, and as a file that is that policy again', async (id) => {
    const { out, code } = await on('show', id);
    expect(code).toBe(0);
    const preset = presetNamed(id);
    for (const title of Object.values(preset?.title ?? {})) expect(out).toContain(`${title}: `);
    expect(parsePolicy((await on('show', id, '--json')).out, id)).toEqual({ ok: true, value: preset });
  });

  it('says the owner’s numbers, their limits and the sources', async () => {
    writeSettings({ policy: 'kr-2022-01-10', policyParams: { validDays: 90 }, kioskId: 'K1' });
    const { out } = await on('show', 'kr-2022-01-10');
    expect(out).toContain('접종 유효 기간: 90일');
    expect(out).toContain('validDays  90 days  (1 to 730)');
    expect(out).toMatch(/source: .*3 January 2022/);
  });

  it.each([
    [['show'], /^name a policy or a file/],
    [
      ['show', 'nobody'],
      /^there is no preset and no file in .*policies for the policy 'nobody', choose one of any-genuine/,
    ],
    [['show', '../../no/such/policy'], /^\.\.\/\.\.\/no\/such\/policy cannot be read/],
    [['show', 'a', 'b'], /^'b' is not expected/],
    [
      ['try', 'any-genuine', '--from', '2022-01-02T00:00:00Z', '--to', '2022-01-01T00:00:00Z'],
      /^--from must be before --to$/,
    ],
  ])('%j is refused in one sentence', async (args, sentence) => {
    expect(await refusedBy(policy, [...args, '--data', data])).toMatch(sentence);
  });

  it('refuses a file under another name than its id: a kiosk would not find it again', async () => {
    writeFileSync(join(data, 'policies', 'other.json'), house());
    expect(await refusedBy(policy, ['show', 'other', '--data', data])).toMatch(/other\.json: id is 'house'/);
  });

  it('refuses a changed copy of a preset that kept its id: nobody would notice that it is not in use', async () => {
    writeFileSync(join(data, 'policies', 'membership.json'), policyText({ id: 'membership' }));
    const said = await refusedBy(policy, ['show', 'membership', '--data', data]);
    expect(said).toMatch(/membership\.json has the id of a preset: give it another id and name$/);
    const faults = jsonLines(await on('list', '--json')).filter(({ fault }) => fault !== null);
    expect(faults.map(({ id }) => id)).toEqual(['membership']);
  });

  it('refuses numbers of the owner that do not fit, before a kiosk starts on them', async () => {
    writeSettings({ policy: 'kr-2022-01-10', policyParams: { validDays: 0 }, kioskId: 'K1' });
    expect(complaintOf(await on('show', 'kr-2022-01-10'))).toEqual({
      code: 2,
      says: 'policyParams.validDays is 0: write a whole number from 1 to 730',
    });
  });
});

describe('policy try', () => {
  /** A journal of a lunch under any-genuine: vaccinations of 10, 20 and 200 days, a test, a forged code. */
  function recordLunch(): void {
    const time = new SimulatedTime(LUNCH_MS);
    const open = () => openJournalFile(join(data, 'journal.db'));
    const journal = SqliteJournal.open({ open, clock: time, bootId: 'b', useKeySecret: Buffer.alloc(32, 1) });
    if (!journal.ok) throw new Error(journal.error);
    const anyGenuine = presetNamed('any-genuine');
    if (anyGenuine === null) throw new Error('no preset');
    const claims = { v: [], t: [], r: [], x: [], nam: {}, dob: '1980-01-01', ticket: null };
    const dosed = (dt: string) =>
      passOf({ kind: 'vaccination', claims: { ...claims, kind: 'vaccination', v: [{ dn: 2, sd: 2, dt }] } });
    const tested = passOf({
      kind: 'test',
      claims: { ...claims, kind: 'test', t: [{ sc: '2021-12-13T09:00:00+09:00', tr: '260415000' }] },
    });
    const forged: Authenticated = { ok: false, error: { reason: 'bad-signature', detail: '', finding: NO_FINDING } };
    const outcomes: Authenticated[] = [dosed('2021-12-03'), dosed('2021-11-23'), dosed('2021-05-27'), tested].map(
      (value) => ({ ok: true, value }),
    );
    for (const outcome of [...outcomes, forged]) {
      const subject = subjectOf(outcome, anyGenuine, 'Asia/Seoul', time.wall().atMs);
      journal.value.judge(subject, (history) =>
        outcome.ok
          ? decide(outcome.value, anyGenuine, history, around(time.wall()))
          : decideRefusal(outcome.error, anyGenuine),
      );
    }
    journal.value.close();
  }

  const STRETCH = ['--from', '2021-12-13T00:00:00+09:00', '--to', '2021-12-14T00:00:00+09:00'];

  it('says how many verdicts would change, which way, and how many it cannot judge', async () => {
    recordLunch();
    const [counted] = jsonLines(await on('try', 'kr-2021-12-13', ...STRETCH, '--json'));
    expect(counted).toEqual({
      policy: 'kr-2021-12-13',
      from: '2021-12-12T15:00:00.000Z',
      to: '2021-12-13T15:00:00.000Z',
      scans: 5,
      same: 3,
      unjudged: 1,
      changed: 1,
      changes: { 'admit to assist': 1 },
    });
    const { out } = await on('try', 'any-genuine', ...STRETCH);
    expect(out).toMatch(/5 scans\n {2}the same verdict: 5\n {2}another verdict: 0\n .*: 0\n$/);
  });

  it('takes a file that is not in the folder yet, and looks at the stretch alone', async () => {
    recordLunch();
    const path = join(folder, 'draft.json');
    writeFileSync(path, house({ admits: ['test'] }));
    expect(jsonLines(await on('try', path, ...STRETCH, '--json'))[0]).toMatchObject({ scans: 5, changed: 3 });
    const later = ['--from', '2021-12-14T00:00:00+09:00', '--to', '2021-12-15T00:00:00+09:00'];
    expect(jsonLines(await on('try', path, ...later, '--json'))[0]).toMatchObject({ scans: 0, changed: 0 });
  });

  it('on a folder without a journal is one sentence', async () => {
    expect(complaintOf(await on('try', 'any-genuine')).says).toMatch(/^cannot read the journal/);
  });
});

describe('verify --policy', () => {
  const AT = ['--now', '2021-12-13T11:40:00+09:00', '--json'];

  it('judges by the rules of a preset and of a file, and names the rule', async () => {
    const issuer = testIssuer(folder);
    const dosed = issuer.pass('vaccination', { v: { tg: '840539006', dn: 2, sd: 2, dt: '2021-11-30' } });
    const run = async (named: string) =>
      jsonLines(await ran(['verify', '--trust', issuer.trustFile, '--policy', named, ...AT], { input: dosed }))[0];
    // The token names no start, and its exp is far away: the dose of 30 November counts from 14 December.
    expect(await run('kr-2021-12-13')).toMatchObject({ verdict: 'assist', reason: 'rule-failed', rule: 'VR-KR-0003' });
    const path = join(folder, 'house.json');
    writeFileSync(
      path,
      house({
        rules: [ruleOf(true), ruleOf(false, { Identifier: 'GR-XX-0001' }), ruleOf(false, { Identifier: 'GR-XX-0002' })],
      }),
    );
    expect(await run(path)).toMatchObject({ verdict: 'assist', reason: 'rule-failed', rule: 'GR-XX-0001' });
    writeFileSync(path, house({ rules: [ruleOf(true)] }));
    expect(await run(path)).toMatchObject({ verdict: 'admit', reason: 'ok', rule: null });
  });
});
