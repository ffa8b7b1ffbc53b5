import { err, ok, type Result } from '../base/result.ts';
import type { SettableClock } from '../base/time.ts';
import type { Timers } from '../base/timers.ts';
import { VERSION } from '../base/version.ts';
import type { Printer } from '../devices/printer/printer.ts';
import type { Scanner } from '../devices/scanner/scanner.ts';
import type { Signal } from '../devices/signal/signal.ts';
import type { Supervisor } from '../devices/supervisor/supervisor.ts';
import type { OwnerCommands } from '../door/commands.ts';
import type { PublicState } from '../door/public-state.ts';
import { type Journal, JournalFault } from '../journal/journal.ts';
import { openJournalReader } from '../journal/open.ts';
import { BackOffice } from './back-office.ts';
import { clockMemoryFile } from './clock-memory.ts';
import type { ClockSetParts } from './clock-set.ts';
import { startControl } from './control.ts';
import { freeBytesAt } from './disk-space.ts';
import type { DrawSlip } from './draw-slip.ts';
import { Kiosk } from './kiosk.ts';
import type { Log } from './log.ts';
import { LogKeeper } from './log-keeper.ts';
import { OwnerMode, withoutOwnerCodes } from './owner-mode.ts';
import { SlipDesk } from './slip-desk.ts';
import { type DrawSticker, StickerDesk } from './sticker-desk.ts';
import type { Stores } from './stores.ts';
import { registerOf } from './visitor-register.ts';
import { WitnessDesk } from './witness-desk.ts';

export interface KioskWiring {
  readonly stores: Stores;
  /** The stores' journal, or what a simulated disk puts in front of it. */
  readonly journal: Journal;
  readonly clock: SettableClock;
  readonly timers: Timers;
  readonly scanner: Scanner;
  readonly signal: Signal;
  readonly printer: Printer | null;
  readonly supervisor: Supervisor;
  readonly isSupervised: boolean;
  readonly draw: DrawSticker;
  readonly drawSlip: DrawSlip;
  readonly log: Log;
}

export interface WiredKiosk {
  readonly kiosk: Kiosk;
  /** What the owner may do at the screen. */
  readonly owner: OwnerCommands;
  /** Writes the start entry, opens the control socket and starts the devices; one sentence if it must not run. */
  start(): Promise<Result<void, string>>;
  /** Safe levels, last entry, files closed. */
  stop(): Promise<void>;
}

/** Wires a kiosk from its stores and devices; nothing happens before `start`. */
export function wireKiosk(wiring: KioskWiring): WiredKiosk {
  const { stores, journal, clock } = wiring;
  const around = {
    ...wiring,
    trust: stores.trust,
    policy: () => stores.settingsStore.policy(),
    settings: () => stores.settingsStore.settings(),
    freeBytes: () => freeBytesAt(stores.folder.path),
    clockMemory: clockMemoryFile(stores.folder.clockMemory, stores.bootId, wiring.log),
  };
  const register = registerOf(wiring);
  const keeper = new LogKeeper({
    ...wiring,
    checkpointLines: register.checkpointLines,
    key: stores.logKey,
    reader: () => openJournalReader(stores.folder.journal),
  });
  const { folder } = stores;
  const witnessing = { ...around, keeper, key: stores.logKey };
  const slips = new SlipDesk({
    ...witnessing,
    draw: wiring.drawSlip,
    journalPath: folder.journal,
    statePath: folder.dailySlip,
  });
  const desk = new StickerDesk({ ...around, key: stores.stickerKey, printerFree: () => slips.out() });
  const witnessDesk = new WitnessDesk({ ...witnessing, folder: folder.witnessed });
  const pinPath = folder.ownerPin;
  const owner = new OwnerMode({ ...around, desk: witnessDesk, slips, pinPath });
  const kiosk = new Kiosk({ ...around, scanner: withoutOwnerCodes(wiring.scanner, owner), desk, keeper, register });
  const { attendance } = kiosk;
  const changed = (): void => kiosk.refresh();
  const { importTrust, revocations, logKey, settingsStore } = stores;
  const wasSet = (): void => kiosk.clockWasSet();
  const clockSetting = clockSettingOf(stores, clock, wasSet);
  const books = { importTrust, revocations, logKey, settingsStore, clockSetting };
  const pinWasSet = (): void => owner.pinWasSet();
  const pin = { pinPath, pinWasSet, witnessed: folder.witnessed };
  const office = new BackOffice({ ...around, ...books, ...pin, desk, attendance, register, slips, changed });
  let stopControl = (): void => {};
  const stop = async (): Promise<void> => {
    stopControl();
    slips.stop();
    await kiosk.stop();
    stores.close();
  };
  return {
    kiosk,
    owner,
    async start() {
      const control = await startControl(stores.folder.controlSocket, office);
      if (!control.ok) {
        stores.close();
        return control;
      }
      stopControl = control.value.stop;
      try {
        journal.record({ type: 'start', lastEnd: stores.journal.lastEnd, version: VERSION });
        stores.journal.settleUseKey();
        const { warnings, list } = stores.trustContents();
        if (warnings.length > 0) journal.record({ type: 'trust-fallback', using: list?.dates.version ?? null });
        for (const warning of warnings) wiring.log('trust', { warning });
        for (const warning of settingsStore.settle(journal)) wiring.log('settings', { warning });
        const { atMs, handSet } = clock.wall();
        if (handSet === true) journal.record({ type: 'clock-set', toMs: Math.floor(atMs), byMs: 0 });
        keeper.sign();
        owner.ready();
      } catch (thrown) {
        if (!(thrown instanceof JournalFault)) throw thrown;
        const { path } = stores.folder;
        stopControl();
        stores.close();
        return err(`the journal cannot be written (${thrown.message}): free some space on ${path} and start again`);
      }
      const registerRefusal = register.refusal();
      if (registerRefusal !== null) wiring.log('register', { warning: registerRefusal });
      wiring.log('start', { version: VERSION, lastEnd: stores.journal.lastEnd, clockTrusted: clock.wall().trusted });
      // Who came in before this start is not known any more: their second passes open once.
      if (settingsStore.policy().reuse.samePerson === 'assist') wiring.log('people-forgotten', { why: 'start' });
      kiosk.start();
      await kiosk.heardFromAll;
      const trouble = firstTrouble(kiosk.state());
      // At a terminal a wrong port or pin is a sentence and an end. Under a supervisor it is a sentence on the screen:
      // a scanner that is plugged in later must find a kiosk that waits for it.
      if (trouble !== null && !wiring.isSupervised) {
        await stop();
        return err(trouble);
      }
      slips.start();
      wiring.supervisor.ready();
      return ok(undefined);
    },
    stop,
  };
}

/** What setting the clock by hand needs of the stores. */
export const clockSettingOf = (stores: Stores, clock: SettableClock, wasSet: () => void): ClockSetParts => ({
  clock,
  folder: stores.folder,
  bootId: stores.bootId,
  listIssuedAtMs: () => stores.trust().list?.issuedAtMs ?? null,
  forgetTrustedTime: () => stores.forgetTrustedTime(),
  wasSet,
});

function firstTrouble({ devices }: PublicState): string | null {
  const troubled = [devices.scanner, devices.signal].find(({ state }) => state !== 'ready');
  return troubled === undefined ? null : troubled.detail;
}
