import { SECOND_MS } from '../base/time.ts';
import type { Presentation, ScanId } from '../door/state.ts';
import { assemble, type HeldChunks, MAX_CHUNKS, NO_CHUNKS } from '../pass/chunks.ts';

/** A code still in view is read again and again: a line seen within this time of its last sight is not a new one. */
export const SAME_PRESENTATION_MS = 3 * SECOND_MS;
/** Tickets that lie side by side under the reader: it reads them in turn, for as long as they lie there. */
export const MAX_IN_VIEW = 4;

/** The lines behind one presentation: one, or the codes of one card so far. */
interface Sight {
  readonly scan: ScanId;
  readonly lines: readonly string[];
  readonly lastMs: number;
}

export interface Arrival {
  readonly scan: ScanId;
  readonly presentation: Presentation;
}

/**
 * Turns scanned lines into presentations: numbers them, joins the codes of one card, and knows a code that is merely
 * still being held up.
 */
export class Inbox {
  #lastScan: ScanId = 0;
  #chunks: HeldChunks = NO_CHUNKS;
  /** The newest presentation last; of those before it only admitted ones. */
  #inView: readonly Sight[] = [];
  #admitted: ScanId = 0;
  #cardLines: readonly string[] = [];
  #repeats = 0;

  /** Lines that were only further sights of a presentation, since start. */
  get repeats(): number {
    return this.#repeats;
  }

  /**
   * @param line the scanned bytes, or null for a line that ran past the limit
   * @param atMs monotonic time of arrival
   * @returns the new presentation, or null for a further sight of one in view: the door shows what it shows
   */
  take(line: Buffer | null, atMs: number): Arrival | null {
    if (line === null) return this.#arrive({ kind: 'overlong' }, [], atMs);
    const text = line.toString('latin1');
    this.#inView = this.#inView.filter(({ lastMs }) => atMs - lastMs < SAME_PRESENTATION_MS);
    const seen = this.#inView.find(({ lines }) => lines.includes(text));
    if (seen !== undefined) {
      this.#inView = this.#inView.map((sight) => (sight === seen ? { ...seen, lastMs: atMs } : sight));
      this.#repeats += 1;
      return null;
    }
    const { held, presented } = assemble(this.#chunks, line, atMs);
    this.#chunks = held;
    // While the codes of one card lie in view, a further sight of any of them belongs to what they gave together.
    const isOfCard = presented.parts > 1 || held.digits.size > 0;
    const before = held.digits.size === 1 ? [] : this.#cardLines;
    this.#cardLines = isOfCard ? [...before.filter((other) => other !== text), text].slice(-MAX_CHUNKS) : [];
    return this.#arrive({ kind: 'code', presented }, isOfCard ? this.#cardLines : [text], atMs);
  }

  /**
   * Somebody was let in on this presentation: it stays in view beside the next ones. Any other is judged again when it
   * comes back, so that nobody who was turned away walks in under the lamp of somebody else.
   */
  admitted(scan: ScanId): void {
    this.#admitted = scan;
  }

  /** The codes that were joined are not of one card: the newest may be the first of the next person's. */
  startCardWith(line: Buffer, atMs: number): void {
    this.#chunks = assemble(NO_CHUNKS, line, atMs).held;
  }

  #arrive(presentation: Presentation, lines: readonly string[], atMs: number): Arrival {
    const kept = this.#inView.filter(({ scan }) => scan !== this.#lastScan || scan === this.#admitted);
    this.#lastScan += 1;
    this.#inView = [...kept, { scan: this.#lastScan, lines, lastMs: atMs }].slice(-MAX_IN_VIEW);
    return { scan: this.#lastScan, presentation };
  }
}
