import type { DeviceStatus } from '../../base/device.ts';
import { LengthGuard } from './length-guard.ts';
import type { LineEvent } from './line-reader.ts';
import { MAX_LINE_BYTES, type Scanner, type ScannerEvent } from './scanner.ts';

const TERMINATOR = Buffer.from('\r');
const LINE_FEED = 0x0a;
const READY: DeviceStatus = { state: 'ready', detail: '' };
const UNPLUGGED: DeviceStatus = { state: 'lost', detail: 'The simulated scanner was unplugged.' };

/** A scanner that is moved by hand. Unless it is paused, everything arrives before the call returns. */
export interface SimulatedScanner extends Scanner {
  /** Holds up one code; the scanner adds its terminator. Nothing happens while it is unplugged. */
  feed(line: Buffer): void;
  /** Bytes as they come down a wire, with or without terminators. */
  write(bytes: Buffer): void;
  /** Holds up a code that is one byte too long. */
  overlong(): void;
  unplug(): void;
  plug(): void;
}

/** The simulated scanner, plugged in; its lines pass the same length guard as those of a real one. */
export function simulatedScanner(): SimulatedScanner {
  let listener: ((event: ScannerEvent) => void) | null = null;
  let guard: LengthGuard | null = new LengthGuard(MAX_LINE_BYTES);
  let paused = false;
  const waiting: LineEvent[] = [];

  const deliver = (): void => {
    while (!paused) {
      const event = waiting.shift();
      if (event === undefined) return;
      listener?.(event);
    }
  };
  const write = (bytes: Buffer): void => {
    if (guard === null || listener === null) return;
    const lines = guard.admit(bytes);
    for (let from = 0; from < lines.length; ) {
      const to = lines.indexOf(LINE_FEED, from);
      waiting.push(from === to ? { kind: 'overlong' } : { kind: 'line', line: lines.subarray(from, to) });
      from = to + 1;
    }
    deliver();
  };

  return {
    write,
    feed: (line) => write(Buffer.concat([line, TERMINATOR])),
    overlong: () => write(Buffer.concat([Buffer.alloc(MAX_LINE_BYTES + 1, 'x'), TERMINATOR])),
    unplug() {
      if (guard === null) return;
      guard = null;
      listener?.({ kind: 'status', status: UNPLUGGED });
    },
    plug() {
      if (guard !== null) return;
      guard = new LengthGuard(MAX_LINE_BYTES);
      listener?.({ kind: 'status', status: READY });
    },
    start(to) {
      listener = to;
      to({ kind: 'status', status: guard === null ? UNPLUGGED : READY });
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      deliver();
    },
    stop() {
      listener = null;
      waiting.length = 0;
      return Promise.resolve();
    },
    describe: () => 'scanner: simulated',
  };
}
