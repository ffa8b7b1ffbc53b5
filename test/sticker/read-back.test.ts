import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { encodeSticker } from '../../src/devices/printer/encode.ts';
import { drawInThread } from '../../src/sticker/draw-in-thread.ts';
import { encodePng } from '../../src/sticker/png.ts';
import { renderPaper } from '../support/escpos.ts';
import { FACE, signedToken } from './faces.ts';

const hasZbar = spawnSync('zbarimg', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'munjigi-sticker-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the printed sticker is read back', () => {
  const papers = [
    { widthDots: 320, dpi: 203 },
    { widthDots: 384, dpi: 203 },
    { widthDots: 576, dpi: 203 },
    { widthDots: 472, dpi: 300 },
  ];
  const cases = papers.flatMap((paper) => [299, 331].map((length) => ({ ...paper, length })));

  test.skipIf(!hasZbar).each(cases)(
    'as its token of $length bytes on $widthDots dots at $dpi dpi (skipped without zbarimg: install zbar-tools)',
    ({ length, ...paper }) => {
      const token = signedToken(length);
      const drawn = drawInThread({ ...FACE, token }, paper);
      if (!drawn.ok) throw new Error(drawn.error);
      const paperStrip = renderPaper(encodeSticker(drawn.value, { type: 'epson' }), paper.widthDots);
      const file = join(folder, `${paper.widthDots}-${length}.png`);
      writeFileSync(file, encodePng(paperStrip));
      const { stdout } = spawnSync('zbarimg', ['--nodbus', '-q', '--raw', file], { encoding: 'latin1' });
      expect(stdout.trimEnd()).toBe(token);
    },
  );
});
