import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { reasonOf } from './base/assert.ts';
import { err, ok, type Result } from './base/result.ts';
import { MINUTE_MS } from './base/time.ts';
import { realTimers } from './base/timers.ts';
import { RELEASED_AT_MS } from './base/version.ts';
import { HandSetClock } from './devices/clock/hand-set-clock.ts';
import { systemClock } from './devices/clock/system-clock.ts';
import { deviceFileRoute } from './devices/printer/device-file-route.ts';
import { LinkedPrinter } from './devices/printer/linked-printer.ts';
import { plainFileRoute } from './devices/printer/plain-file-route.ts';
import type { Printer } from './devices/printer/printer.ts';
import { serialRoute } from './devices/printer/serial-link.ts';
import { SimulatedPrinter } from './devices/printer/simulated-printer.ts';
import { tcpRoute } from './devices/printer/tcp-link.ts';
import type { Scanner } from './devices/scanner/scanner.ts';
import { serialScanner } from './devices/scanner/serial-scanner.ts';
import { simulatedScanner } from './devices/scanner/simulated-scanner.ts';
import { stdinScanner } from './devices/scanner/stdin-scanner.ts';
import { gpioSignal } from './devices/signal/gpio-signal.ts';
import type { Signal } from './devices/signal/signal.ts';
import { simulatedSignal } from './devices/signal/simulated-signal.ts';
import { systemdSupervisor } from './devices/supervisor/systemd-supervisor.ts';
import { UNNAMED_BOOT } from './journal/last-end.ts';
import { restoreHandSetting } from './kiosk/clock-set.ts';
import { drawSlipInThread } from './kiosk/draw-slip.ts';
import { stderrLog } from './kiosk/log.ts';
import { openStores } from './kiosk/stores.ts';
import { wireKiosk } from './kiosk/wire-kiosk.ts';
import { readAssets } from './screen/assets.ts';
import { ownerRoutes } from './screen/owner-routes.ts';
import { startServer } from './screen/server.ts';
import { type Hardware, parseHardware } from './settings/hardware.ts';
import { drawSticker } from './sticker/draw.ts';

export interface RunOptions {
  readonly hardwarePath: string;
  readonly dataPath: string;
  readonly port: number;
}

export interface RunningKiosk {
  readonly port: number;
  stop(): Promise<void>;
}

/** Where the pages of the screen lie in the build. */
export const SCREEN_PAGES = fileURLToPath(new URL('./screen/web', import.meta.url));
export const SCREEN_ADDRESSES = { 'page.html': '/', 'owner.html': '/owner', 'register.html': '/register' };

/** The real kiosk: what hardware.yaml names, wired together. Refusals are one sentence. */
export async function runKiosk(options: RunOptions): Promise<Result<RunningKiosk, string>> {
  const hardware = readHardware(options.hardwarePath);
  if (!hardware.ok) return hardware;
  const signal = signalOf(hardware.value);
  if (!signal.ok) return signal;
  const pages = readAssets(SCREEN_PAGES, SCREEN_ADDRESSES);
  if (!pages.ok) return pages;
  const supervisor = await systemdSupervisor({
    notifySocket: process.env['NOTIFY_SOCKET'],
    watchdogUsec: process.env['WATCHDOG_USEC'],
  });
  if (!supervisor.ok) return supervisor;

  const timers = realTimers;
  const isSupervised = process.env['NOTIFY_SOCKET'] !== undefined;
  const machineClock = systemClock({ floorMs: RELEASED_AT_MS });
  const clock = new HandSetClock(machineClock);
  const stores = await openStores(options.dataPath, clock, bootId(), { timers, isSupervised, log: stderrLog });
  if (!stores.ok) return stores;
  machineClock.setFloor(stores.value.clockFloorMs());
  restoreHandSetting(clock, stores.value.folder, stores.value.bootId);

  const scanner = scannerOf(hardware.value);
  const printer = printerOf(hardware.value);
  const wired = wireKiosk({
    stores: stores.value,
    journal: stores.value.journal,
    clock,
    timers,
    scanner,
    signal: signal.value,
    printer,
    supervisor: supervisor.value,
    isSupervised,
    draw: drawSticker,
    drawSlip: drawSlipInThread,
    log: stderrLog,
  });
  // The port comes first: a kiosk that cannot show its screen must leave no trace of a start.
  const routes = [...pages.value, ...ownerRoutes(wired.owner)];
  const server = await startServer({ port: options.port, commands: wired.kiosk, routes, timers });
  if (!server.ok) {
    stores.value.close();
    return server;
  }
  for (const device of [scanner, signal.value, printer])
    if (device !== null) stderrLog('wiring', { is: device.describe() });
  const started = await wired.start();
  if (!started.ok) {
    await server.value.stop();
    return started;
  }
  let cancelRefresh = (): void => {};
  const refreshClock = (): void => {
    machineClock.setFloor(stores.value.clockFloorMs());
    machineClock.refresh();
    cancelRefresh = timers.after(MINUTE_MS, refreshClock);
  };
  refreshClock();
  return ok({
    port: server.value.port,
    async stop() {
      cancelRefresh();
      await server.value.stop();
      await wired.stop();
    },
  });
}

function readHardware(path: string): Result<Hardware, string> {
  try {
    return parseHardware(readFileSync(path, 'utf8'), path);
  } catch (thrown) {
    return err(`the hardware file ${path} cannot be read: ${reasonOf(thrown)}; name it with --hardware FILE`);
  }
}

function scannerOf({ scanner }: Hardware): Scanner {
  switch (scanner.driver) {
    case 'serial':
      return serialScanner({ path: scanner.path, baud: scanner.baud, timers: realTimers });
    case 'stdin':
      return stdinScanner({ input: process.stdin });
    case 'simulated':
      return simulatedScanner();
  }
}

function signalOf({ signal, voice }: Hardware): Result<Signal, string> {
  if (voice.driver !== 'none') {
    return err(`voice: driver: '${voice.driver}' is not part of this version: write 'none' in the hardware file`);
  }
  switch (signal.driver) {
    case 'onoff':
      return ok(gpioSignal({ wiring: { chip: signal.chip, lines: signal.lines }, timers: realTimers }));
    case 'gpiod':
      return err("signal: driver: 'gpiod' is not part of this version: write 'onoff' in the hardware file");
    case 'simulated':
      return ok(simulatedSignal({ path: signal.path ?? null, timers: realTimers }));
  }
}

function printerOf({ printer }: Hardware): Printer | null {
  const { driver, widthDots, dpi, type } = printer;
  switch (driver) {
    case 'usb':
      return new LinkedPrinter({ route: deviceFileRoute(printer.path), type, widthDots, dpi });
    case 'serial':
      return new LinkedPrinter({ route: serialRoute(printer.path, printer.baud), type, widthDots, dpi });
    case 'tcp':
      return new LinkedPrinter({ route: tcpRoute(printer.host, printer.port), type, widthDots, dpi });
    case 'file':
      return new LinkedPrinter({ route: plainFileRoute(printer.path), type, widthDots, dpi });
    case 'simulated':
      return new SimulatedPrinter({ widthDots, dpi });
    case 'none':
      return null;
  }
}

/** Names this boot of the machine, so that monotonic times of one boot can be compared over restarts. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return `${UNNAMED_BOOT}${randomUUID()}`;
  }
}
