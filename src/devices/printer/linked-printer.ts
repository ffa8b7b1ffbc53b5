import type { DeviceStatus } from '../../base/device.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { realTimers, type Timers } from '../../base/timers.ts';
import { Conversation, type Patience } from './conversation.ts';
import { encodeSticker, type PrinterType } from './encode.ts';
import { BUSY, tooWide } from './faults.ts';
import type { Route } from './link.ts';
import type { Printer, PrintFault, PrintJob } from './printer.ts';
import { bandFiller } from './raster.ts';
import { COVER, PAPER, PRINTED } from './status.ts';

export interface LinkedPrinterOptions {
  readonly route: Route;
  readonly type: PrinterType;
  readonly widthDots: number;
  readonly dpi: number;
  readonly timers?: Timers;
  readonly patience?: Partial<PrinterPatience>;
}

export interface PrinterPatience extends Patience {
  /** Between two looks at a printer that is ready. */
  readonly idleMs: number;
  /** First and longest wait before the next look at one that is not; doubles in between. */
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
}

export const DEFAULT_PATIENCE: PrinterPatience = {
  stallMs: 5_000,
  answerMs: 500,
  printedMs: 10_000,
  idleMs: 15_000,
  firstRetryMs: 1_000,
  lastRetryMs: 5_000,
};

const READY: DeviceStatus = { state: 'ready', detail: '' };
const STOPPED: PrintFault = { kind: 'lost', detail: 'The printer is switched off in this kiosk.' };
const SUPERSEDED: PrintFault = { kind: 'busy', detail: 'A sticker goes first.' };
const SILENT: PrintFault = {
  kind: 'timeout',
  detail: 'The printer no longer answers: look at its paper and cover, then switch it off and on.',
};

/**
 * A printer behind a route. Every job and every look at the printer opens a link of its own.
 *
 * INVARIANTS: one conversation at a time; a look gives way to a job, a job to nothing but `stop`; a job is tried once,
 * and when it fails its link is abandoned, so that the rest of it never comes out.
 */
export class LinkedPrinter implements Printer {
  readonly widthDots: number;
  readonly dpi: number;
  readonly #route: Route;
  readonly #type: PrinterType;
  readonly #timers: Timers;
  readonly #patience: PrinterPatience;
  #listener: ((status: DeviceStatus) => void) | null = null;
  #status: DeviceStatus | null = null;
  #look: Conversation | null = null;
  #job: Conversation | null = null;
  #cancelLook: () => void = () => {};
  #retryMs: number;
  /** Once it has answered, silence means that it hangs. Forgotten when it is lost: another may come back. */
  #hasAnswered = false;
  /** The last job broke off: the printer may still wait for the rest of a raster band. */
  #isTorn = false;

  constructor({ route, type, widthDots, dpi, timers = realTimers, patience = {} }: LinkedPrinterOptions) {
    this.#route = route;
    this.#type = type;
    this.widthDots = widthDots;
    this.dpi = dpi;
    this.#timers = timers;
    this.#patience = { ...DEFAULT_PATIENCE, ...patience };
    this.#retryMs = this.#patience.firstRetryMs;
  }

  describe(): string {
    return `printer: ${this.#type} on ${this.#route.name}, ${this.widthDots} dots wide at ${this.dpi} dpi`;
  }

  start(listener: (status: DeviceStatus) => void): void {
    this.#listener = listener;
    void this.#lookAtPrinter();
  }

  async print(job: PrintJob): Promise<Result<void, PrintFault>> {
    if (this.#listener === null) return err(STOPPED);
    if (this.#job !== null) return err(BUSY);
    if (job.picture.width > this.widthDots) {
      return err(tooWide(job.picture.width, this.widthDots));
    }
    this.#cancelLook();
    this.#look?.abandon(SUPERSEDED);
    const talk = new Conversation(this.#route.open, this.#timers, this.#patience);
    this.#job = talk;
    const fault = await this.#deliver(talk, job);
    this.#job = null;
    this.#settle(talk, fault);
    return fault === null ? ok(undefined) : err(fault);
  }

  async stop(): Promise<void> {
    this.#listener = null;
    this.#cancelLook();
    this.#look?.abandon(STOPPED);
    this.#job?.abandon(STOPPED);
  }

  async #deliver(talk: Conversation, job: PrintJob): Promise<PrintFault | null> {
    const unfit = (await talk.opened()) ?? (await this.#examine(talk));
    if (unfit !== null) return unfit;
    const filler = this.#isTorn ? [bandFiller(this.widthDots)] : [];
    this.#isTorn = true;
    const unsent = await talk.send(Buffer.concat([...filler, encodeSticker(job.picture, { type: this.#type })]));
    if (unsent !== null) return unsent;
    const proof = this.#hasAnswered && talk.canAnswer ? await talk.askInTurn(PRINTED) : null;
    // A roll that ended below the sticker has printed it all the same: the next look tells.
    const unprinted = proof === 'silent' ? SILENT : proof?.kind === 'paper-out' ? null : proof;
    if (unprinted === null) this.#isTorn = false;
    return unprinted;
  }

  /** Asks for cover and paper. A printer that never answers is taken at its word. */
  async #examine(talk: Conversation): Promise<PrintFault | null> {
    if (this.#type !== 'epson' || !talk.canAnswer) return null;
    for (const question of [COVER, PAPER]) {
      const answer = await talk.ask(question);
      if (answer === 'silent') return this.#hasAnswered ? SILENT : null;
      if (answer !== null && answer.kind !== 'paper-out') return answer;
      this.#hasAnswered = true;
      if (answer !== null) return answer;
    }
    return null;
  }

  async #lookAtPrinter(): Promise<void> {
    const talk = new Conversation(this.#route.open, this.#timers, this.#patience);
    this.#look = talk;
    const fault = (await talk.opened()) ?? (await this.#examine(talk));
    if (this.#look === talk) this.#look = null;
    if (fault !== SUPERSEDED) this.#settle(talk, fault);
  }

  /** Ends a conversation, tells what came of it, and plans the next look. */
  #settle(talk: Conversation, fault: PrintFault | null): void {
    if (fault === null) talk.close();
    else talk.abandon(fault);
    if (this.#listener === null) return;
    if (fault?.kind === 'lost') this.#hasAnswered = false;
    const status: DeviceStatus =
      fault === null ? READY : { state: fault.kind === 'lost' ? 'lost' : 'fault', detail: fault.detail };
    if (status.state !== this.#status?.state || status.detail !== this.#status.detail) this.#listener(status);
    this.#status = status;
    const waitMs = fault === null ? this.#patience.idleMs : this.#retryMs;
    this.#retryMs = fault === null ? this.#patience.firstRetryMs : Math.min(2 * waitMs, this.#patience.lastRetryMs);
    this.#cancelLook = this.#timers.after(waitMs, () => void this.#lookAtPrinter());
  }
}
