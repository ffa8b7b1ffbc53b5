import { encode } from 'uqr';
import { err, ok, type Result } from '../base/result.ts';

/** The quiet zone of ISO/IEC 18004: four modules on every side. */
const QUIET_MODULES = 4;

function modulesOf(line: string): boolean[][] {
  const isAscii = [...line].every((character) => character.charCodeAt(0) < 0x80);
  // A string is read as UTF-8 beyond ASCII, which would spell other bytes than the line has.
  return encode(isAscii ? line : [...Buffer.from(line, 'latin1')], { border: QUIET_MODULES }).data;
}

/**
 * Draws codes side by side as one SVG picture.
 * @param lines what the codes say, Latin-1, one character a byte
 * @returns the SVG text, or one sentence for a line that no QR code holds
 */
export function codePicture(lines: readonly string[]): Result<string, string> {
  let codes: boolean[][][];
  try {
    codes = lines.map(modulesOf);
  } catch {
    return err('this pass is longer than a QR code can hold');
  }
  const height = Math.max(...codes.map((code) => code.length));
  let path = '';
  let left = 0;
  for (const code of codes) {
    const top = Math.floor((height - code.length) / 2);
    code.forEach((row, y) => {
      row.forEach((isDark, x) => {
        if (isDark) path += `M${left + x} ${top + y}h1v1h-1z`;
      });
    });
    left += code.length;
  }
  return ok(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left} ${height}" width="${left * 8}" height="${height * 8}" shape-rendering="crispEdges">` +
      `<rect width="${left}" height="${height}" fill="#fff"/><path d="${path}" fill="#000"/></svg>`,
  );
}
