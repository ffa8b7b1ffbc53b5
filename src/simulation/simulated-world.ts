import type { Clock } from '../base/time.ts';
import { formatInstant } from '../base/time.ts';
import type { PrintJob } from '../devices/printer/printer.ts';
import type { SimulatedPrinter } from '../devices/printer/simulated-printer.ts';
import type { SimulatedScanner } from '../devices/scanner/simulated-scanner.ts';
import type { DoorEvent } from '../door/event.ts';
import type { StaffReason } from '../policy/staff-reasons.ts';
import { encodePng } from '../sticker/png.ts';
import type { SwitchableClock } from './simulated-clock.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import type { Fault, PrintedSticker, StaffButton, WalletPass, World } from './world.ts';

const KEPT_STICKERS = 12;

export interface WorldParts {
  readonly clock: Clock;
  readonly scanner: SimulatedScanner;
  readonly printer: SimulatedPrinter;
  readonly disk: SimulatedDisk;
  readonly switchableClock: SwitchableClock;
  readonly wallet: readonly WalletPass[];
  readonly dispatch: (event: DoorEvent) => void;
}

/** The laptop's world: clicks become scans, buttons and faults of the simulated devices. */
export class SimulatedWorld implements World {
  readonly #parts: WorldParts;
  readonly #listeners = new Set<() => void>();
  readonly #tokens = new Map<string, string>();
  #stickers: readonly PrintedSticker[] = [];
  #unplugged = false;
  #paperOut = false;

  constructor(parts: WorldParts) {
    this.#parts = parts;
  }

  wallet(): readonly WalletPass[] {
    return this.#parts.wallet;
  }

  scan(line: Buffer): void {
    this.#parts.scanner.feed(line);
  }

  press(button: StaffButton, scan: number | null, because: StaffReason): void {
    this.#parts.dispatch({ kind: 'staff-button', button, scan, because });
  }

  leave(): void {
    this.#parts.dispatch({ kind: 'people-left', count: 1 });
  }

  faults(): Readonly<Record<Fault, boolean>> {
    return {
      'scanner-unplugged': this.#unplugged,
      'paper-out': this.#paperOut,
      'disk-full': this.#parts.disk.full,
      'clock-wrong': this.#parts.switchableClock.wrong,
    };
  }

  setFault(fault: Fault, on: boolean): void {
    const { scanner, printer, disk, switchableClock } = this.#parts;
    switch (fault) {
      case 'scanner-unplugged':
        this.#unplugged = on;
        if (on) scanner.unplug();
        else scanner.plug();
        break;
      case 'paper-out':
        this.#paperOut = on;
        printer.setTrouble(on ? 'paper-out' : 'none');
        break;
      case 'disk-full':
        disk.setFull(on);
        break;
      case 'clock-wrong':
        switchableClock.setWrong(on);
        break;
    }
    this.#changed();
  }

  stickers(): readonly PrintedSticker[] {
    return this.#stickers;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Remembers what a sticker's code says until it comes out of the printer. */
  drawn(id: string, token: string): void {
    this.#tokens.set(id, token);
  }

  /** A sticker came out of the printer. */
  printed({ id, picture }: PrintJob): void {
    const printedAt = formatInstant(this.#parts.clock.wall().atMs);
    const sticker = { id, printedAt, token: this.#tokens.get(id) ?? '', png: encodePng(picture) };
    this.#stickers = [sticker, ...this.#stickers].slice(0, KEPT_STICKERS);
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
