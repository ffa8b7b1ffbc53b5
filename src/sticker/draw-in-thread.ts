import type { Bitmap } from '../base/bitmap.ts';
import { ok, type Result } from '../base/result.ts';
import { type FontSet, fontPath, readFontMetrics } from './font.ts';
import { layOut, type StickerFace, type StickerPaper } from './layout.ts';
import { rasterize } from './raster.ts';

/** What the drawing thread is given. */
export interface DrawJob {
  readonly face: StickerFace;
  readonly paper: StickerPaper;
}

/** A drawn sticker; `missing` names the characters of the face that the font lacks. */
export interface StickerPicture extends Bitmap {
  readonly missing: readonly string[];
}

/** Draws a sticker here and now: 100 ms and more on a small computer, so the kiosk calls `drawSticker` instead. */
export function drawInThread(face: StickerFace, paper: StickerPaper): Result<StickerPicture, string> {
  const fonts: FontSet = { 700: readFontMetrics(fontPath(700)), 900: readFontMetrics(fontPath(900)) };
  const layout = layOut(face, paper, fonts);
  return layout.ok ? ok({ ...rasterize(layout.value), missing: layout.value.missing }) : layout;
}
