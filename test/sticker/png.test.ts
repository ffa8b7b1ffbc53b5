import { Resvg } from '@resvg/resvg-js';
import { describe, expect, test } from 'vitest';
import { dotAt } from '../../src/base/bitmap.ts';
import { encodePng } from '../../src/sticker/png.ts';
import { patternPicture } from '../contracts/printer.contract.ts';

describe('a bitmap as PNG', () => {
  test.each([
    [1, 1],
    [7, 3],
    [8, 2],
    [321, 5],
  ])('of %i by %i is what another decoder sees, dot for dot', (width, height) => {
    const picture = patternPicture(width, height);
    const href = `data:image/png;base64,${encodePng(picture).toString('base64')}`;
    const frame = `width="${width}" height="${height}"`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${frame}><image ${frame} image-rendering="optimizeSpeed" href="${href}"/></svg>`;
    const { pixels } = new Resvg(svg).render();
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const at = 4 * (y * width + x);
        expect([pixels[at], pixels[at + 3]]).toEqual([dotAt(picture, x, y) ? 0 : 255, 255]);
      }
    }
  });
});
