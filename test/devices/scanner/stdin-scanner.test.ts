import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { ScannerEvent } from '../../../src/devices/scanner/scanner.ts';
import { stdinScanner } from '../../../src/devices/scanner/stdin-scanner.ts';
import { scannerContract } from '../../contracts/scanner.contract.ts';
import { Recorder } from '../../support/recorder.ts';

const PIPE_BYTES = 16 * 1_024;

scannerContract('stdin', async () => {
  const input = new PassThrough();
  return {
    scanner: stdinScanner({ input }),
    write(bytes) {
      // In pieces, as a pipe of the system delivers them.
      for (let from = 0; from < bytes.length; from += PIPE_BYTES) input.write(bytes.subarray(from, from + PIPE_BYTES));
    },
    close: async () => void input.destroy(),
  };
});

test('a pipe that breaks off says so and its half line is no scan', async () => {
  const input = new PassThrough();
  const events = new Recorder<ScannerEvent>();
  stdinScanner({ input }).start(events.listener);
  input.end('whole\nhalf');
  await events.next((event) => event.kind === 'status' && event.status.state === 'fault');
  expect(events.all.map((event) => (event.kind === 'line' ? event.line.toString() : event.kind))).toEqual([
    'status',
    'whole',
    'status',
  ]);
});
