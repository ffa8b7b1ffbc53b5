import type { Bitmap } from '../base/bitmap.ts';
import { type QrMatrix, QUIET_ZONE_MODULES } from './qr.ts';

/** A QR code with its quiet zone as a one-bit picture. */
export function qrPicture({ size, isDark }: QrMatrix, dotsAModule: number): Bitmap {
  const width = (size + 2 * QUIET_ZONE_MODULES) * dotsAModule;
  const stride = Math.ceil(width / 8);
  const rows = Buffer.alloc(stride * width);
  const moduleAt = (dot: number): number => Math.floor(dot / dotsAModule) - QUIET_ZONE_MODULES;
  const isInside = (at: number): boolean => at >= 0 && at < size;
  for (let y = 0; y < width; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [column, row] = [moduleAt(x), moduleAt(y)];
      if (!isInside(column) || !isInside(row) || !isDark(column, row)) continue;
      const at = y * stride + (x >> 3);
      rows[at] = (rows[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return { width, height: width, rows };
}
