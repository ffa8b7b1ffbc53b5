/** Whoever restarts this process: told that it is ready, that it is alive, and that it is stopping. */
export interface Supervisor {
  ready(): void;
  /** Feeds the watchdog; called only while every part of the kiosk is fresh. */
  alive(status: string): void;
  /** Tells why the watchdog is not fed. */
  ailing(status: string): void;
  stopping(): void;
  /** How often `alive` is wanted, in milliseconds; null where nobody watches. */
  readonly aliveEveryMs: number | null;
}
