import type { DeviceStatus } from '../../base/device.ts';
import { ALL_OFF } from '../../base/signal.ts';
import type { Timers } from '../../base/timers.ts';
import { LevelFile } from './level-file.ts';
import { sameLevels } from './pattern.ts';
import { PatternPlayer } from './pattern-player.ts';
import type { Signal, SignalEvent } from './signal.ts';

/** The longest that the simulated relay stays on, where nothing else is given. */
export const USUAL_RELAY_MAX_ON_MS = 5_000;

export interface SimulatedSignalOptions {
  /**
   * A named pipe or file that is told of every change, `{"seq":n,"green":…,"amber":…,"red":…,"buzzer":…,"relay":…}` a
   * line: the first line with a `seq` acknowledges that entry. Null for none.
   */
  readonly path: string | null;
  readonly timers: Timers;
  readonly relayMaxOnMs?: number;
}

/** The signal without wires: the same patterns on the same limits, played in this process. */
export function simulatedSignal({
  path,
  timers,
  relayMaxOnMs = USUAL_RELAY_MAX_ON_MS,
}: SimulatedSignalOptions): Signal {
  const file = path === null ? null : new LevelFile(path);
  let listener: ((event: SignalEvent) => void) | null = null;
  let fault: string | null = null;
  let told = ALL_OFF;

  const tellFault = (next: string | null): void => {
    if (next === fault) return;
    fault = next;
    listener?.({ kind: 'status', status: statusOf(next) });
  };

  const player = new PatternPlayer(timers, { relayMaxOnMs }, (levels, seq) => {
    if (file !== null) tellFault(file.tell(levels, seq));
    if (sameLevels(levels, told)) return;
    told = levels;
    listener?.({ kind: 'levels', levels });
  });

  return {
    start(to) {
      listener = to;
      fault = file?.flush() ?? null;
      to({ kind: 'status', status: statusOf(fault) });
    },
    show: (pattern, seq) => player.show(pattern, seq),
    rest: () => player.rest(),
    stop() {
      listener = null;
      player.rest();
      file?.close();
      return Promise.resolve();
    },
    describe: () => `signal: simulated${path === null ? '' : `, told to ${path}`}`,
  };
}

const statusOf = (fault: string | null): DeviceStatus =>
  fault === null ? { state: 'ready', detail: '' } : { state: 'fault', detail: fault };
