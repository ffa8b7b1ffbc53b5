const LF = 0x0a;
const CR = 0x0d;

/** Splits bytes into lines ended by LF, CR or CRLF: exactly one terminator is taken off, nothing is trimmed. */
export function splitLines(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte !== LF && byte !== CR) continue;
    lines.push(bytes.subarray(start, at));
    if (byte === CR && bytes[at + 1] === LF) at += 1;
    start = at + 1;
  }
  if (start < bytes.length) lines.push(bytes.subarray(start));
  return lines;
}

/** The bytes without the one LF, CR or CRLF that ends them, if any. */
export function withoutTerminator(bytes: Buffer): Buffer {
  if (bytes.at(-1) === CR) return bytes.subarray(0, -1);
  if (bytes.at(-1) !== LF) return bytes;
  return bytes.subarray(0, bytes.at(-2) === CR ? -2 : -1);
}
