import type { Levels, Pattern } from '../../base/signal.ts';
import type { SignalWiring } from './signal-wiring.ts';

/** Both ends speak JSON, one object a line, over the standard streams of the guard; both ends are this build. */

/** From the kiosk to the guard. The first one names the wires; each one is a sign of life. */
export type GuardRequest =
  | { readonly kind: 'wire'; readonly wiring: SignalWiring }
  | { readonly kind: 'show'; readonly pattern: Pattern; readonly seq: number | null }
  | { readonly kind: 'rest' }
  | { readonly kind: 'beat' };

/** From the guard to the kiosk. */
export type GuardReport =
  /** The lines are owned and at rest. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'levels'; readonly levels: Levels }
  /** Answers a beat. */
  | { readonly kind: 'alive' }
  /** One sentence; the guard ends after it. */
  | { readonly kind: 'fault'; readonly detail: string };

/** How often the kiosk gives a sign of life. */
export const BEAT_EVERY_MS = 500;
/** The lines go to rest when the kiosk has been silent for this long. */
export const MAX_SILENCE_MS = 2_000;
/** A guard that leaves this many beats unanswered is ended and replaced. */
export const MAX_UNANSWERED_BEATS = 4;
