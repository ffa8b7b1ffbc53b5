import type { Clock, HandSetting, SettableClock, WallTime } from '../../base/time.ts';

/**
 * A clock that the owner may set where the machine's own is wrong or nothing vouches for it. What is set runs on with
 * monotonic time; the machine's clock is left alone, for which the kiosk has no right. It ends as soon as the
 * machine's clock becomes trusted anew: a time server knows better than a hand.
 */
export class HandSetClock<Machine extends Clock = Clock> implements SettableClock {
  readonly machine: Machine;
  #setting: HandSetting | null = null;

  constructor(machine: Machine) {
    this.machine = machine;
  }

  monotonicMs(): number {
    return this.machine.monotonicMs();
  }

  wall(): WallTime {
    const wall = this.machine.wall();
    if (this.#setting === null) return wall;
    if (wall.trusted && !this.#setting.wasTrusted) {
      this.#setting = null;
      return wall;
    }
    return { ...wall, atMs: this.machine.monotonicMs() + this.#setting.leadMs, trusted: true, handSet: true };
  }

  settingFor(toMs: number): HandSetting {
    const sinceMs = this.machine.monotonicMs();
    return { leadMs: toMs - sinceMs, sinceMs, wasTrusted: this.machine.wall().trusted };
  }

  /** Takes a setting of now, or one of this boot that an earlier run took. */
  setByHand(setting: HandSetting): void {
    this.#setting = setting;
  }
}
