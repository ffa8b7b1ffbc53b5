import { crc32, deflateSync } from 'node:zlib';
import type { Bitmap } from '../base/bitmap.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const BIT_DEPTH = 1;
const GREYSCALE = 0;

/** A bitmap as a PNG file of one bit a pixel (W3C PNG, third edition); a burnt dot is black. */
export function encodePng(picture: Bitmap): Buffer {
  const stride = Math.ceil(picture.width / 8);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(picture.width, 0);
  header.writeUInt32BE(picture.height, 4);
  header[8] = BIT_DEPTH;
  header[9] = GREYSCALE;
  const scanlines = Buffer.alloc((1 + stride) * picture.height);
  for (let y = 0; y < picture.height; y += 1) {
    for (let x = 0; x < stride; x += 1) {
      // White is 1 in a grey PNG, and the first byte of a line names its filter: none.
      scanlines[y * (1 + stride) + 1 + x] = ~(picture.rows[y * stride + x] ?? 0);
    }
  }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(scanlines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}
