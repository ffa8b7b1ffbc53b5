import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ok } from '../../src/base/result.ts';
import type { Pattern } from '../../src/base/signal.ts';
import type { WallTime } from '../../src/base/time.ts';
import { RELEASED_AT_MS, VERSION } from '../../src/base/version.ts';
import { SimulatedPrinter } from '../../src/devices/printer/simulated-printer.ts';
import { type SimulatedScanner, simulatedScanner } from '../../src/devices/scanner/simulated-scanner.ts';
import type { Signal, SignalEvent } from '../../src/devices/signal/signal.ts';
import { simulatedSignal } from '../../src/devices/signal/simulated-signal.ts';
import type { StaffButton } from '../../src/door/event.ts';
import { type Journal, JournalFault } from '../../src/journal/journal.ts';
import { type LogKey, loadLogKey } from '../../src/journal/log-key.ts';
import { openJournalReader } from '../../src/journal/open.ts';
import { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { clockFloorMs } from '../../src/kiosk/clock-floor.ts';
import { Kiosk } from '../../src/kiosk/kiosk.ts';
import { LogKeeper } from '../../src/kiosk/log-keeper.ts';
import { withOwnStickers } from '../../src/kiosk/own-stickers.ts';
import type { Trust } from '../../src/pass/trust.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { type Settings, settingsSchema } from '../../src/settings/schema.ts';
import { loadStickerKey, type StickerKey } from '../../src/sticker/key.ts';
import type { DayTime } from './day-time.ts';
import { openFallible } from './fallible-file.ts';
import type { Fuse } from './fuse.ts';
import type { Flaw } from './mutants.ts';
import { type DrawnSticker, WatchedDesk } from './watched-desk.ts';

/** What one process of a harness keeps for all of its days: keys are drawn once, and decide nothing. */
export interface Premises {
  readonly folder: string;
  readonly stickerKey: StickerKey;
  readonly logKey: LogKey;
}

export async function premisesIn(folder: string): Promise<Premises> {
  const stickerKey = await loadStickerKey(join(folder, 'sticker.jwk'));
  const logKey = loadLogKey(join(folder, 'log-key.jwk'), { venueId: 'venue', kioskId: '7A' });
  if (!stickerKey.ok || !logKey.ok) throw new Error('the keys cannot be made');
  return { folder, stickerKey: stickerKey.value, logKey: logKey.value };
}

export interface HouseOptions {
  readonly premises: Premises;
  readonly day: number;
  readonly time: DayTime;
  readonly fuse: Fuse;
  readonly flaw: Flaw;
  readonly occupancyLimit: number;
  readonly zone: string;
  /** Told of each pattern before it reaches the lines. */
  readonly showing: (pattern: Pattern, seq: number | null) => void;
  readonly drawn: (sticker: DrawnSticker) => void;
}

/** A running process of the kiosk and what hangs on it. */
interface Process {
  readonly kiosk: Kiosk;
  readonly journal: Journal;
  readonly desk: WatchedDesk;
  readonly loseSignal: () => void;
  readonly findSignal: () => void;
}

/** K_use of every day. */
export const USE_SECRET: Buffer = Buffer.alloc(32, 7);

/** The house around the door: the real kiosk on a real journal file, with simulated devices and a simulated clock. */
export class House {
  readonly path: string;
  readonly settings: Settings;
  readonly #folder: string;
  readonly #options: HouseOptions;
  #process: Process | null = null;
  #processes = 0;
  #scanner: SimulatedScanner = simulatedScanner();
  #isScannerPlugged = true;
  #isSignalThere = true;
  #printer: SimulatedPrinter | null = null;
  #paper: 'none' | 'paper-out' | 'hangs' = 'none';
  policy: Policy;
  #trust: Trust;

  constructor(options: HouseOptions, policy: Policy, trust: Trust) {
    this.#options = options;
    this.policy = policy;
    this.#trust = trust;
    this.#folder = join(options.premises.folder, `day-${options.day}`);
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder);
    this.path = join(this.#folder, 'journal.db');
    const { occupancyLimit, zone } = options;
    this.settings = settingsSchema.parse({ kioskId: '7A', occupancyLimit, zone, policy: 'any-genuine' });
  }

  /** Null while there is no power, or no process. */
  get kiosk(): Kiosk | null {
    return this.#process?.kiosk ?? null;
  }

  get journal(): Journal | null {
    return this.#process?.journal ?? null;
  }

  get isPrinting(): boolean {
    return this.#process?.desk.isBusy ?? false;
  }

  get isScannerPlugged(): boolean {
    return this.#isScannerPlugged;
  }

  get isSignalThere(): boolean {
    return this.#isSignalThere;
  }

  get isPrinterInTrouble(): boolean {
    return this.#paper !== 'none';
  }

  /** Resolves once every sticker that was asked for waits for the printer or has ended. */
  async settled(): Promise<void> {
    await this.#process?.desk.settled();
  }

  /**
   * Starts the kiosk on what is stored.
   * @returns null, or why it does not start
   */
  start(): string | null {
    const { premises, time, fuse, flaw, drawn } = this.#options;
    this.#processes += 1;
    const number = this.#processes;
    const timers = time.timers(() => number === this.#processes);
    let isFirst = true;
    const open = () => {
      const opened = openFallible(this.path, fuse);
      if (!opened.ok) return opened;
      if (isFirst) flaw.found?.(opened.value);
      isFirst = false;
      flaw.file?.(opened.value);
      return opened;
    };
    const { bootId } = time;
    const opened = SqliteJournal.open({ open, clock: time, bootId, useKeySecret: USE_SECRET });
    if (!opened.ok) return opened.error;
    const journal = flaw.journal?.(opened.value, time) ?? opened.value;
    const lastTrustedMs = opened.value.lastTrustedMs();
    this.#floor = () => clockFloorMs({ lastTrustedMs, listIssuedAtMs: this.#trust.list?.issuedAtMs ?? null });
    time.setFloor(this.#floor());
    this.#scanner = simulatedScanner();
    if (!this.#isScannerPlugged) this.#scanner.unplug();
    this.#printer = new SimulatedPrinter({ widthDots: 320, dpi: 203, timers });
    this.#printer.setTrouble(this.#paper);
    const signal = this.#signal(timers);
    const around = {
      clock: time,
      timers: flaw.timers?.(timers) ?? timers,
      journal,
      scanner: this.#scanner,
      printer: this.#printer,
      signal: signal.signal,
      trust: () => this.trust,
      policy: () => this.policy,
      settings: () => this.settings,
      log: () => {},
      supervisor: { ready: () => {}, stopping: () => {}, alive: () => {}, ailing: () => {}, aliveEveryMs: null },
    };
    const picture = { width: 8, height: 8, rows: Buffer.alloc(8) };
    const isAlive = (): boolean => number === this.#processes;
    const desk = new WatchedDesk({ ...around, key: premises.stickerKey, draw: async () => ok(picture) }, (sticker) => {
      if (isAlive()) drawn(sticker);
    });
    const keeper = new LogKeeper({ ...around, key: premises.logKey, reader: () => openJournalReader(this.path) });
    const kiosk = new Kiosk({ ...around, desk, keeper, register: null, freeBytes: () => null });
    this.#process = { kiosk, journal, desk, loseSignal: signal.lose, findSignal: signal.find };
    try {
      journal.record({ type: 'start', lastEnd: journal.lastEnd, version: VERSION });
      keeper.sign();
    } catch (thrown) {
      this.kill();
      if (thrown instanceof JournalFault) return thrown.message;
      throw thrown;
    }
    kiosk.start();
    if (flaw.purgesByAnyClock === true) journal.purge(time.wall().atMs);
    return null;
  }

  /** Ends the process as SIGKILL does. The file's lock and handle go with it. */
  kill(): void {
    this.#processes += 1;
    const process = this.#process;
    this.#process = null;
    process?.journal.close();
  }

  async stop(): Promise<void> {
    await this.#process?.kiosk.stop();
    this.#processes += 1;
    this.#process = null;
  }

  leave(): void {
    this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The keys as they are now, with the stickers of this kiosk. */
  get trust(): Trust {
    const { flaw, premises } = this.#options;
    const isRevoked = (id: string): boolean =>
      flaw.forgetsRevocations !== true && (this.journal?.isStickerRevoked(id) ?? false);
    return withOwnStickers(this.#trust, { issuer: 'venue/7A', key: premises.stickerKey, isRevoked });
  }

  swapTrust(trust: Trust): void {
    this.#trust = trust;
    this.#options.time.setFloor(this.#floor());
  }

  #floor: () => number = () => RELEASED_AT_MS;

  scan(line: string): void {
    this.#scanner.feed(Buffer.from(line, 'latin1'));
  }

  overlong(): void {
    this.#scanner.overlong();
  }

  press(button: StaffButton, scan: number | null): void {
    this.kiosk?.dispatch({ kind: 'staff-button', button, scan });
  }

  plugScanner(isPlugged: boolean): void {
    this.#isScannerPlugged = isPlugged;
    if (isPlugged) this.#scanner.plug();
    else this.#scanner.unplug();
  }

  wireSignal(isThere: boolean): void {
    this.#isSignalThere = isThere;
    if (this.#options.flaw.hidesLostSignal === true) return;
    if (isThere) this.#process?.findSignal();
    else this.#process?.loseSignal();
  }

  troublePrinter(trouble: 'none' | 'paper-out' | 'hangs'): void {
    this.#paper = trouble;
    this.#printer?.setTrouble(trouble);
  }

  wall(): WallTime {
    return this.#options.time.wall();
  }

  #signal(timers: ReturnType<DayTime['timers']>): { signal: Signal; lose: () => void; find: () => void } {
    const { fuse, showing } = this.#options;
    const inner = simulatedSignal({ path: null, timers });
    let listener: ((event: SignalEvent) => void) | null = null;
    const tell = (state: 'ready' | 'lost'): void =>
      listener?.({ kind: 'status', status: { state, detail: state === 'ready' ? '' : 'The lines are gone.' } });
    const signal: Signal = {
      start: (to) => {
        listener = to;
        inner.start((event) => {
          if (event.kind === 'levels') to(event);
        });
        tell(this.#isSignalThere ? 'ready' : 'lost');
      },
      show: (pattern, seq) => {
        fuse.touch('before-signal');
        showing(pattern, seq);
        inner.show(pattern, seq);
        fuse.touch('after-signal');
      },
      rest: () => {
        fuse.touch('before-rest');
        inner.rest();
      },
      stop: () => {
        listener = null;
        return inner.stop();
      },
      describe: () => inner.describe(),
    };
    return { signal, lose: () => tell('lost'), find: () => tell('ready') };
  }
}
