import type { Note } from '../journal/entry.ts';
import { type Journal, JournalFault } from '../journal/journal.ts';
import type { Log } from './log.ts';

/** What the kiosk writes into its journal of itself, and what it does while the disk refuses. */
export class Records {
  readonly #journal: Journal;
  readonly #log: Log;
  #unrecorded = 0;
  #fault: string | null = null;
  #isDiskLow = false;

  constructor(journal: Journal, log: Log) {
    this.#journal = journal;
    this.#log = log;
  }

  /** What is wrong with the disk now, in words for a status line. */
  get troubles(): readonly string[] {
    return [this.#fault ?? '', this.#isDiskLow ? 'the disk is nearly full' : ''].filter((trouble) => trouble !== '');
  }

  note(note: Note): void {
    try {
      this.#journal.record(note);
    } catch (thrown) {
      if (!(thrown instanceof JournalFault)) throw thrown;
      this.lost(thrown);
    }
  }

  /** Something that the disk may refuse without a record being lost. */
  guarded(write: () => void): void {
    try {
      write();
    } catch (thrown) {
      if (!(thrown instanceof JournalFault)) throw thrown;
      this.#faulted(thrown);
    }
  }

  /** A record that the disk did not take: counted, and told once it takes one again. */
  lost(fault: JournalFault): void {
    this.#unrecorded += 1;
    this.#faulted(fault);
  }

  /** Writes what has waited, and how much could not be written at all. */
  settle(): void {
    this.guarded(() => {
      this.#journal.flush();
      if (this.#unrecorded > 0) {
        this.#journal.record({ type: 'unrecorded', count: this.#unrecorded, fault: this.#fault ?? 'unknown' });
      }
      this.#unrecorded = 0;
      this.#fault = null;
    });
  }

  /** Tries again after a fault, and notes when the held back space is given up and when it is whole again. */
  look(): void {
    this.#journal.reserve?.grow();
    const isDiskLow = this.#journal.reserve?.isLow ?? false;
    if (this.#fault === null && isDiskLow !== this.#isDiskLow) {
      this.#isDiskLow = isDiskLow;
      const type = isDiskLow ? 'disk-low' : 'disk-ready';
      this.note({ type });
      this.#log(type, {});
    }
    if (this.#fault !== null || this.#unrecorded > 0) this.settle();
  }

  #faulted(fault: JournalFault): void {
    if (this.#fault !== fault.message) this.#log('journal-fault', { fault: fault.message });
    this.#fault = fault.message;
  }
}
