import { describe, expect, it } from 'vitest';
import { MAX_REUSE_MINUTES, MAX_STICKER_DAYS, parsePolicy } from '../../src/policy/policy.ts';
import { PRESETS } from '../../src/policy/presets.ts';

const title = { ko: '회원', en: 'Members', ja: '会員', zh: '会员' };
const file = (members: object): string => JSON.stringify({ id: 'members', title, admits: ['membership'], ...members });

describe('a policy file', () => {
  it('reads back every preset unchanged', () => {
    for (const preset of PRESETS) expect(parsePolicy(JSON.stringify(preset), 'p')).toEqual({ ok: true, value: preset });
  });

  it('fills in what an owner leaves out', () => {
    const parsed = parsePolicy(file({}), 'p.json');
    expect(parsed.ok && parsed.value.reuse.mode).toBe('none');
    expect(parsed.ok && parsed.value.clockUnsure).toBe('assist');
  });

  it.each([
    ['not JSON', '{', 'p.json is not JSON'],
    ['a misspelt member', file({ reuze: {} }), 'reuze'],
    ['an unknown kind', file({ admits: ['vip'] }), 'admits.0'],
    ['no kind at all', file({ admits: [] }), 'admits'],
    ['a verdict for a reason that leaves no choice', file({ verdicts: { revoked: 'assist' } }), 'verdicts.revoked'],
    ['an admission for a broken journal', file({ verdicts: { 'journal-fault': 'admit' } }), 'verdicts.journal-fault'],
    ['a reason that does not exist', file({ verdicts: { 'too-tall': 'refuse' } }), 'too-tall'],
    ['passback longer than a week', file({ reuse: { mode: 'passback', minutes: 10_081 } }), 'reuse.minutes'],
  ])('with %s is refused in one sentence that names the place', (_, text, words) => {
    const parsed = parsePolicy(text, 'p.json');
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? '' : parsed.error).toContain(words);
    expect(parsed.ok ? '' : parsed.error).not.toContain('\n');
  });

  it.each([
    [{ rules: [] }],
    [{ params: {} }],
    [{ hours: null }],
    [{ hours: [] }],
    [{ stale: 'mark' }],
    [{ stale: 'assist' }],
    [{ stale: 'refuse' }],
    [{ party: { withoutPass: 0 } }],
    [{ reuse: { mode: 'passback', minutes: 10, samePerson: 'ignore' } }],
  ])('may hold %j, which asks for nothing that is missing', (members) => {
    expect(parsePolicy(file(members), 'p.json')).toMatchObject({ ok: true });
  });

  it.each([
    [{ rules: [{ Identifier: 'VR-KR-0001' }] }, 'rules other than []'],
    [{ rules: null }, 'rules other than []'],
    [{ params: { doses: 2 } }, 'params other than {}'],
    [{ hours: [['09:00', '18:00']] }, 'hours other than []'],
    [{ party: { withoutPass: 1 } }, 'party.withoutPass other than 0'],
  ])('with %j is of a later version, and it says so', (members, subject) => {
    const parsed = parsePolicy(file(members), 'p.json');
    const nothing = subject.split(' ').at(-1);
    expect(parsed).toEqual({
      ok: false,
      error: `p.json: ${subject} is not part of this version: write ${nothing} or leave it out`,
    });
  });

  it.each([
    [file({ id: undefined }), 'p.json: id is missing: write 1 to 40 of a-z, 0-9 and -, not beginning with -'],
    [file({ admits: ['tikcet'] }), /^p\.json: admits\.0 is "tikcet": write one of .* \(did you mean ticket\?\)$/],
    [
      JSON.stringify({ id: 'members', title, admts: ['ticket'] }),
      /^p\.json: the file has no member "admts": .*did you mean admits/,
    ],
    [file({ stale: 'later' }), 'p.json: stale is "later": write one of mark, assist, refuse'],
    [file({ verdicts: { expird: 'assist' } }), /^p\.json: verdicts has no member "expird": .*did you mean expired/],
    [file({ verdicts: [] }), 'p.json: verdicts is a list: write reasons with a verdict each, or leave it out'],
    ['[]', "p.json must hold one JSON object: see 'Policy file' in the README"],
    ['{"id":"a","id":"b"}', "p.json is not JSON (a name is given twice): see 'Policy file' in the README"],
  ])('%s is refused in plain words', (text, words) => {
    const parsed = parsePolicy(text, 'p.json');
    const said = parsed.ok ? 'accepted' : parsed.error;
    if (typeof words === 'string') expect(said).toBe(words);
    else expect(said).toMatch(words);
  });

  it.each([
    ['reuse.minutes', MAX_REUSE_MINUTES, (minutes: number) => ({ reuse: { mode: 'passback', minutes } })],
    ['sticker.maxDays', MAX_STICKER_DAYS, (maxDays: number) => ({ sticker: { kinds: [], maxDays } })],
  ])('takes %s from 1 to %i', (_, last, members) => {
    const taken = [0, 1, last, last + 1].map((value) => parsePolicy(file(members(value)), 'p.json').ok);
    expect(taken).toEqual([false, true, true, false]);
  });
});
