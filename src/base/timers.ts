/** The only way to wait. The returned function cancels; cancelling twice or after the call does nothing. */
export interface Timers {
  after(delayMs: number, callback: () => void): () => void;
}

/** Timers of the running process. */
export const realTimers: Timers = {
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
