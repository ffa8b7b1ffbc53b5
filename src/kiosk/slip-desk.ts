import { existsSync, readFileSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { isJsonObject, parseJsonBytes } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { siteDayIn, siteDaySpan } from '../base/site-day.ts';
import { type Clock, isEvident, SECOND_MS } from '../base/time.ts';
import type { Timers } from '../base/timers.ts';
import type { Printer } from '../devices/printer/printer.ts';
import { formatCheckpointCode } from '../journal/checkpoint-code.ts';
import type { Note } from '../journal/entry.ts';
import { type Journal, JournalFault } from '../journal/journal.ts';
import type { LogKey } from '../journal/log-key.ts';
import type { Settings } from '../settings/schema.ts';
import type { DrawSlip } from './draw-slip.ts';
import type { Log } from './log.ts';
import type { LogKeeper } from './log-keeper.ts';
import { wordsOf } from './witness-desk.ts';

export const LOOK_EVERY_MS = 10 * SECOND_MS;
/** Days whose slip did not come out and is still offered. */
export const MAX_MISSED_DAYS = 31;
/** While a sticker is being printed the slip waits for the next look, so many times. */
export const MOST_TRIES = 6;
const DAY = /^\d{4}-\d\d-\d\d$/;

export interface SlipDeskParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly journal: Journal;
  readonly journalPath: string;
  readonly keeper: LogKeeper;
  readonly key: LogKey;
  readonly printer: Printer | null;
  readonly settings: () => Settings;
  readonly draw: DrawSlip;
  /** What is remembered of slips over a restart. */
  readonly statePath: string;
  readonly log: Log;
}

interface SlipState {
  /** The day of the site in which the kiosk was last seen running; null where no slips are wanted. */
  readonly day: string | null;
  readonly missed: readonly string[];
}

const NO_SLIPS: SlipState = { day: null, missed: [] };

/**
 * The paper slip of a day: once the day of the site has turned, where the owner wants it. A kiosk that was off by then
 * prints it when it is started. One that did not come out is said and never printed by itself later: whoever mends the
 * printer at noon must not wonder at what it prints.
 */
export class SlipDesk {
  readonly #parts: SlipDeskParts;
  #state: SlipState;
  #due: { readonly day: string; readonly tries: number } | null = null;
  #isPrinting = false;
  #atPrinter: Promise<unknown> = Promise.resolve();
  #cancel: () => void = () => {};

  constructor(parts: SlipDeskParts) {
    this.#parts = parts;
    this.#state = storedState(parts.statePath);
  }

  get missed(): readonly string[] {
    return this.#state.missed;
  }

  get canPrint(): boolean {
    return this.#parts.printer !== null;
  }

  /** Resolves when no slip keeps the printer from what a visitor waits for. */
  async out(): Promise<void> {
    await this.#atPrinter;
  }

  start(): void {
    this.look();
    this.#cancel = this.#parts.timers.after(LOOK_EVERY_MS, () => this.start());
  }

  stop(): void {
    this.#cancel();
  }

