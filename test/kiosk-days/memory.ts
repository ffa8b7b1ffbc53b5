import { createHmac } from 'node:crypto';
import type { Entry } from '../../src/journal/entry.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Card } from './card.ts';
import type { DayTime } from './day-time.ts';
import { countedAs } from './expectation.ts';
import { USE_SECRET } from './house.ts';
import type { SideRows } from './ledger.ts';

interface Use {
  readonly card: Card;
  readonly boot: string;
  readonly monoMs: number;
  readonly wallMs: number;
  readonly trueMs: number;
  readonly key: string;
  /** How long a passback stands in the way; null for a pass that opens once. */
  readonly windowMs: number | null;
  /** A right clock calls it over from here on, in milliseconds since the epoch. */
  readonly endsMs: number;
}

/** A pass that was let in and must not come in again for a while. */
export interface RunningPassback {
  readonly card: Card;
  /** When it was let in, in milliseconds since the day began. */
  readonly sinceMs: number;
  readonly windowMs: number;
}

interface Personal {
  readonly seq: number;
  readonly wallMs: number;
  readonly isTrusted: boolean;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const PERSONAL_MS = 28 * DAY_MS;
const DOUBT_MS = 10 * MINUTE_MS;
const BELIEVED_MS = 5 * HOUR_MS;
const ENDLESS_MS = 400 * DAY_MS;

/** What the door must remember, in plain maps, as its entries come in. */
export class Memory {
  readonly #time: DayTime;
  readonly #uses = new Map<string, Use>();
  /** Genuine passes behind scan entries, with the policy of that moment. */
  readonly #scans = new Map<number, { readonly card: Card; readonly policy: Policy }>();
  /** Admissions without their `shown`. */
  readonly #unshown = new Map<number, { readonly use: string; readonly wallMs: number }>();
  /** Passes whose earlier admission this process cannot vouch for. */
  readonly #doubts = new Map<string, number>();
  readonly #shownSeqs = new Set<number>();
  /** Entries that open the door. */
  readonly #admissions = new Set<number>();
  readonly #stored: () => SideRows;
  #personal: Personal[] = [];
  #given = new Set<number>();
  /** Given by this process, and not yet in the journal. */
  readonly #waiting = new Set<number>();
  #latestTrustedMs = 0;
  inside = 0;

  /** @param stored what stands in the side tables of the journal now */
  constructor(time: DayTime, stored: () => SideRows) {
    this.#time = time;
    this.#stored = stored;
  }

  /** The signal of an admission was given by this process. */
  gave(seq: number): void {
    this.#given.add(seq);
    this.#waiting.add(seq);
  }

  isAdmission(seq: number): boolean {
    return this.#admissions.has(seq);
  }

  /** People inside: admissions whose signal was given, less those who left. */
  get present(): number {
    return this.inside + this.#waiting.size;
  }

