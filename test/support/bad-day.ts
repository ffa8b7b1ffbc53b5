import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ok } from '../../src/base/result.ts';
import { DAY_MS, MINUTE_MS } from '../../src/base/time.ts';
import type { Timers } from '../../src/base/timers.ts';
import { HandSetClock } from '../../src/devices/clock/hand-set-clock.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { type SimulatedScanner, simulatedScanner } from '../../src/devices/scanner/simulated-scanner.ts';
import { simulatedSignal } from '../../src/devices/signal/simulated-signal.ts';
import type { Journal } from '../../src/journal/journal.ts';
import type { LogKey } from '../../src/journal/log-key.ts';
import { makeOutage } from '../../src/journal/make-outage.ts';
import { openJournalReader } from '../../src/journal/open.ts';
import type { OutageCertificate, OutageCounts } from '../../src/journal/outage.ts';
import { openStores, type Stores } from '../../src/kiosk/stores.ts';
import { type WiredKiosk, wireKiosk } from '../../src/kiosk/wire-kiosk.ts';
import { SimulatedDisk } from '../../src/simulation/simulated-disk.ts';
import { openTrustStore } from '../../src/trust/trust-store.ts';
import { type TestIssuer, testIssuer } from './issuer.ts';
import { keyEntry, publisher } from './trust-publisher.ts';

/** What a visitor did, as somebody beside the door wrote it down. */
export interface Seen {
  readonly atMs: number;
  readonly verdict: 'admitted' | 'assisted' | 'refused';
  readonly serverBound: boolean;
}

/** A time of that day in Seoul, such as `11:40` or `11:40:20`. */
export const at = (clock: string): number => Date.parse(`2021-12-13T${clock}${clock.length > 5 ? '' : ':00'}+09:00`);

const ZONE = 'Asia/Seoul';

/** A kiosk with its own stores through one day, whose machine loses power, scanner, list and clock when told. */
export class BadDay {
  readonly folder = mkdtempSync(join(tmpdir(), 'munjigi-day-'));
  readonly seen: Seen[] = [];
  readonly #issuer: TestIssuer = testIssuer(this.folder);
  #time: SimulatedTime;
  #boots = 0;
  #stores: Stores | null = null;
  #wired: WiredKiosk | null = null;
  #left: WiredKiosk[] = [];
  #disk: SimulatedDisk | null = null;
  #hangs = false;
  readonly #held: (() => void)[] = [];
  scanner: SimulatedScanner = simulatedScanner();

  private constructor(startsAt: number) {
    this.#time = new SimulatedTime(startsAt);
  }