  /** Prints the slip of the day that has ended, once. */
  look(): void {
    const { settings, clock, printer } = this.#parts;
    const { dailySlip, zone } = settings();
    const now = clock.wall();
    if (!dailySlip || printer === null) {
      if (this.#state.day !== null) this.#remember({ ...this.#state, day: null });
      return;
    }
    if (!isEvident(now)) return;
    const today = siteDayIn(zone, now.atMs);
    const ended = this.#state.day;
    if (ended !== today) {
      const isOver = ended !== null && ended < today;
      // Missed until it has come out: a kill while it is printed must not be forgotten.
      const missed = isOver ? [...this.#state.missed.filter((day) => day !== ended), ended] : this.#state.missed;
      this.#remember({ day: today, missed: missed.slice(-MAX_MISSED_DAYS) });
      if (isOver) this.#due = { day: ended, tries: 0 };
    }
    if (this.#due !== null) this.#tryDue(this.#due);
  }

  /** Prints the slip of a day that was missed; nothing waits for it. */
  printMissed(day: string): void {
    if (this.#state.missed.includes(day)) void this.print(day);
  }

  /**
   * Prints the slip of a day of the site (`YYYY-MM-DD`); of today, so far, where none is named.
   * @returns the day, or one sentence
   */
  async print(named: string | null): Promise<Result<{ readonly day: string }, string>> {
    const { clock, settings, printer } = this.#parts;
    if (printer === null) return err('no printer is configured: add one to the hardware file, or use --out FILE.png');
    const day = named ?? siteDayIn(settings().zone, clock.wall().atMs);
    const printed = await this.#printNow(printer, day);
    return printed === null ? ok({ day }) : err(printed.detail);
  }

  #tryDue({ day, tries }: { readonly day: string; readonly tries: number }): void {
    const { printer } = this.#parts;
    this.#due = null;
    if (printer === null) return;
    void this.#printNow(printer, day, tries + 1 < MOST_TRIES).then((fault) => {
      if (fault?.kind === 'busy' && tries + 1 < MOST_TRIES) this.#due = { day, tries: tries + 1 };
    });
  }

  /** Null when it is out. @param mayWait a busy printer is no failure yet */
  async #printNow(
    printer: Printer,
    day: string,
    mayWait = false,
  ): Promise<{ readonly kind: string; readonly detail: string } | null> {
    if (this.#isPrinting) return { kind: 'busy', detail: 'a slip is being printed already: wait for it' };
    this.#isPrinting = true;
    const fault = await this.#drawAndPrint(printer, day).finally(() => {
      this.#isPrinting = false;
    });
    if (fault === null) {
      this.#note({ type: 'slip-printed', day });
      this.#remember({ ...this.#state, missed: this.#state.missed.filter((missed) => missed !== day) });
    } else if (fault.kind !== 'no-day' && !(mayWait && fault.kind === 'busy')) {
      this.#parts.log('slip-unprinted', { day, why: fault.detail });
      this.#note({ type: 'slip-unprinted', day, fault: fault.kind });
    }
    return fault;
  }

  async #drawAndPrint(
    printer: Printer,
    day: string,
  ): Promise<{ readonly kind: string; readonly detail: string } | null> {
    const { clock, settings, keeper, key, draw, journalPath } = this.#parts;
    const { zone, venueName } = settings();
    const span = DAY.test(day) ? siteDaySpan(zone, day) : null;
    const madeAtMs = clock.wall().atMs;
    if (span === null) return { kind: 'no-day', detail: `there was no ${day} in ${zone}: name a day like 2021-12-13` };
    if (span.fromMs > madeAtMs) return { kind: 'no-day', detail: `${day} has not come yet` };
    let checkpoint: string;
    try {
      checkpoint = keeper.fresh();
    } catch (thrown) {
      if (!(thrown instanceof JournalFault)) throw thrown;
      return {
        kind: 'disk',
        detail: `the journal cannot be written (${thrown.message}): free some space, then try again`,
      };
    }
    const code = formatCheckpointCode({ key: key.verifier, proof: { old: 0, path: [], checkpoint } });
    const drawn = await draw({
      journalPath,
      zone,
      ...span,
      madeAtMs,
      known: { venue: venueName, day, log: key.origin, words: wordsOf(key.verifier), code },
      paper: { widthDots: printer.widthDots, dpi: printer.dpi },
    });
    if (!drawn.ok) return { kind: 'undrawn', detail: drawn.error };
    const printing = printer.print({ id: day, picture: drawn.value });
    this.#atPrinter = printing;
    const printed = await printing;
    return printed.ok ? null : printed.error;
  }

  #note(note: Note): void {
    try {
      this.#parts.journal.record(note);
    } catch (thrown) {
      if (!(thrown instanceof JournalFault)) throw thrown;
      this.#parts.log('journal-fault', { fault: thrown.message });
    }
  }

  #remember(state: SlipState): void {
    this.#state = state;
    try {
      replaceFile(this.#parts.statePath, JSON.stringify(state));
    } catch (thrown) {
      this.#parts.log('slip-state', { why: reasonOf(thrown) });
    }
  }
}

/** What cannot be read is as good as nothing: the worst of it is a slip too few. */
function storedState(path: string): SlipState {
  try {
    if (!existsSync(path)) return NO_SLIPS;
    const stored = parseJsonBytes(readFileSync(path));
    if (!stored.ok || !isJsonObject(stored.value)) return NO_SLIPS;
    const { day, missed } = stored.value;
    const isDay = (value: unknown): value is string => typeof value === 'string' && DAY.test(value);
    const days = Array.isArray(missed) ? missed.filter(isDay).slice(-MAX_MISSED_DAYS) : [];
    return { day: isDay(day) ? day : null, missed: days };
  } catch {
    return NO_SLIPS;
  }
}
