import { describe, expect, test } from 'vitest';
import { KINDS } from '../../src/pass/pass.ts';
import { type FontSet, fontPath, readFontMetrics } from '../../src/sticker/font.ts';
import { layOut, type StickerFace, type StickerLayout } from '../../src/sticker/layout.ts';
import { FACE, signedToken } from './faces.ts';

const FONTS: FontSet = { 700: readFontMetrics(fontPath(700)), 900: readFontMetrics(fontPath(900)) };
const LABEL = { widthDots: 320, dpi: 203 };

function laidOut(face: Partial<StickerFace>, paper = LABEL): StickerLayout {
  const layout = layOut({ ...FACE, ...face }, paper, FONTS);
  if (!layout.ok) throw new Error(layout.error);
  return layout.value;
}
const linesOf = ({ svg }: StickerLayout) =>
  [...svg.matchAll(/font-weight="(\d+)" font-size="(\d+)">([^<]*)</g)].map(([, weight, size, text]) => ({
    weight: Number(weight),
    size: Number(size),
    text: text ?? '',
  }));
const sizeOf = (layout: StickerLayout, text: string): number =>
  linesOf(layout).find((line) => line.text === text)?.size ?? 0;

describe('the face of a sticker', () => {
  test('says what it is in Korean and English, the venue, the date, the time and the id', () => {
    const texts = linesOf(laidOut({})).map(({ text }) => text);
    expect(texts).toEqual([
      '접종 확인',
      'Vaccination checked',
      '곰',
      '연남동 책방 달빛',
      '유효 기한 Valid until',
      '2021-12-13',
      '23:59',
      'K7-4MZ-Q2X',
    ]);
  });

  test('has its date and id in letters that are read without glasses: 4 mm and more', () => {
    const CAPITAL_OF_EM = 0.733;
    const DOTS_PER_MM = 203 / 25.4;
    for (const text of ['2021-12-13', '23:59', 'K7-4MZ-Q2X']) {
      expect((sizeOf(laidOut({}), text) * CAPITAL_OF_EM) / DOTS_PER_MM).toBeGreaterThan(4);
    }
  });

  test('fits the 80 mm label of 40 mm paper', () => {
    expect(laidOut({ token: signedToken(331) }).height).toBeLessThanOrEqual(640);
  });

  test('never cuts a long name: it shrinks, then takes more lines', () => {
    const venue = '서울특별시립미술관 서소문본관 지하 일층 세마카페 그리고 아주 긴 이름의 별관 전시실 안내소';
    const lines = linesOf(laidOut({ venue })).map(({ text }) => text);
    const first = lines.findIndex((line) => venue.startsWith(line));
    const last = lines.indexOf('유효 기한 Valid until');
    expect(lines.slice(first, last).join(' ')).toBe(venue);
    expect(sizeOf(laidOut({ venue: '달빛' }), '달빛')).toBeGreaterThan(sizeOf(laidOut({ venue }), lines[first] ?? ''));
  });

  test.each([320, 384, 472, 576])('keeps every line inside %i dots', (widthDots) => {
    for (const kind of KINDS) {
      const layout = laidOut({ kind, venue: 'Wassermühlenkaffeehausgesellschaft am Fluss' }, { widthDots, dpi: 203 });
      for (const { text, size, weight } of linesOf(layout)) {
        expect(FONTS[weight === 900 ? 900 : 700].widthOf(text, size)).toBeLessThanOrEqual(widthDots - 16);
      }
    }
  });

  test('keeps markup in a name from becoming a drawing', () => {
    const { svg } = laidOut({ venue: 'A&B</text><rect width="9999" height="9999"/>' });
    expect(svg).not.toContain('9999"/>');
    expect(svg).toContain('A&amp;B&lt;/text&gt;');
  });

  test('names the characters that the font lacks', () => {
    expect(laidOut({ venue: '달빛 책방' }).missing).toEqual([]);
    expect(laidOut({ venue: '달빛 🍜 种子' }).missing).toEqual(['🍜', '种']);
  });
});

describe('the code of a sticker', () => {
  test('has modules of half a millimetre in whole dots and four white modules around', () => {
    const { qr, width } = laidOut({ token: signedToken(331) });
    expect(qr.matrix.size).toBe(69);
    expect(qr.moduleDots).toBe(4);
    expect(qr.left).toBeGreaterThanOrEqual(16);
    expect(width - qr.left - 69 * 4).toBeGreaterThanOrEqual(16);
    expect(laidOut({}, { widthDots: 472, dpi: 300 }).qr.moduleDots).toBe(6);
  });

  test('takes 331 bytes and not one more', () => {
    expect(layOut({ ...FACE, token: 'x'.repeat(331) }, LABEL, FONTS).ok).toBe(true);
    expect(layOut({ ...FACE, token: 'x'.repeat(332) }, LABEL, FONTS)).toEqual({
      ok: false,
      error: "the token has 332 bytes and a sticker holds 331: shorten the venue's issuer name",
    });
  });

  test('is refused where a space or a letter beyond ASCII would change its length', () => {
    for (const token of ['', 'a b', 'a\n', '문']) {
      expect(layOut({ ...FACE, token }, LABEL, FONTS).ok).toBe(false);
    }
  });

  test('needs 308 dots and says so on 307', () => {
    const face = { ...FACE, token: signedToken(331) };
    expect(layOut(face, { widthDots: 308, dpi: 203 }, FONTS).ok).toBe(true);
    expect(layOut(face, { widthDots: 307, dpi: 203 }, FONTS)).toEqual({
      ok: false,
      error: 'a sticker needs 308 printable dots and the printer has 307: use wider paper',
    });
  });
});
