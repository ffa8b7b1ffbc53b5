import type { DeviceStatus } from '../base/device.ts';
import { type Clock, HOUR_MS, MINUTE_MS } from '../base/time.ts';
import type { DeviceName, Note } from '../journal/entry.ts';
import type { Trust } from '../pass/trust.ts';
import { type TrustAge, trustAgeAt } from '../policy/trust-age.ts';

const BYTES_A_MIB = 1_048_576;

export interface HealthMinuteParts {
  readonly clock: Clock;
  readonly trust: () => Trust;
  /** Free bytes on the disk of the journal; null where nobody can say. */
  readonly freeBytes: () => number | null;
}

/**
 * The sign of life: an entry a minute that tells what works. A minute that lacks it was one in which nothing was
 * recorded. It comes early when the trust data goes out of date, so that the log says when.
 */
export class HealthMinute {
  readonly #parts: HealthMinuteParts;
  #lastMs: number;
  #trust: TrustAge = 'current';
  #served = 0;

  constructor(parts: HealthMinuteParts) {
    this.#parts = parts;
    this.#lastMs = parts.clock.monotonicMs();
  }

  /** One line from the scanner was judged. */
  served(): void {
    this.#served += 1;
  }

  /** The entry, if it is due. */
  look(devices: Readonly<Record<DeviceName, DeviceStatus>>): Note | null {
    const { clock, trust, freeBytes } = this.#parts;
    const nowMs = clock.monotonicMs();
    const { atMs } = clock.wall();
    const { list } = trust();
    const age = trustAgeAt(list, atMs);
    if (nowMs - this.#lastMs < MINUTE_MS && age === this.#trust) return null;
    const free = freeBytes();
    const note: Note = {
      type: 'health',
      scanner: devices.scanner.state,
      signal: devices.signal.state,
      printer: devices.printer.state,
      trust: age,
      trustHours: list === null ? null : Math.floor((atMs - list.issuedAtMs) / HOUR_MS),
      freeMib: free === null ? null : Math.floor(free / BYTES_A_MIB),
      served: this.#served,
    };
    this.#lastMs = nowMs;
    this.#trust = age;
    this.#served = 0;
    return note;
  }
}
