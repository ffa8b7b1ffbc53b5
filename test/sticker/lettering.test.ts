import { Resvg } from '@resvg/resvg-js';
import { describe, expect, test } from 'vitest';
import { FONT_FAMILY, fontPath, readFontMetrics, type Weight } from '../../src/sticker/font.ts';
import { letter } from '../../src/sticker/lettering.ts';

const BOLD = readFontMetrics(fontPath(700));
const GETA = '〓';

describe('the font', () => {
  test.each([700, 900] as const)('of weight %i has every Hangul syllable, kana and the Latin of Europe', (weight) => {
    const font = readFontMetrics(fontPath(weight));
    const ranges = [
      [0x20, 0x7e],
      [0xa1, 0xac],
      [0xae, 0xff],
      [0x3041, 0x3096],
      [0x30a1, 0x30fa],
      [0xac00, 0xd7a3],
    ] as const;
    for (const [first, last] of ranges) {
      for (let codePoint = first; codePoint <= last; codePoint += 1) expect(font.has(codePoint)).toBe(true);
    }
    expect(font.has(GETA.codePointAt(0) ?? 0)).toBe(true);
    expect(font.has(0x1f35c)).toBe(false);
  });

  test.each([700, 900] as Weight[])('of weight %i is measured as the renderer draws it', (weight) => {
    const metrics = readFontMetrics(fontPath(weight));
    const fontOptions = { loadSystemFonts: false, fontFiles: [fontPath(weight)] };
    const inkOf = (text: string): number => {
      const style = `font-family="${FONT_FAMILY}" font-weight="${weight}" font-size="100"`;
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="200"><text y="120" ${style}>${text}</text></svg>`;
      return new Resvg(svg, { font: fontOptions }).getBBox()?.width ?? 0;
    };
    for (const text of ['접종확인문지기책방', '2021-12-13', 'K7-4MZ-Q2X', 'Vaccination']) {
      // Ink leaves out the white at both ends, and kerning may draw letters together: never wider than measured.
      expect(inkOf(text)).toBeLessThanOrEqual(metrics.widthOf(text, 100));
      expect(inkOf(text)).toBeGreaterThan(metrics.widthOf(text, 100) * 0.93);
    }
  });
});

describe('a name in letters that the font has', () => {
  test.each([
    ['Hangul that a Mac wrote in pieces', '연남동'.normalize('NFD'), '연남동', []],
    ['accents, kana and Hanja', 'Café 北村 カフェ', 'Café 北村 カフェ', []],
    ['a letter without its own glyph as its plain relative', 'ℂafé Ǟ', 'Café A', []],
    ['a pictograph left out', '멘야 🍜 라멘', '멘야 라멘', ['🍜']],
    ['a family emoji left out whole', 'A👨‍👩‍👧B', 'AB', ['👨', '👩', '👧']],
    ['an unknown letter as a geta mark', '种子', `${GETA}子`, ['种']],
    ['controls, line breaks and direction marks gone', 'a\u0000\u001b@\r\n\u202eb\u200b', 'a@ b', []],
    ['half a surrogate gone', `a${String.fromCharCode(0xd83c)}b`, 'ab', []],
    ['spaces as one', '  a \t  b  ', 'a b', []],
  ])('%s', (_, given, text, missing) => {
    expect(letter(given, BOLD)).toEqual({ text, missing });
  });
});