  /** The first signal that this process gave and the journal does not know of, or null. */
  unrecordedOpening(): number | null {
    return [...this.#waiting][0] ?? null;
  }

  /** A process has started: what it cannot vouch for is what has no `shown`. */
  started(): void {
    this.#given = new Set();
    this.#waiting.clear();
    this.#doubts.clear();
    for (const { use, wallMs } of this.#unshown.values()) this.#doubts.set(use, wallMs);
  }

  /** The file was opened anew: admissions that landed there without a signal are in doubt. */
  reopened(): void {
    for (const [seq, { use, wallMs }] of this.#unshown) if (!this.#given.has(seq)) this.#doubts.set(use, wallMs);
  }

  /** Staff have decided about it, and know that the decision is recorded. */
  decided(use: string): void {
    this.#doubts.delete(use);
  }

  /** `either` where a purge may or may not have come first. */
  doubtOf(use: string): 'no' | 'yes' | 'either' {
    const wallMs = this.#doubts.get(use);
    if (wallMs === undefined) return 'no';
    if (Math.abs(this.#time.wall().atMs - wallMs) >= DOUBT_MS) return 'no';
    return wallMs < this.#latestTrustedMs - DOUBT_MS ? 'either' : 'yes';
  }

  agoOf(use: string): number | null {
    const row = this.#uses.get(use);
    if (row === undefined) return null;
    const { bootId } = this.#time;
    return row.boot === bootId ? this.#time.monotonicMs() - row.monoMs : this.#time.wall().atMs - row.wallMs;
  }

  /** Passbacks that run now, by the clock that no hand can set; the newest last. */
  runningPassbacks(): readonly RunningPassback[] {
    return [...this.#uses.values()].flatMap(({ card, boot, trueMs, windowMs }) =>
      windowMs !== null && boot === this.#time.bootId && this.#time.trueMs - trueMs < windowMs
        ? [{ card, sinceMs: trueMs, windowMs }]
        : [],
    );
  }

  cardOf(seq: number): Card | undefined {
    return this.#scans.get(seq)?.card;
  }

  /** Notes how far a trusted clock has come: purges may have run up to there. */
  looked(): void {
    const { atMs, trusted } = this.#time.wall();
    if (trusted) this.#latestTrustedMs = Math.max(this.#latestTrustedMs, atMs);
  }

  /**
   * Takes one committed entry.
   * @param card what was held up, if this is the entry of a scan
   * @returns what is wrong with it, or null
   */
  take(entry: Entry, card: Card | null, policy: Policy): string | null {
    switch (entry.type) {
      case 'scan':
        if (entry.pass === null || card === null) return null;
        this.#personal.push({ seq: entry.seq, wallMs: entry.wallMs, isTrusted: entry.clock === 'trusted' });
        this.#scans.set(entry.seq, { card, policy });
        if (entry.verdict === 'admit') this.#admit(entry, card, policy);
        return null;
      case 'staff-admitted':
      case 'staff-refused': {
        if (entry.type === 'staff-admitted') this.#admissions.add(entry.seq);
        const scan = this.#scans.get(entry.of);
        if (scan === undefined) return null;
        for (const [seq, { use }] of this.#unshown) if (use === scan.card.use) this.#unshown.delete(seq);
        if (entry.type === 'staff-admitted') this.#admit(entry, scan.card, scan.policy);
        return null;
      }
      case 'shown':
        if (this.#shownSeqs.has(entry.of)) return `the opening of entry ${entry.of} is recorded twice`;
        if (!this.#given.has(entry.of)) return `entry ${entry.of} counts as shown, and no signal was given for it`;
        this.#shownSeqs.add(entry.of);
        this.#waiting.delete(entry.of);
        this.#unshown.delete(entry.of);
        this.inside += 1;
        return null;
      case 'counted-out':
        this.inside = Math.max(0, this.inside - entry.count);
        return null;
      case 'counted-reset':
        this.inside = 0;
        return null;
      case 'deleted':
        return this.#deleted(entry);
      default:
        return null;
    }
  }

  #admit(entry: Entry, card: Card, policy: Policy): void {
    this.#admissions.add(entry.seq);
    this.#unshown.set(entry.seq, { use: card.use, wallMs: entry.wallMs });
    const counted = countedAs(card, policy);
    if (counted === 'none') return;
    const { boot, monoMs, wallMs } = entry;
    const { trueMs, rightMs } = this.#time;
    const windowMs = counted === 'passback' ? policy.reuse.minutes * MINUTE_MS : null;
    const single = card.passUntilMs === null ? rightMs + ENDLESS_MS : card.passUntilMs + DAY_MS;
    const endsMs = windowMs === null ? single : rightMs + windowMs;
    const key = createHmac('sha256', USE_SECRET).update(card.passId).digest('hex');
    this.#uses.delete(card.use);
    this.#uses.set(card.use, { card, boot, monoMs, wallMs, trueMs, key, windowMs, endsMs });
  }

  #deleted(entry: Extract<Entry, { type: 'deleted' }>): string | null {
    if (entry.clock !== 'trusted') return 'personal rows were deleted by a clock that nobody vouches for';
    const { salts, facts, uses } = this.#stored();
    for (const { seq, wallMs, isTrusted } of this.#personal) {
      const isOld = wallMs < entry.wallMs - PERSONAL_MS;
      if (salts.has(seq) !== facts.has(seq)) return `salt and facts of entry ${seq} do not go together`;
      if (isTrusted && !isOld && !salts.has(seq)) return `the salt of entry ${seq} is deleted`;
      // After a gap the log must believe the clock first.
      if (isTrusted && isOld && salts.has(seq) && this.#time.monotonicMs() > BELIEVED_MS)
        return `the salt of entry ${seq} is kept`;
    }
    this.#personal = this.#personal.filter(({ seq }) => salts.has(seq));
    for (const [use, row] of this.#uses) {
      const isKept = uses.has(row.key);
      const isRunning =
        row.windowMs !== null && this.#isOfThisBoot(row) && this.#time.trueMs - row.trueMs < row.windowMs;
      if (!isKept && isRunning) return `the use of ${use} is forgotten inside its window`;
      const isGood = row.endsMs >= entry.wallMs || row.endsMs - DAY_MS > this.#time.rightMs;
      if (!isKept && row.windowMs === null && isGood) return `the only use of ${use} is forgotten`;
      if (!isKept) this.#uses.delete(use);
    }
    return null;
  }

  /** The first pass that is remembered although a right clock called its use over an hour ago, or null. */
  outlived(): string | null {
    const { uses } = this.#stored();
    for (const [use, { key, endsMs }] of this.#uses) {
      if (uses.has(key) && endsMs < this.#time.rightMs - HOUR_MS) return use;
    }
    return null;
  }

  #isOfThisBoot({ boot }: Use): boolean {
    return boot === this.#time.bootId;
  }
}
