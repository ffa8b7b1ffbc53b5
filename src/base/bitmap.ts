/** A one-bit picture: rows of `ceil(width / 8)` bytes, most significant bit left, 1 is a burnt (black) dot. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly rows: Uint8Array;
}

/** True where the dot is black. */
export function dotAt(picture: Bitmap, x: number, y: number): boolean {
  const stride = Math.ceil(picture.width / 8);
  return (((picture.rows[y * stride + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1) === 1;
}
