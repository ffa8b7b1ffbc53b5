import type { Timers } from '../../base/timers.ts';
import { STALLED } from './faults.ts';
import type { Link, OpenLink } from './link.ts';
import type { PrintFault } from './printer.ts';
import type { Question } from './status.ts';

const UNREACHABLE: PrintFault = {
  kind: 'lost',
  detail: 'The printer does not respond: check that it is switched on and connected.',
};

/** How long a printer is waited for. All in milliseconds. */
export interface Patience {
  /** For the link to open, and for each slice to be taken. */
  readonly stallMs: number;
  /** For the answer to a real-time question. */
  readonly answerMs: number;
  /** For the printer to work through a whole sticker. */
  readonly printedMs: number;
}

/** One link as a sequence of steps that each end: in what was awaited, in a fault, or late. */
export class Conversation {
  readonly #link: Link;
  readonly #timers: Timers;
  readonly #patience: Patience;
  #isOpen = false;
  #isTaken = false;
  #isAnswer: Question['isAnswer'] = () => false;
  #answer: number | null = null;
  #fault: PrintFault | null = null;
  #wake: () => void = () => {};

  constructor(open: OpenLink, timers: Timers, patience: Patience) {
    this.#timers = timers;
    this.#patience = patience;
    this.#link = open({
      opened: () => {
        this.#isOpen = true;
        this.#wake();
      },
      written: () => {
        this.#isTaken = true;
        this.#wake();
      },
      received: (bytes) => {
        this.#answer ??= bytes.find((byte) => this.#isAnswer(byte)) ?? null;
        this.#wake();
      },
      ended: (fault) => this.#fail(fault),
    });
  }

  get canAnswer(): boolean {
    return this.#link.answers;
  }

  /** Null when the link is open. */
  async opened(): Promise<PrintFault | null> {
    if (await this.#until(() => this.#isOpen, this.#patience.stallMs)) return null;
    return this.#fault ?? UNREACHABLE;
  }

  /** Null when the device has taken all the bytes. */
  async send(bytes: Buffer): Promise<PrintFault | null> {
    for (let from = 0; from < bytes.length; from += this.#link.sliceBytes) {
      if (this.#fault !== null) return this.#fault;
      this.#isTaken = false;
      this.#link.write(bytes.subarray(from, from + this.#link.sliceBytes));
      if (await this.#until(() => this.#isTaken, this.#patience.stallMs)) continue;
      return this.#fault ?? STALLED;
    }
    return null;
  }

  /** What the printer's answer means; `silent` if none comes in time. */
  ask(question: Question): Promise<PrintFault | 'silent' | null> {
    return this.#ask(question, this.#patience.answerMs);
  }

  /** As `ask`, for a question that is answered only after all that was sent before is on paper. */
  askInTurn(question: Question): Promise<PrintFault | 'silent' | null> {
    return this.#ask(question, this.#patience.printedMs);
  }

  close(): void {
    this.#link.close();
  }

  /** Ends at once; a step that is waiting ends with `fault`. */
  abandon(fault: PrintFault): void {
    this.#link.abandon();
    this.#fail(fault);
  }

  async #ask(question: Question, withinMs: number): Promise<PrintFault | 'silent' | null> {
    this.#answer = null;
    this.#isAnswer = question.isAnswer;
    const unsent = await this.send(question.ask);
    if (unsent !== null) return unsent;
    await this.#until(() => this.#answer !== null, withinMs);
    if (this.#answer !== null) return question.judge(this.#answer);
    return this.#fault ?? 'silent';
  }

  #fail(fault: PrintFault): void {
    this.#fault ??= fault;
    this.#wake();
  }

  /** False when the link ended, or time was up, before it happened. */
  #until(happened: () => boolean, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#wake = () => {};
        resolve(happened());
      };
      const cancel = this.#timers.after(withinMs, end);
      this.#wake = () => {
        if (happened() || this.#fault !== null) end();
      };
      this.#wake();
    });
  }
}
