import { randomBytes } from 'node:crypto';
import { err, ok, type Result } from '../base/result.ts';
import { type Clock, MINUTE_MS, SECOND_MS } from '../base/time.ts';
import type { Scanner } from '../devices/scanner/scanner.ts';
import type { OwnerCommands, OwnerRefusal, OwnerView, ScannedCheckpoint } from '../door/commands.ts';
import { CODE_PREFIX } from '../journal/checkpoint-code.ts';
import { type Journal, JournalFault } from '../journal/journal.ts';
import type { Log } from './log.ts';
import { checkPin } from './owner-pin.ts';
import { isTaken, type WitnessDesk } from './witness-desk.ts';

/** Wrong PINs in a row that cost nothing; each one after them doubles the wait. */
export const FREE_TRIES = 5;
export const FIRST_WAIT_MS = MINUTE_MS;
export const LONGEST_WAIT_MS = 60 * MINUTE_MS;
/** The mode ends this long after the owner last did something, and soon after the page was last heard of. */
export const IDLE_MS = 5 * MINUTE_MS;
export const SILENT_MS = 15 * SECOND_MS;
const TOKEN_BYTES = 16;

export interface OwnerModeParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly desk: WitnessDesk;
  /** The slips of days; see `SlipDesk`. */
  readonly slips: { readonly missed: readonly string[]; readonly canPrint: boolean; printMissed(day: string): void };
  /** Where the PIN is stored. */
  readonly pinPath: string;
  readonly log: Log;
}

interface Session {
  readonly token: string;
  readonly actedAtMs: number;
  readonly heardAtMs: number;
  readonly shown: Pick<OwnerView, 'log' | 'code' | 'since'>;
  readonly scanned: ScannedCheckpoint | null;
}

/**
 * Owner mode: after the PIN, checkpoint codes at the reader are answered to; every other code is judged as ever. Without
 * it a checkpoint is a code that the door does not know.
 */
export class OwnerMode implements OwnerCommands {
  readonly #parts: OwnerModeParts;
  #session: Session | null = null;
  #wrong = 0;
  #lockedUntilMs = Number.NEGATIVE_INFINITY;
  /** Until the log says that the kiosk has started, nobody may add to it. */
  #isChecking = true;

  constructor(parts: OwnerModeParts) {
    this.#parts = parts;
  }

  /** The kiosk has started. */
  ready(): void {
    this.#isChecking = false;
  }

  /** Another PIN is the owner's: whoever came in with the old one is out, and wrong ones are forgotten. */
  pinWasSet(): void {
    this.#session = null;
    this.#wrong = 0;
    this.#lockedUntilMs = Number.NEGATIVE_INFINITY;
  }

  async enter(pin: string): ReturnType<OwnerCommands['enter']> {
    const waitMs = this.#lockedUntilMs - this.#nowMs();
    if (waitMs > 0) return refusal('locked', Math.ceil(waitMs / SECOND_MS));
    // Tries side by side would all be made before the first of them counts.
    if (this.#isChecking) return refusal('busy');
    this.#isChecking = true;
    const checked = await checkPin(this.#parts.pinPath, pin).finally(() => {
      this.#isChecking = false;
    });
    if (checked === 'unset') return refusal('no-pin');
    return this.#guarded(() => (checked === 'right' ? this.#entered() : this.#missed()));
  }

  look(token: string): Result<OwnerView, OwnerRefusal> {
    return this.#with(token, (session) => session);
  }

  sign(token: string, since: number): Result<OwnerView, OwnerRefusal> {
    return this.#with(token, (session) => this.#acted({ ...session, shown: this.#parts.desk.show(since) }));
  }

