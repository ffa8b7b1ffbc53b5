import type { Bitmap } from '../../base/bitmap.ts';
import type { DeviceStatus } from '../../base/device.ts';
import type { Result } from '../../base/result.ts';

export interface PrintJob {
  /** The sticker's short id, for messages. */
  readonly id: string;
  readonly picture: Bitmap;
}

/** `detail` is one sentence: what is wrong and what to do. A failed job is never printed later. */
export interface PrintFault {
  readonly kind: 'busy' | 'paper-out' | 'lost' | 'timeout' | 'too-wide';
  readonly detail: string;
}

export interface Printer {
  start(listener: (status: DeviceStatus) => void): void;
  /** Resolves when the bytes are with the printer, or with the fault; takes one job at a time and never retries. */
  print(job: PrintJob): Promise<Result<void, PrintFault>>;
  /** Printable width in dots. */
  readonly widthDots: number;
  /** Dots an inch. */
  readonly dpi: number;
  stop(): Promise<void>;
  describe(): string;
}
