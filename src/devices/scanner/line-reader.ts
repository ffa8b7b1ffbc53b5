import { ReadlineParser } from '@serialport/parser-readline';
import { LengthGuard } from './length-guard.ts';
import { MAX_LINE_BYTES, type ScannerEvent } from './scanner.ts';

export type LineEvent = Exclude<ScannerEvent, { readonly kind: 'status' }>;

/** Bytes of one opening of one port; a half line that is left when it closes is thrown away with it. */
export interface LineReader {
  write(chunk: Buffer): void;
  /** No event follows. */
  close(): void;
}

/** Cuts the bytes of one opened port into lines: the length guard, then ReadlineParser. */
export function lineReader(deliver: (event: LineEvent) => void): LineReader {
  const guard = new LengthGuard(MAX_LINE_BYTES);
  // latin1 is the one encoding that gives every byte back; object mode keeps the guard's empty lines apart.
  const parser = new ReadlineParser({ delimiter: '\n', encoding: 'latin1', readableObjectMode: true });
  parser.on('data', (line: string) => {
    deliver(line === '' ? { kind: 'overlong' } : { kind: 'line', line: Buffer.from(line, 'latin1') });
  });
  return {
    write(chunk) {
      const lines = guard.admit(chunk);
      if (lines.length > 0) parser.write(lines);
    },
    close() {
      parser.removeAllListeners('data');
      parser.destroy();
    },
  };
}
