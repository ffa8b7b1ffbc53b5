import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/base/json.ts';
import {
  type Assignment,
  changedMembers,
  changeSettings,
  MAX_ASSIGNMENTS,
  parseAssignment,
} from '../../src/settings/change.ts';
import { settingsJsonSchema } from '../../src/settings/json-schema.ts';
import { settingsSchema } from '../../src/settings/schema.ts';

const assigned = (text: string): Assignment => {
  const parsed = parseAssignment(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};
function written(text: string) {
  const parsed = parseJson(text);
  if (!parsed.ok || typeof parsed.value !== 'object' || parsed.value === null || Array.isArray(parsed.value)) {
    throw new Error('not an object');
  }
  return parsed.value as Parameters<typeof changeSettings>[0];
}
const changed = (before: string, ...texts: readonly string[]) =>
  changeSettings(written(before), texts.map(assigned), '7A');
const complaint = (...texts: readonly string[]): string => {
  const answer = changed('{}', ...texts);
  return answer.ok ? 'accepted' : answer.error;
};

describe('a change of settings', () => {
  it('writes what the owner named, and leaves the rest to be the default of the next version', () => {
    const answer = changed('{"venueId":"cafe"}', 'relayMs=700', 'venueName=서울 카페', 'assistSoundsLikeAdmit=true');
    if (!answer.ok) throw new Error(answer.error);
    expect(JSON.parse(answer.value.text)).toEqual({
      venueId: 'cafe',
      relayMs: 700,
      venueName: '서울 카페',
      assistSoundsLikeAdmit: true,
    });
    expect(answer.value.settings).toMatchObject({ relayMs: 700, kioskId: '7A', stickerHours: 24 });
  });

  it('keeps text as text, though it looks like a number or holds an equals sign', () => {
    expect(changed('{}', 'venueName=1984')).toMatchObject({ value: { settings: { venueName: '1984' } } });
    expect(changed('{}', 'venueName=a=b')).toMatchObject({ value: { settings: { venueName: 'a=b' } } });
  });

  it('puts a default back, and one number of the policy beside the others', () => {
    expect(changed('{"relayMs":700}', 'relayMs=')).toMatchObject({ value: { settings: { relayMs: 1_500 } } });
    const params = '{"policyParams":{"a":1,"b":2}}';
    expect(changed(params, 'policyParams.b=3')).toMatchObject({
      value: { settings: { policyParams: { a: 1, b: 3 } } },
    });
    const without = changed(params, 'policyParams.a=');
    expect(without.ok && without.value.settings.policyParams).toEqual({ b: 2 });
  });

  it('does not change the settings that it was given', () => {
    const before = written('{"policyParams":{"a":1}}');
    changeSettings(before, [assigned('policyParams.a=2'), assigned('relayMs=700')], '7A');
    expect(JSON.stringify(before)).toBe('{"policyParams":{"a":1}}');
  });

  it.each([
    ['relayMs=5', 'relayMs is 5: write a whole number from 200 to 10000 milliseconds'],
    ['relayMs=soon', 'relayMs is "soon": write a whole number from 200 to 10000 milliseconds'],
    ['relayMs=1e99999', 'relayMs is "1e99999": write a whole number from 200 to 10000 milliseconds'],
    ['relayMs={"a":1}', 'relayMs is a group of members: write a whole number from 200 to 10000 milliseconds'],
    ['zone=Asia/Soul', 'zone is "Asia/Soul": write a time zone, such as Asia/Seoul'],
    ['policyParams.days=many', 'policyParams.days is "many": write a whole number'],
  ])('%s is refused with its limit', (text, sentence) => {
    expect(complaint(text)).toBe(sentence);
  });

  it('that names the prototype of all objects changes none', () => {
    const whole = changed('{}', 'policyParams={"__proto__":{"polluted":1}}');
    expect(whole.ok ? whole.value.settings.policyParams : whole.error).toEqual({});
    changed('{}', 'policyParams.__proto__=7');
    expect(Object.getPrototypeOf({}).polluted).toBeUndefined();
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it.each([
    ['relayms=1', "there is no setting 'relayms': did you mean relayMs?"],
    ['toString=1', "there is no setting 'toString': 'munjigi settings get' lists them"],
    ['__proto__=1', "there is no setting '__proto__': 'munjigi settings get' lists them"],
    ['relayMs', "'relayMs' is no NAME=VALUE: write for example relayMs=1500"],
    ['=5', "'=5' is no NAME=VALUE: write for example relayMs=1500"],
    ['relayMs.x=5', "'relayMs.x=5' has no part: write relayMs=VALUE"],
    ['policyParams.=5', "'policyParams.=5' has no part: write policyParams.NAME=NUMBER"],
  ])('%s is no change', (text, sentence) => {
    const parsed = parseAssignment(text);
    expect(parsed.ok ? 'accepted' : parsed.error).toBe(sentence);
  });

  it('of as many settings as there can be is taken, of one more refused', () => {
    const many = (count: number) => changed('{}', ...Array.from({ length: count }, () => 'relayMs=700'));
    expect([many(MAX_ASSIGNMENTS).ok, many(MAX_ASSIGNMENTS + 1).ok]).toEqual([true, false]);
  });

  it('is told by the settings that differ, not by how they are written', () => {
    const before = settingsSchema.parse({ kioskId: '7A', policyParams: { a: 1, b: 2 } });
    const after = settingsSchema.parse({ kioskId: '7A', policyParams: { b: 2, a: 1 }, relayMs: 900 });
    expect(changedMembers(before, after)).toEqual(['relayMs']);
  });
});

it('a form that is made of the schema knows every setting, its limits and its default', () => {
  const schema = JSON.parse(JSON.stringify(settingsJsonSchema()));
  expect(Object.keys(schema.properties)).toEqual(Object.keys(settingsSchema.shape));
  expect(schema.properties.relayMs).toMatchObject({
    type: 'integer',
    minimum: 200,
    maximum: 10_000,
    default: 1_500,
    unit: 'ms',
  });
  expect(schema.required ?? []).toEqual([]);
});