  printSlip(token: string, day: string): Result<OwnerView, OwnerRefusal> {
    return this.#with(token, (session) => {
      this.#parts.slips.printMissed(day);
      return this.#acted(session);
    });
  }

  leave(token: string): void {
    if (this.#session?.token === token) this.#session = null;
  }

  /** Whether a scanned line is the owner's business; it is answered to at once. */
  takes(line: Buffer): boolean {
    const session = this.#open();
    if (session === null || !line.toString('latin1', 0, CODE_PREFIX.length).startsWith(CODE_PREFIX)) return false;
    const scanned = this.#parts.desk.scanned(line.toString('latin1'));
    // Whoever holds up the same code, or a bad one, need not be the owner.
    const isNew = isTaken(scanned) && scanned !== session.scanned;
    this.#session = isNew ? this.#acted({ ...session, scanned }) : { ...session, scanned };
    if (scanned.outcome === 'witnessed') this.#guarded(() => this.sign(session.token, scanned.size ?? 0));
    return true;
  }

  #entered(): Result<{ readonly token: string; readonly view: OwnerView }, OwnerRefusal> {
    const { journal, desk } = this.#parts;
    this.#wrong = 0;
    journal.record({ type: 'owner-entered' });
    const nowMs = this.#nowMs();
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const session: Session = { token, actedAtMs: nowMs, heardAtMs: nowMs, shown: desk.show(null), scanned: null };
    this.#session = session;
    return ok({ token, view: this.#viewOf(session) });
  }

  #missed(): Result<never, OwnerRefusal> {
    this.#wrong += 1;
    const over = this.#wrong - FREE_TRIES;
    if (over < 0) return refusal('wrong-pin');
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** Math.min(over, 30), LONGEST_WAIT_MS);
    this.#lockedUntilMs = this.#nowMs() + waitMs;
    this.#parts.log('owner-locked', { wrong: this.#wrong, waitS: waitMs / SECOND_MS });
    this.#parts.journal.record({ type: 'owner-locked', wrong: this.#wrong });
    return refusal('locked', waitMs / SECOND_MS);
  }

  #with(token: string, change: (session: Session) => Session): Result<OwnerView, OwnerRefusal> {
    const session = this.#open();
    if (session === null || session.token !== token) return refusal('ended');
    return this.#guarded(() => {
      this.#session = { ...change(session), heardAtMs: this.#nowMs() };
      return ok(this.#viewOf(this.#session));
    });
  }

  #guarded<T>(act: () => Result<T, OwnerRefusal>): Result<T, OwnerRefusal> {
    try {
      return act();
    } catch (thrown) {
      if (!(thrown instanceof JournalFault)) throw thrown;
      return refusal('disk');
    }
  }

  /** The session, unless its owner has gone. */
  #open(): Session | null {
    const session = this.#session;
    const nowMs = this.#nowMs();
    const isOver = session !== null && (nowMs - session.actedAtMs > IDLE_MS || nowMs - session.heardAtMs > SILENT_MS);
    if (isOver) this.#session = null;
    return this.#session;
  }

  #acted(session: Session): Session {
    return { ...session, actedAtMs: this.#nowMs() };
  }

  #viewOf({ shown, scanned }: Session): OwnerView {
    const { missed, canPrint } = this.#parts.slips;
    return { ...shown, scanned, missedSlips: missed, canPrint };
  }

  #nowMs(): number {
    return this.#parts.clock.monotonicMs();
  }
}

/** The scanner as the door sees it: without what the owner has come to scan. */
export function withoutOwnerCodes(scanner: Scanner, owner: Pick<OwnerMode, 'takes'>): Scanner {
  return {
    start: (listener) =>
      scanner.start((event) => {
        if (event.kind !== 'line' || !owner.takes(event.line)) listener(event);
      }),
    pause: () => scanner.pause(),
    resume: () => scanner.resume(),
    stop: () => scanner.stop(),
    describe: () => scanner.describe(),
  };
}

const refusal = (why: OwnerRefusal['why'], waitS: number | null = null): Result<never, OwnerRefusal> =>
  err({ why, waitS });
