import { assert, unreachable } from '../../base/assert.ts';
import type { Result } from '../../base/result.ts';
import { ALL_OFF } from '../../base/signal.ts';
import type { Timers } from '../../base/timers.ts';
import type { SignalLines } from './gpio-lines.ts';
import { type GuardReport, type GuardRequest, MAX_SILENCE_MS } from './guard-protocol.ts';
import { sameLevels } from './pattern.ts';
import { PatternPlayer } from './pattern-player.ts';
import type { SignalWiring } from './signal-wiring.ts';

export interface GuardParts {
  readonly timers: Timers;
  readonly openLines: (wiring: SignalWiring) => Result<SignalLines, string>;
  readonly report: (report: GuardReport) => void;
}

/**
 * The part that owns the lines.
 *
 * INVARIANTS
 * - The lines are at rest unless a pattern plays, and no pattern outlives MAX_SILENCE_MS without a word of the kiosk.
 * - A pattern's end, the relay's above all, waits for nothing but this process's own timers.
 */
export class SignalGuard {
  readonly #parts: GuardParts;
  #lines: SignalLines | null = null;
  #player: PatternPlayer | null = null;
  #told = ALL_OFF;
  #cancelSilence: () => void = () => {};

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  receive(request: GuardRequest): void {
    this.#heard();
    switch (request.kind) {
      case 'wire':
        this.#wire(request.wiring);
        break;
      case 'show':
        this.#player?.show(request.pattern, request.seq);
        break;
      case 'rest':
        this.#player?.rest();
        break;
      case 'beat':
        this.#parts.report({ kind: 'alive' });
        break;
      default:
        unreachable(request);
    }
  }

  /** For the last moment of the process: writes the safe levels, reports nothing, never throws. */
  makeSafe(): void {
    this.#lines?.makeSafe();
  }

  #wire(wiring: SignalWiring): void {
    assert(this.#lines === null, 'the guard is wired once');
    const { timers, report, openLines } = this.#parts;
    const opened = openLines(wiring);
    if (!opened.ok) {
      report({ kind: 'fault', detail: opened.error });
      return;
    }
    const lines = opened.value;
    this.#lines = lines;
    this.#player = new PatternPlayer(timers, { relayMaxOnMs: wiring.lines.relay.maxOnMs }, (levels) => {
      lines.write(levels);
      if (sameLevels(levels, this.#told)) return;
      this.#told = levels;
      report({ kind: 'levels', levels });
    });
    report({ kind: 'ready' });
  }

  #heard(): void {
    this.#cancelSilence();
    this.#cancelSilence = this.#parts.timers.after(MAX_SILENCE_MS, () => this.#player?.rest());
  }
}
