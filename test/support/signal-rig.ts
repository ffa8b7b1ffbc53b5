import { realTimers } from '../../src/base/timers.ts';
import { gpioSignal } from '../../src/devices/signal/gpio-signal.ts';

// Run as a child, a kiosk to be killed: argv[2] is JSON {wiring, guardCommand, pattern}. It shows the pattern as soon
// as its signal is ready and writes one line for each event.
const { wiring, guardCommand, pattern } = JSON.parse(process.argv[2] ?? '{}');
const signal = gpioSignal({ wiring, guardCommand, timers: realTimers });
signal.start((event) => {
  process.stdout.write(`${JSON.stringify(event)}\n`);
  if (event.kind === 'status' && event.status.state === 'ready') signal.show(pattern, 1);
});
