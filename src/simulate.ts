import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ok, type Result } from './base/result.ts';
import type { Clock } from './base/time.ts';
import { realTimers } from './base/timers.ts';
import { HandSetClock } from './devices/clock/hand-set-clock.ts';
import { systemClock } from './devices/clock/system-clock.ts';
import { SimulatedPrinter } from './devices/printer/simulated-printer.ts';
import { serialScanner } from './devices/scanner/serial-scanner.ts';
import { simulatedScanner } from './devices/scanner/simulated-scanner.ts';
import { simulatedSignal } from './devices/signal/simulated-signal.ts';
import { systemdSupervisor } from './devices/supervisor/systemd-supervisor.ts';
import { drawSlipInThread } from './kiosk/draw-slip.ts';
import { stderrLog } from './kiosk/log.ts';
import { openStores } from './kiosk/stores.ts';
import { wireKiosk } from './kiosk/wire-kiosk.ts';
import { bootId, type RunningKiosk, SCREEN_ADDRESSES, SCREEN_PAGES } from './main.ts';
import type { Trust } from './pass/trust.ts';
import { readAssets } from './screen/assets.ts';
import { ownerRoutes } from './screen/owner-routes.ts';
import { startServer } from './screen/server.ts';
import { simulationRoutes } from './simulation/controls.ts';
import { type DemoIssuers, loadDemoIssuers } from './simulation/demo-issuers.ts';
import { issueDemoStickers, useUp } from './simulation/first-visitors.ts';
import { SwitchableClock } from './simulation/simulated-clock.ts';
import { SimulatedDisk } from './simulation/simulated-disk.ts';
import { SimulatedWorld } from './simulation/simulated-world.ts';
import { trustWithDemo } from './simulation/trust-with-demo.ts';
import { twoScanners } from './simulation/two-scanners.ts';
import { signWallet } from './simulation/wallet.ts';
import { drawSticker } from './sticker/draw.ts';

export interface SimulateOptions {
  readonly dataPath: string;
  readonly port: number;
  /** A real serial port or pty to read beside the clicks; null for none. */
  readonly scannerPath: string | null;
}

/** The baud rate of a real scanner on a laptop; USB and pty ports ignore it. */
const SCANNER_BAUD = 115_200;
const WIDTH_DOTS = 320;
const DPI = 203;
const SIMULATOR_PAGES = fileURLToPath(new URL('./simulation/web', import.meta.url));

/** The same kiosk on simulated devices, with its surroundings at the visitor's hand. Refusals are one sentence. */
export async function simulateKiosk(options: SimulateOptions): Promise<Result<RunningKiosk, string>> {
  const pages = readAssets(SCREEN_PAGES, SCREEN_ADDRESSES);
  if (!pages.ok) return pages;
  const simulatorPages = readAssets(SIMULATOR_PAGES, { 'simulator.html': '/simulator' });
  if (!simulatorPages.ok) return simulatorPages;
  const supervisor = await systemdSupervisor({ notifySocket: undefined, watchdogUsec: undefined });
  if (!supervisor.ok) return supervisor;

  const timers = realTimers;
  const switchableClock = new SwitchableClock(systemClock({ floorMs: 0 }));
  const clock = new HandSetClock(switchableClock);
  const boot = bootId();
  const demo = await prepareDemo(options.dataPath, clock, boot);
  if (!demo.ok) return demo;
  const stores = await openStores(options.dataPath, clock, boot);
  if (!stores.ok) return stores;
  const trust = trustWithDemo(stores.value, demo.value.trustFolder);
  if (!trust.ok) {
    stores.value.close();
    return trust;
  }

  const clicks = simulatedScanner();
  const { scannerPath } = options;
  const scanner =
    scannerPath === null
      ? clicks
      : twoScanners(serialScanner({ path: scannerPath, baud: SCANNER_BAUD, timers }), clicks);
  const disk = new SimulatedDisk(stores.value.journal);
  const printer = new SimulatedPrinter({ widthDots: WIDTH_DOTS, dpi: DPI, onPrinted: (job) => world.printed(job) });
  const wired = wireKiosk({
    stores: { ...stores.value, trust: trust.value },
    journal: disk,
    clock,
    timers,
    scanner,
    signal: simulatedSignal({ path: null, timers }),
    printer,
    supervisor: supervisor.value,
    isSupervised: false,
    draw: (face, paper) => {
      world.drawn(face.shortId, face.token);
      return drawSticker(face, paper);
    },
    drawSlip: drawSlipInThread,
    log: stderrLog,
  });
  const world = new SimulatedWorld({
    clock,
    scanner: clicks,
    printer,
    disk,
    switchableClock,
    wallet: demo.value.wallet,
    dispatch: (event) => wired.kiosk.dispatch(event),
  });
  const routes = [...pages.value, ...simulatorPages.value, ...simulationRoutes(world), ...ownerRoutes(wired.owner)];
  const server = await startServer({ port: options.port, commands: wired.kiosk, routes, timers });
  if (!server.ok) {
    stores.value.close();
    return server;
  }
  const started = await wired.start();
  if (!started.ok) {
    await server.value.stop();
    return started;
  }
  return ok({
    port: server.value.port,
    async stop() {
      await server.value.stop();
      await wired.stop();
    },
  });
}

/**
 * Signs this run's wallet; the demo issuers are trusted in memory alone, so that no real kiosk ever does. What it writes
 * before the start is no sign of life of the kiosk.
 */
async function prepareDemo(dataPath: string, clock: Clock, boot: string) {
  const stores = await openStores(dataPath, clock, boot, null, 'command');
  if (!stores.ok) return stores;
  try {
    const issuers: Result<DemoIssuers, string> = await loadDemoIssuers(join(stores.value.folder.path, 'demo'));
    if (!issuers.ok) return issuers;
    const { trustFolder } = issuers.value;
    const trust: Result<() => Trust, string> = trustWithDemo(stores.value, trustFolder);
    if (!trust.ok) return trust;
    const wallet = await signWallet(issuers.value, clock.wall().atMs);
    useUp(wallet.usedLine, stores.value, trust.value(), clock);
    const stickers = await issueDemoStickers(stores.value, clock);
    if (!stickers.ok) return stickers;
    return ok({ trustFolder, wallet: [...wallet.passes, ...stickers.value] });
  } finally {
    stores.value.close();
  }
}
