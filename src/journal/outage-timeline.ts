import { MINUTE_MS, SECOND_MS } from '../base/time.ts';
import type { Entry, Health } from './entry.ts';
import { lastEndOf } from './last-end.ts';
import type { ClockMark, OutageCause, OutageReason } from './outage.ts';
import { reckonedMs } from './outage-times.ts';

/** An entry, and what vouched for the clock when it was made. */
export interface Moment {
  readonly entry: Entry;
  readonly clock: ClockMark;
}

/** A stretch in which the kiosk could not check, or not as it should. */
export interface Stretch {
  readonly cause: OutageCause;
  readonly reason: OutageReason | null;
  readonly from: Moment;
  /** Null where it goes on. */
  readonly to: Moment | null;
  readonly unrecorded: number;
}

/** The kiosk gives a sign of life each minute: when one is missing and the next is due, it did not. */
const SILENT_AFTER_MS = 2 * MINUTE_MS;
/** A disk that takes entries again has taken that of what it refused within this time. */
const SETTLED_AFTER_MS = 15 * SECOND_MS;
/** What is over sooner kept nobody waiting: a scanner that opens, an entry that is tried again. */
const LEAST_STRETCH_MS = SECOND_MS;

/** A clock that is trusted so soon after it was set by hand is trusted for that. */
const OWN_DOING_MS = MINUTE_MS;

/** However short they were. */
const TOLD_ALWAYS: ReadonlySet<OutageCause> = new Set(['not-running', 'log-damaged']);

type StateCause = Exclude<OutageCause, 'not-running' | 'not-recording'>;
const RUNNING_CAUSES: readonly StateCause[] = ['scanner', 'signal', 'trust-stale', 'trust-expired'];

/** Finds the outages of a kiosk in its entries, which are given one by one in the order of the log. */
export class OutageTimeline {
  readonly #found: Stretch[] = [];
  readonly #open = new Map<StateCause, Moment>();
  /** Since when no kiosk runs, and why. */
  #down: { readonly from: Moment; readonly reason: OutageReason } | null = null;
  #run: { isHeard: boolean } | null = null;
  #last: Moment | null = null;
  /** The newest entries, from the last on that was settled before them: those after it a disk may have let through. */
  readonly #recent: Moment[] = [];
  /** When the clock was last set by hand, while nothing else vouches for it. */
  #handSet: Entry | null = null;
  /** The first entry of each boot under a trusted clock that no hand has put right since. */
  readonly #vouched = new Map<string, Entry>();

