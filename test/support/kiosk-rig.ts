import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ok } from '../../src/base/result.ts';
import type { Levels, Pattern } from '../../src/base/signal.ts';
import type { Timers } from '../../src/base/timers.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { SimulatedPrinter } from '../../src/devices/printer/simulated-printer.ts';
import { type SimulatedScanner, simulatedScanner } from '../../src/devices/scanner/simulated-scanner.ts';
import type { Signal } from '../../src/devices/signal/signal.ts';
import { simulatedSignal } from '../../src/devices/signal/simulated-signal.ts';
import type { StaffButton } from '../../src/door/event.ts';
import type { Entry } from '../../src/journal/entry.ts';
import { loadLogKey } from '../../src/journal/log-key.ts';
import { openJournalReader } from '../../src/journal/open.ts';
import { Kiosk } from '../../src/kiosk/kiosk.ts';
import { LogKeeper } from '../../src/kiosk/log-keeper.ts';
import { openKioskJournal } from '../../src/kiosk/open-journal.ts';
import { withOwnStickers } from '../../src/kiosk/own-stickers.ts';
import { StickerDesk } from '../../src/kiosk/sticker-desk.ts';
import type { TrustedKey } from '../../src/pass/trust.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { presetNamed } from '../../src/policy/presets.ts';
import { type Settings, settingsSchema } from '../../src/settings/schema.ts';
import { SimulatedDisk } from '../../src/simulation/simulated-disk.ts';
import { loadStickerKey } from '../../src/sticker/key.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { entriesIn, entryCountIn } from './entries.ts';
import { type TestIssuer, testIssuer } from './issuer.ts';
import { LUNCH_MS } from './passes.ts';
import { Recorder } from './recorder.ts';

/** A pattern as it was given to the signal, and how many entries were on the disk at that moment. */
export interface Given {
  readonly pattern: Pattern;
  readonly seq: number | null;
  readonly recorded: number;
}

export interface RigOptions {
  readonly settings?: Partial<Settings>;
  readonly policy?: string | Policy;
  readonly aliveEveryMs?: number;
  /** Trusted beside the rig's own issuer. */
  readonly keys?: readonly TrustedKey[];
}

/** The whole kiosk on simulated devices, a simulated clock and a journal on disk; nothing in it waits for real time. */
export class KioskRig {
  readonly folder = mkdtempSync(join(tmpdir(), 'munjigi-rig-'));
  readonly time = new SimulatedTime(LUNCH_MS);
  readonly issuer: TestIssuer = testIssuer(this.folder);
  readonly given: Given[] = [];
  /** What the supervisor was told, beginning with the call. */
  readonly told: string[] = [];
  readonly log = new Recorder<string>();
  readonly #options: RigOptions;
  scanner: SimulatedScanner = simulatedScanner();
  printer: SimulatedPrinter;
  #boots = 0;
  #disk: SimulatedDisk | null = null;
  #kiosk: Kiosk | null = null;

  private constructor(options: RigOptions) {
    this.#options = options;
    this.printer = this.#newPrinter();
  }

  /** A kiosk that has just become ready. */
  static async start(options: RigOptions = {}): Promise<KioskRig> {
    const rig = new KioskRig(options);
    onTestFinished(async () => {
      await rig.#kiosk?.stop();
      rmSync(rig.folder, { recursive: true });
    });
    await rig.boot();
    return rig;
  }

