import { type QrMatrix, QUIET_ZONE_MODULES } from './qr.ts';

/** A QR code with its quiet zone as an SVG element, for pages that are printed. */
export function qrSvg({ size, isDark }: QrMatrix): string {
  const width = size + 2 * QUIET_ZONE_MODULES;
  const bars: string[] = [];
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (isDark(column, row)) bars.push(`M${column + QUIET_ZONE_MODULES} ${row + QUIET_ZONE_MODULES}h1v1h-1z`);
    }
  }
  return `<svg role="img" aria-label="QR" viewBox="0 0 ${width} ${width}" shape-rendering="crispEdges"><path d="${bars.join('')}"/></svg>`;
}
