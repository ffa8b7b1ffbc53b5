import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitText } from '../../src/sticker/fit.ts';

/** Every character is half its size wide. */
const measure = (text: string, size: number): number => (text.length * size) / 2;
const BOX = { width: 100, largest: 20, smallest: 10, lines: 2 };

describe('fitting a text', () => {
  test.each([
    ['a short text is as large as it may be', 'abcdefghij', { size: 20, lines: ['abcdefghij'] }],
    ['words go to a second line before the letters shrink', 'abcdefgh ijkl', { size: 20, lines: ['abcdefgh', 'ijkl'] }],
    ['a word that would break shrinks instead', 'abcdefghijkl', { size: 16, lines: ['abcdefghijkl'] }],
    ['lines are evened out', 'aa bb cc dd', { size: 20, lines: ['aa bb', 'cc dd'] }],
    [
      'a word longer than the line is broken and complete',
      'a'.repeat(40),
      { size: 10, lines: ['a'.repeat(20), 'a'.repeat(20)] },
    ],
  ])('%s', (_, text, fitted) => {
    expect(fitText(text, BOX, measure)).toEqual(fitted);
  });

  test('loses no character, leaves no line wider than the box, breaks words only where it must', () => {
    const word = fc.string({ minLength: 1, maxLength: 30, unit: fc.constantFrom('a', '가', 'W') });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), (words) => {
        const { size, lines } = fitText(words.join(' '), BOX, measure);
        expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''));
        for (const line of lines) expect(measure(line, size)).toBeLessThanOrEqual(BOX.width);
        if (words.every((each) => each.length <= 20)) expect(lines.flatMap((line) => line.split(' '))).toEqual(words);
      }),
    );
  });
});
