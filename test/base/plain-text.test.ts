import { describe, expect, it } from 'vitest';
import { PLAIN_TEXT, plainText } from '../../src/base/plain-text.ts';

describe('a text of unknown origin on a terminal', () => {
  it.each([
    ['a line break', 'a\r\nb'],
    ['an escape sequence', 'a\u001bb'],
    ['a C1 control', 'a\u009bb'],
    ['a reversal of direction', 'a\u202eb'],
    ['a line separator', 'a\u2028b'],
    ['a paragraph separator', 'a\u2029b'],
    ['half a surrogate pair', 'a\ud800b'],
    ['a private character', 'a\ue000b'],
  ])('keeps no %s', (_, text) => {
    expect(plainText(text)).toBe('a b');
    expect(PLAIN_TEXT.test(text)).toBe(false);
  });

  it('keeps letters of every script as they are', () => {
    for (const text of ['서울 문지기', 'Zoë', '東京', 'عربي', '🎫']) {
      expect(plainText(text)).toBe(text);
      expect(PLAIN_TEXT.test(text)).toBe(true);
    }
  });
});
