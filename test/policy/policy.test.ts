import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/policy/policy.ts';
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
});
