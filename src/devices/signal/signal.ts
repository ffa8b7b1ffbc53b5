import type { DeviceStatus } from '../../base/device.ts';
import type { Levels, Pattern } from '../../base/signal.ts';

export type SignalEvent =
  | { readonly kind: 'status'; readonly status: DeviceStatus }
  /** The lines as they are now, told at every change. */
  | { readonly kind: 'levels'; readonly levels: Levels };

/** Lamps, buzzer and relay. Whole patterns are handed over, so that their end does not depend on this process. */
export interface Signal {
  start(listener: (event: SignalEvent) => void): void;
  /**
   * Plays a pattern instead of the present one. `seq` is the journal entry it answers, written before; null where the
   * journal failed, which never comes with a released strike.
   */
  show(pattern: Pattern, seq: number | null): void;
  /** Ends the present pattern: all lines to rest. */
  rest(): void;
  /** All lines to their safe level; resolves when they are there. */
  stop(): Promise<void>;
  describe(): string;
}
