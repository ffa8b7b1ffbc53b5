import { existsSync } from 'node:fs';
import type { Clock } from '../base/time.ts';
import type { Timers } from '../base/timers.ts';
import type { Journal } from '../journal/journal.ts';
import { Register } from '../register/register.ts';
import type { Stores } from './stores.ts';

export interface RegisterSurroundings {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly journal: Journal;
}

/** The register of a data folder; null where it is off and nothing is left of it that must be deleted in time. */
export function registerOf({ stores, clock, timers, journal }: RegisterSurroundings): Register | null {
  const { folder, settings, trustContents } = stores;
  const isOn = settings.register === 'on';
  if (!isOn && !existsSync(folder.register)) return null;
  return new Register({ paths: folder, isOn, clock, timers, journal, list: () => trustContents().list });
}
