import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { HandSetClock } from '../../src/devices/clock/hand-set-clock.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { SimulatedPrinter } from '../../src/devices/printer/simulated-printer.ts';
import { simulatedScanner } from '../../src/devices/scanner/simulated-scanner.ts';
import { simulatedSignal } from '../../src/devices/signal/simulated-signal.ts';
import type { OwnerView } from '../../src/door/commands.ts';
import { formatCheckpointCode } from '../../src/journal/checkpoint-code.ts';
import type { Entry } from '../../src/journal/entry.ts';
import { storePin } from '../../src/kiosk/owner-pin.ts';
import { slipPicture } from '../../src/kiosk/slip-picture.ts';
import { openStores, type Stores } from '../../src/kiosk/stores.ts';
import { type WiredKiosk, wireKiosk } from '../../src/kiosk/wire-kiosk.ts';
import type { Settings } from '../../src/settings/schema.ts';
import { SimulatedDisk } from '../../src/simulation/simulated-disk.ts';
import { entriesIn } from './entries.ts';
import { LUNCH_MS } from './passes.ts';
import { Recorder } from './recorder.ts';

export const PIN = '480213';
const PAPER = { widthDots: 384, dpi: 203 };

export interface WiredOptions {
  readonly settings?: Partial<Settings>;
  readonly time?: SimulatedTime;
}

/** A kiosk as `main` wires it, on a folder of its own, with simulated devices and a clock that a test winds. */
export class WiredSite {
  readonly folder = mkdtempSync(join(tmpdir(), 'munjigi-wired-'));
  readonly time: SimulatedTime;
  readonly log = new Recorder<string>();
  readonly scanner = simulatedScanner();
  readonly printed: string[] = [];
  printer: SimulatedPrinter;
  #stores: Stores | null = null;
  #wired: WiredKiosk | null = null;
  #disk: SimulatedDisk | null = null;

  private constructor(time: SimulatedTime) {
    this.time = time;
    this.printer = this.#newPrinter();
  }

  static async start({ settings = {}, time = new SimulatedTime(LUNCH_MS) }: WiredOptions = {}): Promise<WiredSite> {
    const site = new WiredSite(time);
    onTestFinished(async () => {
      await site.stop();
      rmSync(site.folder, { recursive: true });
    });
    writeFileSync(join(site.folder, 'settings.json'), JSON.stringify(settings));
    await site.boot();
    return site;
  }

  get wired(): WiredKiosk {
    if (this.#wired === null) throw new Error('the kiosk is off');
    return this.#wired;
  }

  get owner(): WiredKiosk['owner'] {
    return this.wired.owner;
  }

  get stores(): Stores {
    if (this.#stores === null) throw new Error('the kiosk is off');
    return this.#stores;
  }

  get disk(): SimulatedDisk {
    if (this.#disk === null) throw new Error('the kiosk is off');
    return this.#disk;
  }

  async boot(): Promise<void> {
    const clock = new HandSetClock(this.time);
    const stores = await openStores(this.folder, clock, 'boot');
    if (!stores.ok) throw new Error(stores.error);
    this.#stores = stores.value;
    this.#disk = new SimulatedDisk(stores.value.journal);
    this.printer = this.#newPrinter();
    this.#wired = wireKiosk({
      stores: stores.value,
      journal: this.#disk,
      clock,
      timers: this.time,
      scanner: this.scanner,
      signal: simulatedSignal({ path: null, timers: this.time }),
      printer: this.printer,
      supervisor: { ready: () => {}, alive: () => {}, ailing: () => {}, stopping: () => {}, aliveEveryMs: null },
      isSupervised: true,
      draw: () => Promise.resolve({ ok: true, value: { width: 8, height: 8, rows: Buffer.alloc(8) } }),
      drawSlip: (job) => Promise.resolve(slipPicture(job)),
      log: this.log.listener,
    });
    const started = await this.#wired.start();
    if (!started.ok) throw new Error(started.error);
  }

  async stop(): Promise<void> {
    const wired = this.#wired;
    this.#wired = null;
    await wired?.stop();
  }

  scan(line: string): void {
    this.scanner.feed(Buffer.from(line, 'latin1'));
  }

  setPin(): Promise<unknown> {
    return storePin(this.stores.folder.ownerPin, PIN);
  }

  /** A session of the owner, after the PIN. */
  async enter(): Promise<{ readonly token: string; readonly view: OwnerView }> {
    await this.setPin();
    const entered = await this.owner.enter(PIN);
    if (!entered.ok) throw new Error(entered.error.why);
    return entered.value;
  }

  /** The code that this kiosk shows, with the proof since so many entries. */
  code(since = 0): string {
    const { journal, logKey } = this.stores;
    const note = journal.checkpoint(logKey);
    const proof = journal.witness((book) => book.proofSince(since, journal.size(), note));
    return formatCheckpointCode({ key: logKey.verifier, proof });
  }

  /** The code that this kiosk shows after it has countersigned another's, from the file that it keeps of it. */
  countersigned(other: WiredSite): string {
    const name = other.stores.logKey.origin.replaceAll('/', '-');
    const checkpoint = readFileSync(join(this.folder, 'witnessed', `${name}.countersigned.txt`), 'utf8');
    return formatCheckpointCode({ key: this.stores.logKey.cosigner, proof: { old: 0, path: [], checkpoint } });
  }

  entriesOf(...types: readonly Entry['type'][]): readonly Entry[] {
    return entriesIn(this.folder).filter(({ type }) => types.includes(type));
  }

  #newPrinter(): SimulatedPrinter {
    return new SimulatedPrinter({
      ...PAPER,
      timers: this.time,
      onPrinted: ({ id }) => void this.printed.push(id),
    });
  }
}
