import type { Levels } from '../../src/base/signal.ts';
import type { DoorCondition } from '../../src/door/public-state.ts';
import type { VitalPart } from '../../src/door/state.ts';
import type { ReasonCode, VerdictName } from '../../src/policy/reasons.ts';
import type { Card } from './card.ts';

/** A verdict at the door, as it must be seen. */
export interface Showing {
  readonly scan: number;
  /** The entry that it rests on; null after a journal fault. */
  readonly seq: number | null;
  readonly verdict: VerdictName;
  readonly reason: ReasonCode;
  /** The journal could not take what staff decided; shown as a journal fault. */
  readonly isUnrecorded: boolean;
  readonly card: Card;
  readonly sinceMs: number;
}

interface Sight {
  readonly line: string;
  readonly scan: number;
  readonly isAdmitted: boolean;
  readonly lastMs: number;
}

const SHOWN_MS: Readonly<Record<VerdictName, number>> = { admit: 3_000, assist: 30_000, refuse: 5_000 };
const RELAY_MS = 1_500;
const HALF_BLINK_MS = 500;
const IN_VIEW_MS = 3_000;

/** The door as a bystander with a watch would describe it. Times are milliseconds since the day began. */
export class DoorModel {
  #down = new Set<VitalPart>();
  #showing: Showing | null = null;
  #isOut = false;
  #scans = 0;
  #inView: readonly Sight[] = [];

  started(isScannerPlugged: boolean, isSignalThere: boolean): void {
    this.#down = new Set([
      ...(isScannerPlugged ? [] : (['scanner'] as const)),
      ...(isSignalThere ? [] : (['signal'] as const)),
    ]);
    this.#isOut = this.#down.size > 0;
    this.#showing = null;
    this.#scans = 0;
    this.#inView = [];
  }

  part(part: VitalPart, isUp: boolean, nowMs: number): void {
    const showing = this.showingAt(nowMs);
    if (isUp) this.#down.delete(part);
    else this.#down.add(part);
    if (this.#down.size === 0) this.#isOut = showing === null ? false : this.#isOut;
    else if (showing === null || this.#down.has('signal')) {
      this.#showing = null;
      this.#isOut = true;
    }
  }

  showingAt(nowMs: number): Showing | null {
    const showing = this.#showing;
    if (showing === null || nowMs - showing.sinceMs < SHOWN_MS[showing.verdict]) return showing;
    this.#showing = null;
    this.#isOut = this.#down.size > 0;
    return null;
  }

  stateAt(nowMs: number): DoorCondition {
    if (this.showingAt(nowMs) !== null) return 'showing';
    return this.#isOut ? 'out-of-service' : 'ready';
  }

  /** Whether a line was seen a moment ago. */
  isHeldUp(line: string, nowMs: number): boolean {
    return this.#inView.some((sight) => sight.line === line && nowMs - sight.lastMs < IN_VIEW_MS);
  }

  /** Whether a line is only a further sight of a code that is still held up. */
  isInView(line: string, nowMs: number): boolean {
    this.#inView = this.#inView.filter(({ lastMs }) => nowMs - lastMs < IN_VIEW_MS);
    const seen = this.#inView.find((sight) => sight.line === line);
    if (seen === undefined) return false;
    this.#inView = this.#inView.map((sight) => (sight === seen ? { ...seen, lastMs: nowMs } : sight));
    return true;
  }

  /** A new presentation arrived. @returns its number */
  arrived(line: string | null, nowMs: number): number {
    const kept = this.#inView.filter(({ scan, isAdmitted }) => scan !== this.#scans || isAdmitted);
    this.#scans += 1;
    const sight: Sight = { line: line ?? '', scan: this.#scans, isAdmitted: false, lastMs: nowMs };
    this.#inView = [...kept, ...(line === null ? [] : [sight])].slice(-4);
    return this.#scans;
  }

  show(showing: Showing): void {
    this.#showing = showing;
    if (showing.verdict !== 'admit') return;
    this.#inView = this.#inView.map((sight) => (sight.scan === showing.scan ? { ...sight, isAdmitted: true } : sight));
  }

  /** Lamps and strike; the buzzer is nobody's promise. */
  linesAt(nowMs: number): Omit<Levels, 'buzzer'> {
    const showing = this.showingAt(nowMs);
    const forMs = showing === null ? 0 : nowMs - showing.sinceMs;
    const verdict = showing?.verdict;
    return {
      green: verdict === 'admit',
      amber: verdict === 'assist' && forMs % (2 * HALF_BLINK_MS) < HALF_BLINK_MS,
      red: verdict === 'refuse',
      relay: verdict === 'admit' && forMs < RELAY_MS,
    };
  }
}