  /** A kiosk that begins its first day, with a signed list that promises to be good until `staleAt`. */
  static async begin(startsAt: number, staleAt: number): Promise<BadDay> {
    const day = new BadDay(startsAt);
    onTestFinished(async () => {
      for (const wired of day.#left) await wired.stop();
      rmSync(day.folder, { recursive: true });
    });
    await day.#importList(startsAt, staleAt);
    await day.#boot();
    return day;
  }

  /** What the kiosk's own clock says. */
  get wallMs(): number {
    return this.#time.wall().atMs;
  }

  get stores(): Stores {
    if (this.#stores === null) throw new Error('the kiosk has no power');
    return this.#stores;
  }

  get key(): LogKey {
    return this.stores.logKey;
  }

  /** Lets visitors come every few minutes until then: mostly with a ticket, some with a code of a server, some forged. */
  visitorsUntil(untilMs: number): void {
    while (this.wallMs + MINUTE_MS < untilMs) {
      const pauseMs = Math.min(randomInt(40_000, 400_000), untilMs - MINUTE_MS - this.wallMs);
      this.#time.advance(pauseMs);
      const which = randomInt(10);
      this.#visitor(which < 6 ? 'ticket' : which < 9 ? 'server-bound' : 'forged');
      this.#time.advance(10_000);
    }
    this.#time.advance(untilMs - this.wallMs);
  }

  /** One visitor with a ticket. */
  visitor(): void {
    this.#visitor('ticket');
  }

  wait(byMs: number): void {
    this.#time.advance(byMs);
  }

  /** The plug is pulled: nothing is flushed and nothing is said. Power comes back then. */
  async powerCutUntil(untilMs: number): Promise<void> {
    this.#stores?.close();
    this.#stores = null;
    this.#time = new SimulatedTime(untilMs);
    await this.#boot();
  }

  /** The process alone is killed; the machine runs on. */
  async killedUntil(untilMs: number): Promise<void> {
    this.kill();
    await this.startAgain(untilMs);
  }

  /** The process is killed and nobody starts it again. */
  kill(): void {
    this.stores.close();
    this.#stores = null;
    this.#runOnAt(this.wallMs);
  }

  /** The kiosk is started again in the same boot of the machine. */
  async startAgain(atMs: number): Promise<void> {
    this.#runOnAt(atMs);
    this.#boots -= 1;
    await this.#boot();
  }

  /** The dead kiosk's timers stay with the clock that nobody winds any more. */
  #runOnAt(atMs: number): void {
    const passedMs = this.#time.monotonicMs() + atMs - this.wallMs;
    this.#time = new SimulatedTime(atMs - passedMs);
    this.#time.advance(passedMs);
  }

  /** Power is cut, and the disk has lost what it held when it comes back. */
  async damagedUntil(untilMs: number): Promise<void> {
    const { journal } = this.stores.folder;
    this.stores.close();
    writeFileSync(journal, 'something else was written here '.repeat(200));
    this.#time = new SimulatedTime(untilMs);
    await this.#boot();
  }

  async switchedOffUntil(untilMs: number): Promise<void> {
    await this.#wired?.stop();
    this.#left = this.#left.filter((wired) => wired !== this.#wired);
    this.#time = new SimulatedTime(untilMs);
    await this.#boot();
  }

  /** Somebody pulls the plug and runs a command on the folder while the kiosk is off, on a machine that was started anew. */
  async unplugWhile(atMs: number, write: (journal: Journal) => void): Promise<void> {
    this.stores.close();
    this.#stores = null;
    this.#time = new SimulatedTime(atMs);
    await this.#command('boot-of-the-command', write);
  }

  /** Somebody runs a command on the folder of a kiosk that was killed, in the same boot of the machine. */
  async commandAt<T>(atMs: number, act: (journal: Journal) => T): Promise<T> {
    this.#runOnAt(atMs);
    return this.#command(`boot-${this.#boots}`, act);
  }

  async #command<T>(boot: string, act: (journal: Journal) => T): Promise<T> {
    const stores = await openStores(this.folder, this.#time, boot, null, 'command');
    if (!stores.ok) throw new Error(stores.error);
    this.#stores = stores.value;
    try {
      return act(stores.value.journal);
    } finally {
      stores.value.close();
      this.#stores = null;
    }
  }

  /** The process stands still while time goes on. */
  hangFor(forMs: number): void {
    this.#hangs = true;
    this.#time.advance(forMs);
    this.#hangs = false;
    for (const fire of this.#held.splice(0)) fire();
  }

  /** The kiosk signs its log, as it does every few minutes and when anybody asks. */
  sign(): void {
    this.stores.journal.checkpoint(this.key);
  }

  fillDisk(full: boolean): void {
    this.#disk?.setFull(full);
  }

  /** The owner sets the clock: what the kiosk writes down of it, and the step itself. */
  setClockByHand(byMs: number): void {
    this.stores.journal.record({ type: 'clock-set', toMs: this.wallMs + byMs, byMs });
    this.#time.stepWall(byMs);
  }

  distrustClock(): void {
    this.#time.trust(false);
  }

  trustClock(): void {
    this.#time.trust(true);
  }

  /** The certificate as of now. */
  certificate(fromMs: number, toMs: number): OutageCertificate {
    this.stores.journal.checkpoint(this.key);
    const db = openJournalReader(this.stores.folder.journal);
    if (!db.ok) throw new Error(db.error);
    try {
      const question = { fromMs, toMs, madeAtMs: this.wallMs, log: this.key.origin, venue: '문지기 식당', zone: ZONE };
      const made = makeOutage(db.value, question);
      if (!made.ok) throw new Error(made.error);
      return made.value;
    } finally {
      db.value.close();
    }
  }

  /** What was written down at the door from a time to before another, without what staff did afterwards. */
  truth(fromMs: number, toMs: number): OutageCounts {
    const then = this.seen.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    const count = (verdict: Seen['verdict']): number => then.filter((each) => each.verdict === verdict).length;
    return {
      admitted: count('admitted'),
      assisted: count('assisted'),
      refused: count('refused'),
      staffAdmitted: 0,
      staffRefused: 0,
      serverBound: then.filter(({ serverBound }) => serverBound).length,
    };
  }

  #visitor(kind: 'ticket' | 'server-bound' | 'forged'): void {
    const ticket = this.#issuer.pass('ticket');
    const forged = `${ticket.slice(0, -20)}${ticket.at(-20) === 'A' ? 'B' : 'A'}${ticket.slice(-19)}`;
    const line = kind === 'ticket' ? ticket : kind === 'forged' ? forged : `did:infra:01:${randomInt(1e9)}`;
    this.scanner.feed(Buffer.from(line, 'latin1'));
    const { verdict } = this.#wired?.kiosk.state().door ?? { verdict: null };
    // Nothing is shown where the scanner heard nothing.
    if (verdict === null) return;
    const seen = { admit: 'admitted', assist: 'assisted', refuse: 'refused' } as const;
    this.seen.push({ atMs: this.wallMs, verdict: seen[verdict], serverBound: kind === 'server-bound' });
  }

  async #importList(startsAt: number, staleAt: number): Promise<void> {
    const root = publisher();
    writeFileSync(join(this.folder, 'trust-root.jwk'), root.rootFile);
    const store = openTrustStore(join(this.folder, 'trust.db'), { readOnly: false });
    if (!store.ok) throw new Error(store.error);
    const issuers = [{ id: 'box-office', title: 'Box office', keys: [keyEntry(this.#issuer.signer)] }];
    const dates = { iat: startsAt / 1_000, staleAfter: staleAt / 1_000, exp: (startsAt + DAY_MS) / 1_000 };
    const bytes = Buffer.from(root.list(1, { ...dates, issuers }));
    const now = this.#time.wall();
    const imported = await store.value.importList({ name: 'list', bytes, root: null, fingerprint: null, now });
    store.value.close();
    if (!imported.ok) throw new Error(imported.error);
  }

  async #boot(): Promise<void> {
    this.#boots += 1;
    const time = this.#time;
    const stores = await openStores(this.folder, time, `boot-${this.#boots}`);
    if (!stores.ok) throw new Error(stores.error);
    this.scanner = simulatedScanner();
    const picture = { width: 8, height: 8, rows: Buffer.alloc(8) };
    const disk = new SimulatedDisk(stores.value.journal);
    this.#disk = disk;
    const timers: Timers = {
      after: (delayMs, callback) =>
        time.after(delayMs, () => {
          if (this.#hangs) this.#held.push(callback);
          else callback();
        }),
    };
    const wired = wireKiosk({
      stores: stores.value,
      journal: disk,
      clock: new HandSetClock(time),
      timers,
      scanner: this.scanner,
      signal: simulatedSignal({ path: null, timers }),
      printer: null,
      supervisor: { ready: () => {}, alive: () => {}, ailing: () => {}, stopping: () => {}, aliveEveryMs: null },
      isSupervised: true,
      draw: () => Promise.resolve(ok(picture)),
      drawSlip: () => Promise.resolve(ok({ ...picture, missing: [] })),
      log: () => {},
    });
    this.#left.push(wired);
    const started = await wired.start();
    if (!started.ok) throw new Error(started.error);
    this.#wired = wired;
    this.#stores = stores.value;
  }
}
