import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { type Bitmap, dotAt } from '../../../src/base/bitmap.ts';
import { encodeSticker } from '../../../src/devices/printer/encode.ts';
import { patternPicture } from '../../contracts/printer.contract.ts';
import { readCommands, renderPaper } from '../../support/escpos.ts';

/** The library's encoder for Star printers, which its types leave out. */
interface LibraryStar {
  printImageBuffer(width: number, height: number, pixels: Buffer): Buffer;
}

/** Pixels as the library's own image printing takes them: RGBA. */
function rgba(picture: Bitmap): Buffer {
  const pixels = Buffer.alloc(4 * picture.width * picture.height, 0xff);
  for (let y = 0; y < picture.height; y += 1) {
    for (let x = 0; x < picture.width; x += 1) {
      if (dotAt(picture, x, y)) pixels.fill(0, 4 * (y * picture.width + x), 4 * (y * picture.width + x) + 3);
    }
  }
  return pixels;
}

describe('a sticker for an Epson printer', () => {
  test('comes back dot for dot from an independent reading of its commands', () => {
    for (const height of [1, 47, 48, 49, 640]) {
      const picture = patternPicture(320, height);
      const paper = renderPaper(encodeSticker(picture, { type: 'epson' }), 320);
      expect(paper.height).toBe(height);
      expect(Buffer.from(paper.rows).equals(Buffer.from(picture.rows))).toBe(true);
    }
  });

  test('is initialised, fed past the cutter and cut once, and leaves the printer initialised', () => {
    const kinds = readCommands(encodeSticker(patternPicture(320, 640), { type: 'epson' })).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== 'raster')).toEqual(['initialise', 'feed', 'cut', 'initialise']);
    expect(kinds[0]).toBe('initialise');
  });

  test('is sent in bands that a printer with a small buffer can begin at once', () => {
    for (const command of readCommands(encodeSticker(patternPicture(576, 900), { type: 'epson' }))) {
      if (command.kind === 'raster') expect(command.picture.rows.length).toBeLessThanOrEqual(4_096);
    }
  });
});

describe('a sticker for a Star printer', () => {
  test('carries the raster that the library itself would make of the same picture', () => {
    const require = createRequire(import.meta.url);
    const Star: new () => LibraryStar = require('node-thermal-printer/lib/types/star');
    for (const [width, height] of [
      [320, 640],
      [320, 25],
      [576, 24],
    ] as const) {
      const picture = patternPicture(width, height);
      const expected = new Star().printImageBuffer(width, height, rgba(picture));
      const bytes = encodeSticker(picture, { type: 'star' });
      const initialise = bytes.subarray(0, 2).toString('hex');
      const cut = bytes.subarray(2 + expected.length).toString('hex');
      expect([initialise, cut]).toEqual(['1b40', '1b64021b40']);
      expect(bytes.subarray(2, 2 + expected.length).equals(expected)).toBe(true);
    }
  });
});
