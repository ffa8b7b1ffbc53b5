import { spawnSync } from 'node:child_process';
import { constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket, Socket as StreamSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realTimers, type Timers } from '../../../src/base/timers.ts';
import { deviceFileRoute } from '../../../src/devices/printer/device-file-route.ts';
import type { Route } from '../../../src/devices/printer/link.ts';
import { LinkedPrinter, type PrinterPatience } from '../../../src/devices/printer/linked-printer.ts';
import { plainFileRoute } from '../../../src/devices/printer/plain-file-route.ts';
import { serialRoute } from '../../../src/devices/printer/serial-link.ts';
import { SimulatedPrinter } from '../../../src/devices/printer/simulated-printer.ts';
import { tcpRoute } from '../../../src/devices/printer/tcp-link.ts';
import type { AnsweringRig, JammingRig, PluggedRig, PrinterRig } from '../../contracts/printer.contract.ts';
import { readCommands } from '../../support/escpos.ts';
import { EscposPrinter } from '../../support/escpos-printer.ts';
import { openPty, type Pty } from '../../support/pty.ts';

type FullRig = JammingRig & AnsweringRig & PluggedRig;

/** Long enough for a loaded machine, short enough for a test. */
export const TEST_PATIENCE: PrinterPatience = {
  stallMs: 1_500,
  answerMs: 1_000,
  printedMs: 1_500,
  idleMs: 50,
  firstRetryMs: 20,
  lastRetryMs: 50,
};

export const linked = (route: Route): LinkedPrinter =>
  new LinkedPrinter({ route, type: 'epson', widthDots: 320, dpi: 203, patience: TEST_PATIENCE });

/** Resolves when a condition holds that I/O makes true; the test's own deadline ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => realTimers.after(2, () => resolve(undefined)));
}

/** The commands that came in stop growing only when the last job has been cut. */
const cutIsLast = (device: EscposPrinter) => (): boolean => {
  const real = device.commands.filter(({ kind }) => kind === 'cut' || kind === 'raster');
  return real.at(-1)?.kind !== 'raster';
};

export function tempFolder(): string {
  return mkdtempSync(join(tmpdir(), 'munjigi-printer-'));
}

export async function tcpRig(): Promise<FullRig> {
  const sockets = new Set<Socket>();
  const device = new EscposPrinter((byte) => {
    for (const socket of sockets) socket.write(byte);
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    device.restart();
    socket.on('data', device.receive);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const unplug = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.resetAndDestroy();
    });
  await listen(0);
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    printer: linked(tcpRoute('127.0.0.1', port)),
    stickers: () => device.stickers,
    drained: () => until(cutIsLast(device)),
    jam: () => {
      device.jamAtFirstBand = () => {
        for (const socket of sockets) socket.pause();
      };
    },
    setPaperOut: (isOut) => {
      device.paperOut = isOut;
    },
    setCoverOpen: (isOpen) => {
      device.coverOpen = isOpen;
    },
    unplug,
    plug: () => listen(port),
    close: unplug,
  };
}

/** A pseudo terminal stands for any character device: it takes bytes, gives answers, fills up and goes away. */
async function ptyRig(makeRoute: (path: string) => Route): Promise<FullRig> {
  const folder = tempFolder();
  const path = join(folder, 'printer');
  let pty: Pty;
  const device = new EscposPrinter((byte) => pty.write(byte));
  const plug = async (): Promise<void> => {
    device.restart();
    pty = await openPty(path);
    pty.output.on('data', device.receive);
  };
  await plug();
  return {
    printer: linked(makeRoute(path)),
    stickers: () => device.stickers,
    drained: () => until(cutIsLast(device)),
    jam: () => {
      device.jamAtFirstBand = () => pty.output.pause();
    },
    setPaperOut: (isOut) => {
      device.paperOut = isOut;
    },
    setCoverOpen: (isOpen) => {
      device.coverOpen = isOpen;
    },
    unplug: () => pty.close(),
    plug,
    close: async () => {
      await pty.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export const deviceFileRig = (): Promise<FullRig> => ptyRig((path) => deviceFileRoute(path));
/** As fast as a terminal goes: the line time is real in these tests. */
export const serialRig = (): Promise<FullRig> => ptyRig((path) => serialRoute(path, 921_600));

/** A FIFO stands for a printer that can only be written to. */
export async function fifoRig(): Promise<JammingRig & PluggedRig> {
  const folder = tempFolder();
  const path = join(folder, 'lp0');
  spawnSync('mkfifo', [path]);
  const device = new EscposPrinter(() => {});
  let reader: StreamSocket;
  const plug = async (): Promise<void> => {
    device.restart();
    // Both ways, or each job's end would end the reading too.
    reader = new StreamSocket({ fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK), writable: false });
    reader.on('data', device.receive);
  };
  const unplug = (): Promise<void> =>
    new Promise((resolve) => {
      reader.once('close', () => resolve());
      reader.destroy();
    });
  await plug();
  return {
    printer: linked(deviceFileRoute(path)),
    stickers: () => device.stickers,
    drained: () => until(cutIsLast(device)),
    jam: () => {
      device.jamAtFirstBand = () => reader.pause();
    },
    unplug,
    plug,
    close: async () => {
      await unplug();
      rmSync(folder, { recursive: true });
    },
  };
}

export async function plainFileRig(): Promise<PrinterRig> {
  const folder = tempFolder();
  const path = join(folder, 'stickers.bin');
  return {
    printer: linked(plainFileRoute(path)),
    stickers: () => readCommands(readFileSync(path)).filter(({ kind }) => kind === 'cut').length,
    drained: async () => {},
    close: async () => rmSync(folder, { recursive: true }),
  };
}

/** Real timers at a hundred times the speed. */
const hurried: Timers = { after: (delayMs, callback) => realTimers.after(delayMs / 100, callback) };

export async function simulatedRig(): Promise<FullRig> {
  let stickers = 0;
  const onPrinted = (): void => {
    stickers += 1;
  };
  const printer = new SimulatedPrinter({ widthDots: 320, dpi: 203, timers: hurried, onPrinted });
  return {
    printer,
    stickers: () => stickers,
    drained: async () => {},
    jam: () => printer.setTrouble('hangs'),
    setPaperOut: (isOut) => printer.setTrouble(isOut ? 'paper-out' : 'none'),
    setCoverOpen: (isOpen) => printer.setTrouble(isOpen ? 'cover-open' : 'none'),
    unplug: async () => printer.setTrouble('unplugged'),
    plug: async () => printer.setTrouble('none'),
    close: async () => {},
  };
}
