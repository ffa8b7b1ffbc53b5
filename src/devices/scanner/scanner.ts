import type { DeviceStatus } from '../../base/device.ts';

export type ScannerEvent =
  /** One presented code, its single terminator stripped; bytes, nothing trimmed or decoded. */
  | { readonly kind: 'line'; readonly line: Buffer }
  /** A line ran past the limit; its rest is thrown away up to the next terminator. Told once a line. */
  | { readonly kind: 'overlong' }
  | { readonly kind: 'status'; readonly status: DeviceStatus };

/** A source of scanned lines that comes back by itself after an unplug. */
export interface Scanner {
  /** Begins to read; events come one at a time, the first one is a status. */
  start(listener: (event: ScannerEvent) => void): void;
  /** Asks the source to wait while lines arrive faster than they are judged; a few more may still come. */
  pause(): void;
  resume(): void;
  /** Resolves when the port is closed and no event will follow. */
  stop(): Promise<void>;
  /** One line for the boot banner: the effective wiring. */
  describe(): string;
}

/** The longest line that a scanner may deliver, in bytes, its terminator not counted. */
export const MAX_LINE_BYTES = 8_192;