  get kiosk(): Kiosk {
    if (this.#kiosk === null) throw new Error('the kiosk has no power');
    return this.#kiosk;
  }

  get disk(): SimulatedDisk {
    if (this.#disk === null) throw new Error('the kiosk has no power');
    return this.#disk;
  }

  /** Takes the power away: nothing is flushed, nothing is said, and no timer fires any more. */
  cutPower(): void {
    this.#boots += 1;
    this.disk.close();
    this.#kiosk = null;
  }

  /** Starts the kiosk on what is stored, as after a power cut. */
  async boot(): Promise<void> {
    const clock = this.time;
    const boot = this.#boots;
    const timers: Timers = {
      after: (delayMs, callback) =>
        this.time.after(delayMs, () => {
          if (boot === this.#boots) callback();
        }),
    };
    const key = await loadStickerKey(join(this.folder, 'sticker.jwk'));
    const logKey = loadLogKey(join(this.folder, 'log-key.jwk'), { venueId: 'venue', kioskId: '7A' });
    if (!key.ok || !logKey.ok) throw new Error('the stores do not open');
    const journal = await openKioskJournal(
      {
        path: join(this.folder, 'journal.db'),
        key: logKey.value,
        clock,
        bootId: 'boot',
        useKeySecret: Buffer.alloc(32, 7),
      },
      this.log.listener,
      null,
    );
    if (!journal.ok) throw new Error(journal.error);
    const disk = new SimulatedDisk(journal.value);
    this.#disk = disk;
    this.scanner = simulatedScanner();
    this.printer = this.#newPrinter();
    const named = this.#options.policy ?? 'any-genuine';
    const policy = typeof named === 'string' ? presetNamed(named) : named;
    if (policy === null) throw new Error('there is no such preset');
    const settings = settingsSchema.parse({ kioskId: '7A', ...this.#options.settings });
    const { signer } = this.issuer;
    const keys = trustOf([
      signer.trusted('box-office', ['entry-pass']),
      signer.trusted('https://cards.example', ['smart-health-card']),
      ...(this.#options.keys ?? []),
    ]);
    const isRevoked = (id: string): boolean => disk.isStickerRevoked(id);
    const trust = withOwnStickers(keys, { issuer: 'venue/7A', key: key.value, isRevoked });
    const around = {
      clock,
      timers,
      journal: disk,
      scanner: this.scanner,
      printer: this.printer,
      signal: this.#watched(simulatedSignal({ path: null, timers })),
      trust: () => trust,
      policy: () => policy,
      settings: () => settings,
      log: this.log.listener,
      freeBytes: () => 1_073_741_824,
      supervisor: {
        ready: () => {},
        stopping: () => {},
        alive: (status: string) => void this.told.push(`alive: ${status}`),
        ailing: (status: string) => void this.told.push(`ailing: ${status}`),
        aliveEveryMs: this.#options.aliveEveryMs ?? null,
      },
    };
    const picture = { width: 8, height: 8, rows: Buffer.alloc(8) };
    const draw = (): Promise<ReturnType<typeof ok<typeof picture>>> => Promise.resolve(ok(picture));
    const desk = new StickerDesk({ ...around, key: key.value, draw });
    const reader = () => openJournalReader(join(this.folder, 'journal.db'));
    const keeper = new LogKeeper({ ...around, key: logKey.value, reader });
    this.#kiosk = new Kiosk({ ...around, desk, keeper, register: null });
    this.#kiosk.start();
  }

  scan(line: string): void {
    this.scanner.feed(Buffer.from(line, 'latin1'));
  }

  /** @param scan what staff saw when they pressed; what is shown, unless told otherwise */
  press(button: StaffButton, scan: number | null = this.kiosk.state().door.scan): void {
    this.kiosk.dispatch({ kind: 'staff-button', button, scan });
  }

  get entries(): readonly Entry[] {
    return entriesIn(this.folder);
  }

  /** Verdict and reason of every scan so far. */
  get verdicts(): readonly string[] {
    return this.entries.flatMap((entry) => (entry.type === 'scan' ? [`${entry.verdict}: ${entry.reason}`] : []));
  }

  /** Entries of everything but scans and starts of devices. */
  entriesOf(...types: readonly Entry['type'][]): readonly Entry[] {
    return this.entries.filter(({ type }) => types.includes(type));
  }

  get levels(): Levels {
    return this.kiosk.state().signal;
  }

  #newPrinter(): SimulatedPrinter {
    return new SimulatedPrinter({ widthDots: 320, dpi: 203, timers: this.time });
  }

  #watched(signal: Signal): Signal {
    return {
      start: (listener) => signal.start(listener),
      show: (pattern, seq) => {
        this.given.push({ pattern, seq, recorded: entryCountIn(this.folder) });
        signal.show(pattern, seq);
      },
      rest: () => signal.rest(),
      stop: () => signal.stop(),
      describe: () => signal.describe(),
    };
  }
}