  /** Takes the next entry; gives what vouched for its clock. */
  entry(entry: Entry): ClockMark {
    const settled = this.#recent.findLastIndex((each) => !isSettling(each.entry, entry));
    if (settled > 0) this.#recent.splice(0, settled);
    if (entry.clock === 'trusted' && !this.#vouched.has(entry.boot)) this.#vouched.set(entry.boot, entry);
    if (this.#isVouchedFor(entry)) this.#handSet = null;
    if (entry.type === 'clock-set') {
      this.#handSet = entry;
      this.#vouched.delete(entry.boot);
    }
    const clock = this.#handSet === null ? entry.clock : 'hand-set';
    const moment: Moment = { entry, clock };
    if (entry.type === 'start') this.#started(moment);
    else if (entry.writer === 'command') this.#carriedOut(moment);
    else this.#ran(moment);
    this.#set('log-damaged', entry.type === 'log-continued', moment);
    this.#set('clock-unsure', entry.clock === 'unsure', moment);
    this.#set('clock-hand-set', this.#handSet !== null, moment);
    this.#last = moment;
    if (entry.type === 'start') this.#recent.length = 0;
    this.#recent.push(moment);
    return clock;
  }

  /** The outages that were not over before entry `seq`, in the order in which they began; some may go on. */
  since(seq: number): readonly Stretch[] {
    const found = this.#found.filter(({ to }) => to === null || to.entry.seq >= seq);
    const open: Stretch[] = [...this.#open].map(([cause, from]) => ({ ...stretch(cause, from), to: null }));
    if (this.#down !== null) open.push({ ...stretch('not-running', this.#down.from, this.#down.reason), to: null });
    return [...found, ...open].toSorted((one, other) => one.from.entry.seq - other.from.entry.seq);
  }

  /** The first entry under a trusted clock in the boot of another; null where there was none. */
  vouchedIn({ boot }: Entry): Entry | null {
    return this.#vouched.get(boot) ?? null;
  }

  /** When an entry was made, as well as the entries of its boot tell. */
  madeAtMs({ entry, clock }: Moment): number {
    const vouched = clock === 'unsure' ? this.vouchedIn(entry) : null;
    return (vouched === null ? null : reckonedMs(entry, vouched)) ?? entry.wallMs;
  }

  /** How long it was between two moments; endless where no clock that somebody vouched for says it. */
  lastedMs(from: Moment, to: Moment): number {
    const [begin, end] = [from.entry, to.entry];
    if (begin.boot === end.boot) return end.monoMs - begin.monoMs;
    const isKnown = [from, to].every(({ entry, clock }) => clock !== 'hand-set' && this.vouchedIn(entry) !== null);
    return isKnown ? Math.abs(this.madeAtMs(to) - this.madeAtMs(from)) : Number.POSITIVE_INFINITY;
  }

  /** Something else than the hand that set the clock vouches for it from here on. */
  #isVouchedFor(entry: Entry): boolean {
    const set = this.#handSet;
    if (set === null) return false;
    if (entry.type === 'start') return entry.clock === 'trusted';
    if (entry.type !== 'clock-trust' || !entry.trusted) return false;
    return entry.boot !== set.boot || entry.monoMs - set.monoMs >= OWN_DOING_MS;
  }

  #started(moment: Moment): void {
    // Where the log begins anew with a start, the run before it is in the damaged one.
    const isFirst = this.#last?.entry.type === 'log-continued';
    if (!isFirst) this.#endedBefore(moment);
    if (this.#down !== null) this.#add(stretch('not-running', this.#down.from, this.#down.reason), moment);
    this.#down = null;
    this.#run = { isHeard: false };
    // Until they are heard of, nothing can be scanned or shown.
    this.#open.set('scanner', moment);
    this.#open.set('signal', moment);
  }

  /** A command has found no kiosk running: that is no sign of life, but a sign of death. */
  #carriedOut(moment: Moment): void {
    if (moment.entry.type !== 'log-continued') this.#endedBefore(moment);
  }

  /** What follows the last entry of a run shows that it is over, if that was not known. */
  #endedBefore({ entry }: Moment): void {
    if (this.#down !== null || this.#run === null || this.#last === null) return;
    this.#ended(this.#last, endReason(this.#last.entry, entry));
  }

  #ran(moment: Moment): void {
    const { entry } = moment;
    const last = this.#last;
    const isDue = this.#run?.isHeard === true && this.#down === null;
    if (isDue && last !== null && isSilence(last.entry, entry)) {
      this.#add(stretch('not-recording', last, 'silent'), moment);
    }
    // Most often a kiosk at work has found the damage, and no start follows.
    if (entry.type === 'log-continued') this.#run = { isHeard: false };
    else if (entry.type === 'stop') this.#ended(moment, 'stopped');
    else if (entry.type === 'unrecorded') this.#wasUnrecorded(moment, entry.count);
    else if (entry.type === 'health') this.#heard(moment, entry);
    else if (entry.type === 'device-ready') this.#setDevice(entry.device, false, moment);
    else if (entry.type === 'device-lost' || entry.type === 'device-fault') this.#setDevice(entry.device, true, moment);
  }

  #heard(moment: Moment, { scanner, signal, trust }: Health): void {
    // Nothing but a kiosk writes it: one that has run for longer than is read was never seen to start.
    if (this.#down === null) this.#run ??= { isHeard: true };
    if (this.#run !== null) this.#run.isHeard = true;
    this.#setDevice('scanner', scanner !== 'ready', moment);
    this.#setDevice('signal', signal !== 'ready', moment);
    this.#set('trust-stale', trust === 'stale', moment);
    this.#set('trust-expired', trust === 'expired', moment);
  }

  /** The disk refused since the last entry before those that it let through at last, or since the silence found there. */
  #wasUnrecorded(moment: Moment, count: number): void {
    const { entry } = moment;
    const silence = this.#found.at(-1);
    if (silence?.reason === 'silent' && silence.to !== null && isSettling(silence.to.entry, entry)) this.#found.pop();
    const [from] = this.#recent;
    if (from !== undefined)
      this.#found.push({ ...stretch('not-recording', from, 'disk'), to: moment, unrecorded: count });
  }

  #ended(at: Moment, reason: OutageReason): void {
    for (const cause of RUNNING_CAUSES) this.#set(cause, false, at);
    this.#down = { from: at, reason };
  }

  #setDevice(device: string, isOut: boolean, moment: Moment): void {
    if (device === 'scanner' || device === 'signal') this.#set(device, isOut, moment);
  }

  #set(cause: StateCause, isOut: boolean, moment: Moment): void {
    const from = this.#open.get(cause);
    if (isOut && from === undefined) this.#open.set(cause, moment);
    if (isOut || from === undefined) return;
    this.#open.delete(cause);
    this.#add(stretch(cause, from), moment);
  }

  #add(begun: Omit<Stretch, 'to'>, to: Moment): void {
    const isLong = this.lastedMs(begun.from, to) >= LEAST_STRETCH_MS;
    if (isLong || TOLD_ALWAYS.has(begun.cause)) this.#found.push({ ...begun, to });
  }
}

/** How the run ended whose last entry this is, as the entry after it shows, which is a start or a command's. */
export function endReason(last: Entry, next: Entry): OutageReason {
  if (last.type === 'stop') return 'stopped';
  const end = lastEndOf({ type: 'start', boot: last.boot }, next.boot);
  return end === 'killed' || end === 'power' ? end : 'unknown';
}

/** Whether a sign of life was due between two neighbouring entries of a run. */
export const isSilence = (last: Entry, next: Entry): boolean =>
  last.boot === next.boot && next.monoMs - last.monoMs > SILENT_AFTER_MS;

/** Whether an entry was let through by a disk shortly before it took the one that tells of its refusals. */
export const isSettling = (entry: Entry, unrecorded: Entry): boolean =>
  entry.boot === unrecorded.boot && unrecorded.monoMs - entry.monoMs < SETTLED_AFTER_MS;

function stretch(cause: OutageCause, from: Moment, reason: OutageReason | null = null): Omit<Stretch, 'to'> {
  return { cause, reason, from, unrecorded: 0 };
}
