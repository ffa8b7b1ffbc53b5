import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { unreachable } from '../../base/assert.ts';
import type { DeviceStatus } from '../../base/device.ts';
import { LINES, type Pattern } from '../../base/signal.ts';
import type { Timers } from '../../base/timers.ts';
import { BEAT_EVERY_MS, type GuardReport, type GuardRequest, MAX_UNANSWERED_BEATS } from './guard-protocol.ts';
import type { Signal, SignalEvent } from './signal.ts';
import type { SignalWiring } from './signal-wiring.ts';

/** The pause before a guard that ended is replaced; the first is short because a lamp may be left on. */
export const FIRST_RESTART_MS = 20;
export const LONGEST_RESTART_MS = 2_000;
/** A guard that lived this long with its lines was sound: its end is the first of a new series. */
const SOUND_AFTER_MS = 10_000;
/** A guard that has not taken the lines by then, or does not end when asked to, is killed. */
const START_DEADLINE_MS = 10_000;
const STOP_DEADLINE_MS = 2_000;

export interface GpioSignalOptions {
  readonly wiring: SignalWiring;
  readonly timers: Timers;
  /** The program that owns the lines, and its arguments; the compiled signal-guard beside this file if not given. */
  readonly guardCommand?: readonly [program: string, ...args: string[]];
}

/**
 * Lamps, buzzer and relay on GPIO lines, owned by a child process that is replaced when it ends or hangs. A pattern
 * that is shown while there is no guard is dropped: it is never played late.
 */
export function gpioSignal(options: GpioSignalOptions): Signal {
  return new GpioSignal(options);
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

const builtGuard = () => [process.execPath, fileURLToPath(new URL('./signal-guard.js', import.meta.url))] as const;

class GpioSignal implements Signal {
  readonly #wiring: SignalWiring;
  readonly #timers: Timers;
  readonly #guardCommand: readonly [string, ...string[]];
  #listener: ((event: SignalEvent) => void) | null = null;
  #child: Child | null = null;
  #isReady = false;
  #unansweredBeats = 0;
  #status: DeviceStatus | null = null;
  #fault: string | null = null;
  #restartMs = FIRST_RESTART_MS;
  /** Of the one thing that is waited for: a beat, a deadline or a restart. */
  #cancelWait: () => void = () => {};
  #cancelSound: () => void = () => {};

  constructor({ wiring, timers, guardCommand = builtGuard() }: GpioSignalOptions) {
    this.#wiring = wiring;
    this.#timers = timers;
    this.#guardCommand = guardCommand;
  }

  start(listener: (event: SignalEvent) => void): void {
    this.#listener = listener;
    this.#spawn();
  }

  show(pattern: Pattern, seq: number | null): void {
    if (this.#isReady) this.#send({ kind: 'show', pattern, seq });
  }

  rest(): void {
    if (this.#isReady) this.#send({ kind: 'rest' });
  }

  stop(): Promise<void> {
    this.#listener = null;
    this.#isReady = false;
    this.#cancelWait();
    this.#cancelSound();
    const child = this.#child;
    if (child === null) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#timers.after(STOP_DEADLINE_MS, () => child.kill('SIGKILL'));
      child.once('close', () => {
        cancel();
        resolve();
      });
      child.stdin.end();
    });
  }

  describe(): string {
    const { chip, lines } = this.#wiring;
    const wires = LINES.map((line) => `${line} ${lines[line].gpio}${lines[line].activeLow ? ' (active low)' : ''}`);
    return `signal: GPIO chip ${chip}, ${wires.join(', ')}, relay at most ${lines.relay.maxOnMs} ms`;
  }

  #spawn(): void {
    const [program, ...args] = this.#guardCommand;
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    this.#fault = null;
    // What cannot be written any more is told by the end of the child.
    child.stdin.on('error', () => {});
    child.on('error', (error) => {
      this.#fault = `The signal guard cannot be started (${error.message}): build the program again.`;
    });
    // Not 'exit': what the guard said last may still be in the pipe then.
    child.once('close', () => this.#ended(child));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (this.#child === child) this.#heard(JSON.parse(line) as GuardReport);
    });
    this.#send({ kind: 'wire', wiring: this.#wiring });
    this.#cancelWait = this.#timers.after(START_DEADLINE_MS, () => child.kill('SIGKILL'));
  }

  #heard(report: GuardReport): void {
    switch (report.kind) {
      case 'ready':
        this.#isReady = true;
        this.#unansweredBeats = 0;
        this.#cancelSound = this.#timers.after(SOUND_AFTER_MS, () => {
          this.#restartMs = FIRST_RESTART_MS;
        });
        this.#tell({ state: 'ready', detail: '' });
        this.#beat();
        break;
      case 'levels':
        this.#listener?.({ kind: 'levels', levels: report.levels });
        break;
      case 'alive':
        this.#unansweredBeats = 0;
        break;
      case 'fault':
        this.#fault = report.detail;
        break;
      default:
        unreachable(report);
    }
  }

  /** Unanswered beats are counted, not timed: a stall of this very process must not be held against the guard. */
  #beat(): void {
    if (this.#listener === null) return;
    this.#cancelWait();
    if (this.#unansweredBeats >= MAX_UNANSWERED_BEATS) {
      this.#child?.kill('SIGKILL');
      return;
    }
    this.#unansweredBeats += 1;
    this.#send({ kind: 'beat' });
    this.#cancelWait = this.#timers.after(BEAT_EVERY_MS, () => this.#beat());
  }

  #ended(child: Child): void {
    if (this.#child !== child) return;
    this.#child = null;
    this.#isReady = false;
    this.#cancelWait();
    this.#cancelSound();
    if (this.#listener === null) return;
    if (this.#fault !== null) this.#tell({ state: 'fault', detail: this.#fault });
    else this.#tell({ state: 'lost', detail: 'The signal guard has ended: it is started again.' });
    this.#cancelWait = this.#timers.after(this.#restartMs, () => this.#spawn());
    this.#restartMs = Math.min(this.#restartMs * 2, LONGEST_RESTART_MS);
  }

  #send(request: GuardRequest): void {
    this.#child?.stdin.write(`${JSON.stringify(request)}\n`);
  }

  #tell(status: DeviceStatus): void {
    if (this.#status?.state === status.state && this.#status.detail === status.detail) return;
    this.#status = status;
    this.#listener?.({ kind: 'status', status });
  }
}
