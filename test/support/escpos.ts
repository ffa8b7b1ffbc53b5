import type { Bitmap } from '../../src/base/bitmap.ts';

/** One command of an ESC/POS stream, read without a line of the code that wrote it. */
export type EscposCommand =
  | { readonly kind: 'nothing' | 'initialise' | 'cut' }
  | { readonly kind: 'feed'; readonly lines: number }
  | { readonly kind: 'real-time status'; readonly number: number }
  | { readonly kind: 'status in turn'; readonly number: number }
  | { readonly kind: 'raster'; readonly picture: Bitmap };

/** Reads the command at an offset: null where the stream ends inside it. An unknown one is an error. */
export function readCommand(
  stream: Buffer,
  at: number,
): { readonly command: EscposCommand; readonly end: number } | null {
  const has = (bytes: number): boolean => stream.length >= at + bytes;
  const parameter = stream[at + 2] ?? 0;
  switch (stream[at]) {
    case undefined:
      return null;
    case 0x00:
      return { command: { kind: 'nothing' }, end: at + 1 };
    case 0x0a:
      return { command: { kind: 'feed', lines: 1 }, end: at + 1 };
    case 0x10:
      if (!has(3)) return null;
      if (stream[at + 1] !== 0x04) break;
      return { command: { kind: 'real-time status', number: parameter }, end: at + 3 };
    case 0x1b:
      if (!has(2)) return null;
      if (stream[at + 1] === 0x40) return { command: { kind: 'initialise' }, end: at + 2 };
      if (stream[at + 1] !== 0x64) break;
      return has(3) ? { command: { kind: 'feed', lines: parameter }, end: at + 3 } : null;
    case 0x1d:
      if (!has(3)) return null;
      if (stream[at + 1] === 0x56) return { command: { kind: 'cut' }, end: at + 3 };
      if (stream[at + 1] === 0x72) return { command: { kind: 'status in turn', number: parameter }, end: at + 3 };
      if (stream[at + 1] !== 0x76 || parameter !== 0x30) break;
      return readRaster(stream, at);
  }
  throw new Error(`unknown ESC/POS command ${stream.subarray(at, at + 4).toString('hex')} at byte ${at}`);
}

function readRaster(stream: Buffer, at: number): { readonly command: EscposCommand; readonly end: number } | null {
  if (stream.length < at + 8) return null;
  if (stream[at + 3] !== 0) throw new Error(`GS v 0 with mode ${stream[at + 3]} would be drawn at another size`);
  const stride = stream.readUInt16LE(at + 4);
  const height = stream.readUInt16LE(at + 6);
  const end = at + 8 + stride * height;
  if (stream.length < end) return null;
  return {
    command: { kind: 'raster', picture: { width: 8 * stride, height, rows: stream.subarray(at + 8, end) } },
    end,
  };
}

/** Every command of a whole stream. */
export function readCommands(stream: Buffer): readonly EscposCommand[] {
  const commands: EscposCommand[] = [];
  for (let at = 0; at < stream.length; ) {
    const read = readCommand(stream, at);
    if (read === null) throw new Error(`the stream ends inside the command at byte ${at}`);
    commands.push(read.command);
    at = read.end;
  }
  return commands;
}

/** The paper up to the first cut, on a head of so many dots. What would not fit the head is an error. */
export function renderPaper(stream: Buffer, widthDots: number): Bitmap {
  const bands: Bitmap[] = [];
  for (const command of readCommands(stream)) {
    if (command.kind === 'cut') break;
    if (command.kind === 'raster') bands.push(command.picture);
  }
  if (bands.some(({ width }) => width !== 8 * Math.ceil(widthDots / 8))) throw new Error('a band has another width');
  const rows = Buffer.concat(bands.map((band) => band.rows));
  return { width: widthDots, height: bands.reduce((sum, { height }) => sum + height, 0), rows };
}
