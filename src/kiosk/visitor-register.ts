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

/** The register of a data folder; what is left of one that the owner has switched off is deleted in time as well. */
export function registerOf({ stores, clock, timers, journal }: RegisterSurroundings): Register {
  const { folder, settingsStore, trustContents } = stores;
  const isOn = (): boolean => settingsStore.settings().register === 'on';
  return new Register({ paths: folder, isOn, clock, timers, journal, list: () => trustContents().list });
}
