import type { DeviceStatus } from '../../base/device.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { realTimers, type Timers } from '../../base/timers.ts';
import { BUSY, COVER_OPEN, NO_PAPER, STALLED, tooWide } from './faults.ts';
import type { Printer, PrintFault, PrintJob } from './printer.ts';

/** What can be wrong with it. */
export type PrinterTrouble = 'none' | 'paper-out' | 'cover-open' | 'unplugged' | 'hangs';

export interface SimulatedPrinterOptions {
  readonly widthDots: number;
  readonly dpi: number;
  readonly timers?: Timers;
  /** How long a sticker takes. */
  readonly printMs?: number;
  /** Called for each sticker that comes out. */
  readonly onPrinted?: (job: PrintJob) => void;
}

/** Stickers that lie before the printer until somebody takes them away. */
export const KEPT_STICKERS = 12;
const PRINT_MS = 800;
const HANG_MS = 5_000;

const TROUBLES: Readonly<Record<Exclude<PrinterTrouble, 'none'>, PrintFault>> = {
  'paper-out': NO_PAPER,
  'cover-open': COVER_OPEN,
  unplugged: { kind: 'lost', detail: 'The simulated printer is unplugged: plug it in.' },
  hangs: STALLED,
};

/** A printer that prints into memory and can be given any trouble. */
export class SimulatedPrinter implements Printer {
  readonly widthDots: number;
  readonly dpi: number;
  readonly #timers: Timers;
  readonly #printMs: number;
  readonly #onPrinted: (job: PrintJob) => void;
  readonly #printed: PrintJob[] = [];
  #listener: ((status: DeviceStatus) => void) | null = null;
  #trouble: PrinterTrouble = 'none';
  #end: ((fault: PrintFault | null) => void) | null = null;

  constructor(options: SimulatedPrinterOptions) {
    this.widthDots = options.widthDots;
    this.dpi = options.dpi;
    this.#timers = options.timers ?? realTimers;
    this.#printMs = options.printMs ?? PRINT_MS;
    this.#onPrinted = options.onPrinted ?? (() => {});
  }

  /** The last stickers, newest first. */
  get printed(): readonly PrintJob[] {
    return this.#printed;
  }

  describe(): string {
    return `printer: simulated, ${this.widthDots} dots wide at ${this.dpi} dpi`;
  }

  start(listener: (status: DeviceStatus) => void): void {
    this.#listener = listener;
    listener(this.#status());
  }

  /** Gives it a trouble, or takes it away; a sticker that is being printed is lost to it. */
  setTrouble(trouble: PrinterTrouble): void {
    this.#trouble = trouble;
    if (trouble !== 'none' && trouble !== 'hangs') this.#end?.(TROUBLES[trouble]);
    this.#listener?.(this.#status());
  }

  async print(job: PrintJob): Promise<Result<void, PrintFault>> {
    if (this.#listener === null) return err(TROUBLES.unplugged);
    if (this.#end !== null) return err(BUSY);
    if (job.picture.width > this.widthDots) {
      return err(tooWide(job.picture.width, this.widthDots));
    }
    const trouble = this.#trouble;
    if (trouble !== 'none' && trouble !== 'hangs') return err(TROUBLES[trouble]);
    const fault = await this.#feed(trouble === 'hangs');
    if (fault !== null) return err(fault);
    this.#printed.unshift(job);
    this.#printed.length = Math.min(this.#printed.length, KEPT_STICKERS);
    this.#onPrinted(job);
    return ok(undefined);
  }

  async stop(): Promise<void> {
    this.#listener = null;
    this.#end?.(TROUBLES.unplugged);
  }

  #feed(hangs: boolean): Promise<PrintFault | null> {
    return new Promise((resolve) => {
      const cancel = this.#timers.after(hangs ? HANG_MS : this.#printMs, () =>
        this.#end?.(hangs || this.#trouble === 'hangs' ? TROUBLES.hangs : null),
      );
      this.#end = (fault) => {
        cancel();
        this.#end = null;
        resolve(fault);
      };
    });
  }

  #status(): DeviceStatus {
    if (this.#trouble === 'none') return { state: 'ready', detail: '' };
    const { kind, detail } = TROUBLES[this.#trouble];
    return { state: kind === 'lost' ? 'lost' : 'fault', detail };
  }
}
