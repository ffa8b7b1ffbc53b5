import { readFile, stat } from 'node:fs';
import { realTimers } from '../../src/base/timers.ts';
import { serialScanner } from '../../src/devices/scanner/serial-scanner.ts';

// Run as a child: a scanner on argv[2]; once it is ready, one file that nobody ever writes (argv[3…]) hangs each
// thread of the pool. It tells what happens in lines on standard output, also whether the pool still hangs.
const [port = '', ...neverWritten] = process.argv.slice(2);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
let hangs = true;

serialScanner({ path: port, baud: 9600, timers: realTimers }).start((event) => {
  if (event.kind === 'line') say(`${event.line.toString('latin1')} ${hangs ? 'while the pool hangs' : 'pool is free'}`);
  if (event.kind !== 'status' || event.status.state !== 'ready') return;
  for (const path of neverWritten) readFile(path, () => say('a read ended'));
  stat('/', () => {
    hangs = false;
  });
  // The immediate gives the hung calls their turn to be queued before the test sends its line.
  setImmediate(() => say('ready'));
});
