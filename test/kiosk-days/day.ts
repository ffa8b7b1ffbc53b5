import { createHash } from 'node:crypto';
import type { Pattern } from '../../src/base/signal.ts';
import type { Entry } from '../../src/journal/entry.ts';
import { checkStored } from '../../src/journal/stored-log.ts';
import type { Trust, TrustedKey } from '../../src/pass/trust.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { Random } from '../fuzz/random.ts';
import { Broken } from './broken.ts';
import type { Card, Wallet } from './card.ts';
import { DayCount } from './day-count.ts';
import { DayTime } from './day-time.ts';
import { DoorModel } from './door-model.ts';
import type { Surrounding, TrustedNames } from './expectation.ts';
import { Fuse, Killed } from './fuse.ts';
import { House, type Premises } from './house.ts';
import { HOUSE_RULES } from './house-rules.ts';
import { isAdmission, Ledger } from './ledger.ts';
import { Memory } from './memory.ts';
import type { Flaw } from './mutants.ts';
import { count, type Tally } from './tally.ts';
import type { DrawnSticker } from './watched-desk.ts';

export interface Given {
  readonly pattern: Pattern;
  readonly seq: number | null;
}

/** Keys as the kiosk takes them, and the same in names for the one who checks. */
export interface TrustState {
  readonly keys: readonly TrustedKey[];
  readonly names: TrustedNames;
}

const STARTS = [
  '2027-02-01T08:00:00+09:00',
  '2026-12-31T09:30:00+09:00',
  '2028-02-28T10:00:00+09:00',
  '2027-03-27T12:00:00+01:00',
  '2027-10-30T12:00:00+02:00',
  '2027-06-15T00:00:00+09:00',
];
const KEPT_STEPS = 40;

/** One simulated day: the house, what must be true of it, and the record of what was done. */
export class Day {
  readonly random: Random;
  readonly time: DayTime;
  readonly fuse = new Fuse((kind, what) => this.fault(kind, what));
  readonly house: House;
  readonly door = new DoorModel();
  readonly memory: Memory;
  readonly tally: Tally;
  readonly count: DayCount;
  readonly zone: string;
  readonly occupancyLimit: number;
  readonly wallet: Wallet;
  readonly #premises: Premises;
  readonly #digest = createHash('sha256');
  readonly #steps: string[] = [];
  #ledger: Ledger | null = null;
  trustState: TrustState;
  given: Given[] = [];
  /** Names of passes that an issuer may take back. */
  someCards: (most: number) => readonly string[] = () => [];
  stickers: DrawnSticker[] = [];
  #lastRun: Extract<Entry, { type: 'start' | 'stop' }> | null = null;
  #failedBefore = 0;
  #isReopenDue = false;
  #isUncertain = false;
  #hasJustRefused = false;
  #stepCount = 0;
  #seqsOpened = new Set<number>();
  #broken: Broken | null = null;

  constructor(
    seed: number,
    day: number,
    around: { wallet: Wallet; premises: Premises; flaw: Flaw; tally: Tally; trust: (day: Day) => TrustState },
  ) {
    const { wallet, premises, flaw, tally } = around;
    this.random = new Random(seed, day + 1);
    this.wallet = wallet;
    this.#premises = premises;
    this.tally = tally;
    this.count = new DayCount(tally);
    const start = this.random.below(STARTS.length);
    this.zone = start === 3 || start === 4 ? 'Europe/Berlin' : 'Asia/Seoul';
    this.time = new DayTime(Date.parse(STARTS[start] ?? ''));
    this.memory = new Memory(this.time, () => this.ledger.sideRows());
    this.occupancyLimit = this.random.chance(0.4) ? 20 + this.random.below(100) : 0;
    this.trustState = around.trust(this);
    this.house = new House(
      {
        premises,
        day,
        time: this.time,
        fuse: this.fuse,
        flaw,
        occupancyLimit: this.occupancyLimit,
        zone: this.zone,
        showing: (pattern, seq) => this.#aboutToShow(pattern, seq),
        drawn: (sticker) => void this.stickers.push(sticker),
      },
      this.random.pick(HOUSE_RULES),
      this.trustFor(this.trustState),
    );
  }

