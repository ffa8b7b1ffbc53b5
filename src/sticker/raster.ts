import { Resvg } from '@resvg/resvg-js';
import type { Bitmap } from '../base/bitmap.ts';
import { fontPath } from './font.ts';
import type { StickerLayout } from './layout.ts';

/** A dot burns where ink covers half of it: below, thin strokes break; above, the holes of ㅁ and 8 fill up. */
const BURNT_BELOW = 128;
const BYTES_PER_PIXEL = 4;

/** Burns a layout into dots: letters through resvg and a threshold, the QR code module by module. */
export function rasterize(layout: StickerLayout): Bitmap {
  const { width, height } = layout;
  const font = { loadSystemFonts: false, fontFiles: [fontPath(700), fontPath(900)] };
  const pixels = new Resvg(layout.svg, { font, shapeRendering: 1 }).render().pixels;
  const stride = Math.ceil(width / 8);
  const rows = new Uint8Array(stride * height);
  const burn = (x: number, y: number): void => {
    const at = y * stride + (x >> 3);
    rows[at] = (rows[at] ?? 0) | (0x80 >> (x & 7));
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if ((pixels[(y * width + x) * BYTES_PER_PIXEL] ?? 0) < BURNT_BELOW) burn(x, y);
    }
  }
  const { matrix, left, top, moduleDots } = layout.qr;
  for (let y = 0; y < matrix.size * moduleDots; y += 1) {
    for (let x = 0; x < matrix.size * moduleDots; x += 1) {
      if (matrix.isDark(Math.floor(x / moduleDots), Math.floor(y / moduleDots))) burn(left + x, top + y);
    }
  }
  return { width, height, rows };
}
