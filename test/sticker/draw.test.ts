import { describe, expect, test } from 'vitest';
import { dotAt } from '../../src/base/bitmap.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { DRAW_DEADLINE_MS, drawSticker } from '../../src/sticker/draw.ts';
import { drawInThread } from '../../src/sticker/draw-in-thread.ts';
import { fontPath, readFontMetrics } from '../../src/sticker/font.ts';
import { layOut } from '../../src/sticker/layout.ts';
import { bundle } from '../support/bundle.ts';
import { FACE } from './faces.ts';

const PAPER = { widthDots: 320, dpi: 203 };
const worker = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

describe('drawing in a thread of its own', () => {
  test('gives the same picture as drawing here', async () => {
    const workerUrl = new URL(`file://${await bundle('src/sticker/draw-worker.ts')}`);
    const drawn = await drawSticker(FACE, PAPER, { workerUrl });
    expect(drawn).toEqual(drawInThread(FACE, PAPER));
    expect(drawn.ok && drawn.value.width).toBe(320);
    const tooLong = await drawSticker({ ...FACE, token: 'x'.repeat(332) }, PAPER, { workerUrl });
    expect(tooLong).toMatchObject({ ok: false, error: expect.stringMatching(/331/) });
  });

  test('a drawing that hangs ends at its deadline with a sentence', async () => {
    const timers = new SimulatedTime(0);
    const drawing = drawSticker(FACE, PAPER, { workerUrl: worker('for (;;);'), timers });
    timers.advance(DRAW_DEADLINE_MS - 1);
    expect(await Promise.race([drawing, 'still drawing'])).toBe('still drawing');
    timers.advance(1);
    expect(await drawing).toEqual({ ok: false, error: 'drawing the sticker took longer than 10 s: try again' });
  });

  test.each([
    ['throws', 'throw new Error("no font")', /could not be drawn: no font/],
    ['ends without a picture', '', /ended early/],
    ['is not there', null, /could not be drawn/],
  ])('a drawing thread that %s is a sentence, not a crash', async (_, code, sentence) => {
    const workerUrl = code === null ? new URL('file:///nowhere/draw-worker.js') : worker(code);
    expect(await drawSticker(FACE, PAPER, { workerUrl })).toEqual({
      ok: false,
      error: expect.stringMatching(sentence),
    });
  });
});

describe('the dots of a sticker', () => {
  const drawn = drawInThread(FACE, PAPER);
  if (!drawn.ok) throw new Error(drawn.error);
  const picture = drawn.value;
  const inkIn = (top: number, bottom: number): number => {
    let dots = 0;
    for (let y = top; y < bottom; y += 1) for (let x = 0; x < 320; x += 1) dots += dotAt(picture, x, y) ? 1 : 0;
    return dots;
  };

  test('are as wide as the head, and there is ink above, in and below the code', () => {
    expect(picture.width).toBe(320);
    expect(picture.rows).toHaveLength(40 * picture.height);
    for (const [top, bottom] of [
      [0, 100],
      [150, 440],
      [460, picture.height],
    ] as const) {
      expect(inkIn(top, bottom) / (320 * (bottom - top))).toBeGreaterThan(0.08);
      expect(inkIn(top, bottom) / (320 * (bottom - top))).toBeLessThan(0.6);
    }
  });

  test('set every module of the code as whole dots, where the layout says', () => {
    const fonts = { 700: readFontMetrics(fontPath(700)), 900: readFontMetrics(fontPath(900)) };
    const layout = layOut(FACE, PAPER, fonts);
    if (!layout.ok) throw new Error(layout.error);
    const { matrix, left, top, moduleDots } = layout.value.qr;
    const quiet = 4 * moduleDots;
    const wrong: string[] = [];
    for (let y = -quiet; y < matrix.size * moduleDots + quiet; y += 1) {
      for (let x = -quiet; x < matrix.size * moduleDots + quiet; x += 1) {
        const isDark = matrix.isDark(Math.floor(x / moduleDots), Math.floor(y / moduleDots));
        if (dotAt(picture, left + x, top + y) !== isDark) wrong.push(`${x},${y}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('draw a name of every script as ink, not as boxes', () => {
    const inkOf = (venue: string): Uint8Array => {
      const result = drawInThread({ ...FACE, venue }, PAPER);
      return result.ok ? result.value.rows : new Uint8Array();
    };
    const names = ['가나다', '각난닫', '北村店', 'カフェ', 'Café', '〓〓〓'].map((venue) =>
      Buffer.from(inkOf(venue)).toString('hex'),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
