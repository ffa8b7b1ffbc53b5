import { closeSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { assert } from '../base/assert.ts';

export type Weight = 700 | 900;

/** The family's name inside its files. */
export const FONT_FAMILY = 'Noto Sans KR';

const FILES: Readonly<Record<Weight, string>> = {
  700: '@expo-google-fonts/noto-sans-kr/700Bold/NotoSansKR_700Bold.ttf',
  900: '@expo-google-fonts/noto-sans-kr/900Black/NotoSansKR_900Black.ttf',
};

const require = createRequire(import.meta.url);

/** Where the font of a weight lies on this machine. */
export function fontPath(weight: Weight): string {
  return require.resolve(FILES[weight]);
}

/** What a layout must know of a font: which characters it has and how far each one advances. */
export interface FontMetrics {
  has(codePoint: number): boolean;
  /** Width of a text in pixels at a font size in pixels, without kerning. */
  widthOf(text: string, size: number): number;
}

/** The metrics of every weight that a sticker uses. */
export type FontSet = Readonly<Record<Weight, FontMetrics>>;

/** Reads the metrics out of a TrueType file (OpenType 1.9: tables `cmap` format 12, `head`, `hhea`, `hmtx`). */
export function readFontMetrics(path: string): FontMetrics {
  const tables = readTables(path, ['cmap', 'head', 'hhea', 'hmtx']);
  const glyphs = readGlyphGroups(tables.cmap);
  const unitsPerEm = tables.head.readUInt16BE(18);
  const fullMetrics = tables.hhea.readUInt16BE(34);
  const glyphOf = (codePoint: number): number => {
    const group = glyphs.find(({ first, last }) => codePoint >= first && codePoint <= last);
    return group === undefined ? 0 : group.glyph + codePoint - group.first;
  };
  const advanceOf = (character: string): number => {
    const glyph = glyphOf(character.codePointAt(0) ?? 0);
    return tables.hmtx.readUInt16BE(4 * Math.min(glyph, fullMetrics - 1)) / unitsPerEm;
  };
  return {
    has: (codePoint) => glyphOf(codePoint) !== 0,
    widthOf: (text, size) => [...text].reduce((sum, character) => sum + advanceOf(character), 0) * size,
  };
}

/** The outlines stay on disk: they are most of the file, and the renderer reads them for itself. */
function readTables<Name extends string>(path: string, names: readonly Name[]): Readonly<Record<Name, Buffer>> {
  const descriptor = openSync(path, 'r');
  const read = (offset: number, length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    readSync(descriptor, bytes, 0, length, offset);
    return bytes;
  };
  try {
    const count = read(0, 12).readUInt16BE(4);
    const directory = read(12, 16 * count);
    const wanted = names.map((name): [Name, Buffer] => {
      const record = directory.indexOf(name, 0, 'latin1');
      assert(record >= 0 && record % 16 === 0, `the font ${path} has a table ${name}`);
      return [name, read(directory.readUInt32BE(record + 8), directory.readUInt32BE(record + 12))];
    });
    return Object.fromEntries(wanted) as Record<Name, Buffer>;
  } finally {
    closeSync(descriptor);
  }
}

interface GlyphGroup {
  readonly first: number;
  readonly last: number;
  readonly glyph: number;
}

const UNICODE_GROUPS = 12;

function readGlyphGroups(cmap: Buffer): readonly GlyphGroup[] {
  for (let index = 0; index < cmap.readUInt16BE(2); index += 1) {
    const subtable = cmap.readUInt32BE(4 + 8 * index + 4);
    if (cmap.readUInt16BE(subtable) !== UNICODE_GROUPS) continue;
    return Array.from({ length: cmap.readUInt32BE(subtable + 12) }, (_, group) => {
      const record = subtable + 16 + 12 * group;
      return {
        first: cmap.readUInt32BE(record),
        last: cmap.readUInt32BE(record + 4),
        glyph: cmap.readUInt32BE(record + 8),
      };
    });
  }
  throw new Error('the font has no cmap subtable of format 12');
}
