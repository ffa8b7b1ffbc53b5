/** The five lines of the door: three lamps, the buzzer, the relay of the strike. */
export const LINES = ['green', 'amber', 'red', 'buzzer', 'relay'] as const;
export type Line = (typeof LINES)[number];

/** True is on (lamp lit, buzzer sounding, strike released), whatever the active level of the wire is. */
export type Levels = Readonly<Record<Line, boolean>>;

export const ALL_OFF: Levels = { green: false, amber: false, red: false, buzzer: false, relay: false };

/** A whole signal with its own end: after the longest part everything is off again. */
export interface Pattern {
  /** The lamp that is lit, and for how long; `blinkMs` is the half period of a blinking lamp, 0 for a steady one. */
  readonly lamp: 'green' | 'amber' | 'red';
  readonly lampMs: number;
  readonly blinkMs: number;
  /** On and off times in turn, beginning with on. */
  readonly buzzerMs: readonly number[];
  /** How long the strike is released; 0 for a closed door. */
  readonly relayMs: number;
}
