import { expect, test } from 'vitest';
import type { ScannerEvent } from '../../../src/devices/scanner/scanner.ts';
import { simulatedScanner } from '../../../src/devices/scanner/simulated-scanner.ts';
import { replugContract, scannerContract } from '../../contracts/scanner.contract.ts';

const makeRig = async () => {
  const scanner = simulatedScanner();
  return {
    scanner,
    write: (bytes: Buffer) => scanner.write(bytes),
    unplug: async () => scanner.unplug(),
    plug: async () => scanner.plug(),
    close: async () => {},
  };
};
scannerContract('simulated', makeRig);
replugContract('simulated', makeRig);

test('a code held up to the simulated scanner has arrived when the call returns', () => {
  const scanner = simulatedScanner();
  const events: ScannerEvent[] = [];
  scanner.start((event) => events.push(event));
  scanner.feed(Buffer.from('HC1:X'));
  scanner.overlong();
  scanner.unplug();
  scanner.feed(Buffer.from('unseen'));
  scanner.plug();
  expect(events.map((event) => (event.kind === 'line' ? event.line.toString() : event.kind))).toEqual([
    'status',
    'HC1:X',
    'overlong',
    'status',
    'status',
  ]);
});
