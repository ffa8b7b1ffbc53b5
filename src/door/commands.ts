import type { PublicState } from './public-state.ts';

/** All that a screen may ask of the kiosk. */
export interface Commands {
  state(): PublicState;
  /** Calls `listener` with the whole state at every change, until the returned function is called. */
  subscribe(listener: (state: PublicState) => void): () => void;
}
