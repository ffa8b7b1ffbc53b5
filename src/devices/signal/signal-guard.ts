import { createInterface } from 'node:readline';
import { reasonOf } from '../../base/assert.ts';
import { realTimers } from '../../base/timers.ts';
import { openLines } from './gpio-lines.ts';
import { SignalGuard } from './guard.ts';
import type { GuardReport, GuardRequest } from './guard-protocol.ts';

// The guard is a process of its own: whatever blocks or kills the kiosk, the relay still falls in time. Fed with one
// `wire` line and then nothing, it puts the lines to rest and ends, which is also how a supervisor makes them safe.

const guard = new SignalGuard({
  timers: realTimers,
  openLines,
  report(report) {
    say(report);
    if (report.kind === 'fault') process.exitCode = 1;
    if (report.kind === 'fault') requests.close();
  },
});

function say(report: GuardReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

function end(code: number): never {
  guard.makeSafe();
  process.exit(code);
}

process.on('exit', () => guard.makeSafe());
process.on('uncaughtException', (thrown) => {
  guard.makeSafe();
  say({ kind: 'fault', detail: `The signal guard failed (${reasonOf(thrown).slice(0, 200)}): it starts again.` });
  end(1);
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(0));
// Nobody listens any more: the kiosk is gone.
process.stdout.on('error', () => end(0));

const requests = createInterface({ input: process.stdin });
requests.on('line', (line) => guard.receive(JSON.parse(line) as GuardRequest));
requests.on('close', () => end(Number(process.exitCode ?? 0)));
