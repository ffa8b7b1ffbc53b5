import { describe, expect, it } from 'vitest';
import { REASON_CODES } from '../../src/policy/reasons.ts';
import { LOCALES, type Phrase } from '../../src/screen/locale.ts';
import * as phrases from '../../src/screen/phrases.ts';
import { REASON_LINES } from '../../src/screen/reason-phrases.ts';
import { REGISTER_LINK, REGISTER_WORDS, sealedTo } from '../../src/screen/register-phrases.ts';
import { RULE_WORDS } from '../../src/screen/rule-phrases.ts';
import { STAFF_LINES } from '../../src/screen/staff-phrases.ts';

const spoken: readonly (readonly [string, Phrase])[] = [
  ...Object.entries(REASON_LINES),
  ...Object.entries(STAFF_LINES),
  ...Object.entries(phrases.CONDITION_TITLES),
  ...Object.entries(phrases.CONDITION_LINES),
  ...Object.entries(phrases.VERDICT_TITLES),
  ...Object.entries(phrases.PARTS),
  ...Object.entries(phrases.PART_TROUBLE),
  ['not now', phrases.NOT_NOW],
  ['next code', phrases.NEXT_CODE],
  ['checked by staff', phrases.CHECKED_BY_STAFF],
  ['elsewhere', phrases.TROUBLE_ELSEWHERE],
  ['silent', phrases.SILENT],
  ['clock', phrases.CLOCK_MARK],
  ['late clock', phrases.LATE_CLOCK_MARK],
  ['inside', phrases.insideMark(3, 20)],
  ...Object.entries(RULE_WORDS).flatMap(([rule, { line, staff }]) => [
    [rule, line] as const,
    [`${rule}, staff`, staff] as const,
  ]),
  ['printer', phrases.PRINTER_MARK],
  ['forgotten', phrases.FORGOTTEN_MARK],
  ['register', phrases.registerMark('Health office')],
  ['register key', phrases.registerKeyMark('fingerprint')],
  ['register out of use', phrases.REGISTER_SHUT_MARK],
  ['age', phrases.ageMark(3)],
  ...Object.entries(REGISTER_WORDS),
  ['register link', REGISTER_LINK],
  ['sealed to', sealedTo('Health office')],
];

const SCRIPTS = {
  ko: /[\uac00-\ud7a3]/,
  en: /[A-Za-z]/,
  ja: /[\u3040-\u30ff\u4e00-\u9fff]/,
  zh: /[\u4e00-\u9fff]/,
} as const;

describe('phrases', () => {
  it('has every reason, for the visitor and for the staff', () => {
    expect(Object.keys(REASON_LINES)).toEqual(REASON_CODES);
    expect(Object.keys(STAFF_LINES)).toEqual(REASON_CODES.filter((reason) => reason !== 'ok'));
  });

  it.each(spoken)('%s is written in the script of each language', (_, phrase) => {
    for (const locale of LOCALES) expect(phrase[locale]).toMatch(SCRIPTS[locale]);
    expect(phrase.zh).not.toMatch(/[\u3040-\u30ff]/);
    expect(phrase.en).not.toMatch(/[^ -~’]/);
  });

  it('two reasons are never told in the same words', () => {
    for (const locale of LOCALES) {
      expect(new Set(REASON_CODES.map((reason) => REASON_LINES[reason][locale])).size).toBe(REASON_CODES.length);
    }
  });

  it('the visitor reads no technical word and no code', () => {
    for (const reason of REASON_CODES) {
      expect(REASON_LINES[reason].en).not.toMatch(/signature|key|algorithm|format|payload|claim|server|-/i);
      expect(REASON_LINES[reason].en.length).toBeLessThanOrEqual(44);
      expect(REASON_LINES[reason].ko.length).toBeLessThanOrEqual(24);
    }
  });
});
