import type { Bitmap } from '../../base/bitmap.ts';

const BAND_ROWS = 48;
const GS_V_0 = Buffer.from([0x1d, 0x76, 0x30, 0x00]);

/** Packs a picture into Epson raster bands (ESC/POS `GS v 0`, normal size): small ones, for printers with small buffers. */
export function epsonRaster(picture: Bitmap): Buffer {
  const stride = Math.ceil(picture.width / 8);
  const parts: Buffer[] = [];
  for (let top = 0; top < picture.height; top += BAND_ROWS) {
    const rows = Math.min(BAND_ROWS, picture.height - top);
    const size = Buffer.alloc(4);
    size.writeUInt16LE(stride, 0);
    size.writeUInt16LE(rows, 2);
    parts.push(GS_V_0, size, Buffer.from(picture.rows.subarray(top * stride, (top + rows) * stride)));
  }
  return Buffer.concat(parts);
}

const STAR_BAND_ROWS = 24;
const ESC_0 = Buffer.from([0x1b, 0x30]);
const ESC_K = Buffer.from([0x1b, 0x6b]);
const LINE_FEED = Buffer.from([0x0a]);
const ESC_Z_1 = Buffer.from([0x1b, 0x7a, 0x01]);

/** Packs a picture into Star bands of 24 rows (Star line mode `ESC k`) at a line spacing of 24 dots (`ESC 0`). */
export function starRaster(picture: Bitmap): Buffer {
  const stride = Math.ceil(picture.width / 8);
  const parts: Buffer[] = [ESC_0];
  for (let top = 0; top < picture.height; top += STAR_BAND_ROWS) {
    const band = Buffer.alloc(STAR_BAND_ROWS * stride);
    band.set(picture.rows.subarray(top * stride, Math.min(top + STAR_BAND_ROWS, picture.height) * stride));
    parts.push(ESC_K, Buffer.from([stride, 0]), band, LINE_FEED);
  }
  return Buffer.concat([...parts, ESC_Z_1]);
}

/** White dots that complete a band which a broken job left half sent; outside a band a printer ignores NUL. */
export function bandFiller(widthDots: number): Buffer {
  return Buffer.alloc(BAND_ROWS * Math.ceil(widthDots / 8));
}
