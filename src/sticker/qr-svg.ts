import { type QrMatrix, QUIET_ZONE_MODULES } from './qr.ts';

/** The dark modules of a QR code as an SVG path, a unit each, without quiet zone. */
export function qrPath({ size, isDark }: QrMatrix, offset = 0): string {
  const bars: string[] = [];
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (isDark(column, row)) bars.push(`M${column + offset} ${row + offset}h1v1h-1z`);
    }
  }
  return bars.join('');
}

/** A QR code with its quiet zone as an SVG element, for pages that are printed. */
export function qrSvg(matrix: QrMatrix): string {
  const width = matrix.size + 2 * QUIET_ZONE_MODULES;
  const path = qrPath(matrix, QUIET_ZONE_MODULES);
  return `<svg role="img" aria-label="QR" viewBox="0 0 ${width} ${width}" shape-rendering="crispEdges"><path d="${path}"/></svg>`;
}
