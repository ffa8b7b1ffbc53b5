import type { Line } from '../../base/signal.ts';

/** One output: its number within the chip (on a Raspberry Pi the BCM number), and the level that means on. */
export interface Wire {
  readonly gpio: number;
  /** True where the line is on at low level, as most relay boards are. */
  readonly activeLow: boolean;
}

/** Which lines of which GPIO chip carry the signal; the chip is named by its label, as numbers move between kernels. */
export interface SignalWiring {
  readonly chip: string;
  readonly lines: Readonly<Record<Exclude<Line, 'relay'>, Wire>> & {
    readonly relay: Wire & { readonly maxOnMs: number };
  };
}