  get nowMs(): number {
    return this.time.trueMs;
  }

  get entries(): readonly Entry[] {
    return this.#ledger?.entries ?? [];
  }

  get ledger(): Ledger {
    if (this.#ledger === null) throw new Error('there is no journal yet');
    return this.#ledger;
  }

  get steps(): readonly string[] {
    return this.#steps;
  }

  /** Of all that was done and seen; the same for the same seed and day. */
  digest(): string {
    return this.#digest.copy().digest('hex');
  }

  get around(): Surrounding {
    const { policy } = this.house;
    const ownKid = this.#premises.stickerKey.kid;
    return { wall: this.time.wall(), zone: this.zone, policy, trust: this.trustState.names, ownKid };
  }

  trustFor({ keys, names }: TrustState): Trust {
    return trustOf(
      keys,
      ({ revocable }) => {
        if (revocable?.by === 'jti') return names.revoked.has(revocable.jti);
        return revocable?.by === 'dcc' && names.revoked.has(`dcc-${revocable.ucis[0]?.split('#')[1]}`);
      },
      names.list,
    );
  }

  did(what: string): void {
    const at = new Date(this.nowMs).toISOString().slice(11, 23);
    const step = `${String(this.#stepCount).padStart(4)} ${at} ${what}`;
    this.#stepCount += 1;
    this.#digest.update(step);
    this.#steps.push(step);
    if (this.#steps.length > KEPT_STEPS) this.#steps.shift();
  }

  /** A fault has struck. */
  fault(kind: string, what: string): void {
    this.did(`FAULT ${kind}: ${what}`);
    this.count.fault(kind, what);
  }

  require(isTrue: boolean, sentence: string): void {
    if (isTrue) return;
    this.#broken ??= new Broken(sentence);
    throw this.#broken;
  }

  /** The first promise that was broken, also if the kiosk caught what was thrown about it; null for none. */
  get broken(): Broken | null {
    return this.#broken;
  }

  /** A sync failed, and the file has not been opened anew since. */
  get isUncertain(): boolean {
    return this.#isUncertain;
  }

  /** Runs something that the process may not survive. @returns whether it did */
  survived(act: () => void): boolean {
    try {
      act();
    } catch (thrown) {
      if (!(thrown instanceof Killed)) throw thrown;
    }
    return this.#stillAlive();
  }

  /** Has the disk refused anything since this was last asked? */
  diskRefused(): boolean {
    const refused = this.fuse.failed > this.#failedBefore;
    this.#failedBefore = this.fuse.failed;
    this.#isReopenDue ||= refused;
    this.#isUncertain ||= refused;
    this.#hasJustRefused = refused;
    return refused;
  }

  /** Starts the process; false if it does not start. */
  start(): boolean {
    let why: string | null = 'killed';
    const isUp = this.survived(() => {
      why = this.house.start();
    });
    // At the very first start there is no file before it.
    if (this.#ledger === null && (isUp || why === null)) this.#ledger = new Ledger(this.house.path);
    if (this.#ledger === null) return false;
    this.memory.started();
    const lastRun = this.#lastRun;
    const fresh = this.takeEntries(null);
    this.diskRefused();
    if (!isUp || why !== null) return false;
    const lastEnd = lastRun === null ? 'first-start' : this.#endOf(lastRun);
    const begun = fresh.find(({ type }) => type === 'start');
    this.require(
      begun?.type === 'start' && begun.lastEnd === lastEnd,
      `the start says how the last run ended: ${lastEnd}`,
    );
    this.door.started(this.house.isScannerPlugged, this.house.isSignalThere);
    return true;
  }

  #endOf({ type, boot }: Pick<Entry, 'type' | 'boot'>): string {
    if (type === 'stop') return 'stopped';
    return boot === this.time.bootId ? 'killed' : 'power';
  }

  /** Reads what was committed and remembers it. */
  takeEntries(card: Card | null): readonly Entry[] {
    const { fresh, problem } = this.ledger.read();
    this.require(problem === null, problem ?? '');
    for (const entry of fresh) {
      const { atMs } = this.time.wall();
      const leadMs = atMs - this.time.monotonicMs();
      if (entry.boot === this.time.bootId) {
        this.require(entry.wallMs - entry.monoMs === leadMs, `entry ${entry.seq} bears a time that no clock showed`);
      }
      const wrong = this.memory.take(entry, card, this.house.policy);
      this.require(wrong === null, wrong ?? '');
      if (entry.type === 'start' || entry.type === 'stop') this.#lastRun = entry;
      if (entry.type === 'sticker-revoked') this.#revoked(entry.sticker);
      count(this.tally, 'entries', entry.type);
    }
    this.memory.looked();
    if (fresh.length > 0 && !this.#hasJustRefused) this.#isUncertain = false;
    return fresh;
  }

  /** A kiosk that stops in peace has written down what it did. */
  stopped(): void {
    const [last] = this.takeEntries(null).slice(-1);
    this.require(last?.type === 'stop', 'a stop is the last entry of its run');
    const seq = this.memory.unrecordedOpening();
    this.require(seq === null, `the opening of entry ${seq} was never recorded`);
  }

  /** Once the day is over: nothing was lost, changed or added, and a stranger can check it. */
  verify(): void {
    const changed = this.ledger.changed();
    this.require(changed === null, changed ?? '');
    const keys = [this.#premises.logKey.verifier];
    const report = checkStored(this.ledger.reader, { from: 0, to: null }, { keys, witnesses: [], witnessKeys: [] });
    this.require(report.ok, `the log cannot be checked: ${report.ok ? '' : report.error}`);
    if (!report.ok) return;
    const [problem] = report.value.problems;
    this.require(problem === undefined, `the log does not verify: ${problem?.code} at ${problem?.seq}`);
    this.require(report.value.size === this.entries.length, 'the verified log is the whole log');
  }

  leave(): void {
    this.#ledger?.close();
    this.house.leave();
  }

  #stillAlive(): boolean {
    if (this.fuse.takeKilledAt() === null) return true;
    this.house.kill();
    return false;
  }

  /** Recorded before shown, on the disk and not only in the mind of the kiosk. */
  #aboutToShow(pattern: Pattern, seq: number | null): void {
    this.given.push({ pattern, seq });
    const opens = pattern.lamp === 'green' || pattern.relayMs > 0;
    if (!opens) return;
    this.require(pattern.lamp === 'green' && pattern.relayMs > 0, 'green and the strike go together');
    this.require(seq !== null, 'the door opens without a record');
    const { seq: stored = -1, bytes } = this.ledger.newestAt(seq ?? -1);
    const entry = stored === seq ? (JSON.parse(bytes) as Entry) : null;
    const isStored = entry !== null && isAdmission(entry);
    this.require(isStored, `the door opens for entry ${seq}, which is not on the disk as an admission`);
    this.require(!this.#seqsOpened.has(seq ?? -1), `the door opens twice for entry ${seq}`);
    this.#seqsOpened.add(seq ?? -1);
    this.memory.gave(seq ?? -1);
  }

  #revoked(id: string): void {
    const at = this.stickers.findIndex((sticker) => sticker.id === id);
    const { names } = this.trustState;
    this.trustState = {
      ...this.trustState,
      names: { ...names, revoked: new Set([...names.revoked, `sticker-${at}`]) },
    };
  }

  takeGiven(): readonly Given[] {
    const given = this.given;
    this.given = [];
    return given;
  }

  /** The genuine pass behind an admission, by hand or not. */
  cardBehind(seq: number): Card | undefined {
    const entry = this.entries[seq];
    return this.memory.cardOf(entry?.type === 'staff-admitted' ? entry.of : seq);
  }

  /** After an I/O error the file is opened anew before anything else is read of it. */
  applyReopening(): void {
    if (this.#isReopenDue) this.memory.reopened();
    this.#isReopenDue = false;
  }

  /** The owner changes the rules of the house. */
  choosePolicy(among: readonly Policy[]): void {
    this.setPolicy(this.random.pick(among));
    count(this.tally, 'changes of policy', this.house.policy.id);
  }

  setPolicy(policy: Policy): void {
    this.did(`the policy is ${policy.id}`);
    this.house.policy = policy;
  }
}
