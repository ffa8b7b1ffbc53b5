import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeviceStatus } from '../../../src/base/device.ts';
import { deviceFileRoute } from '../../../src/devices/printer/device-file-route.ts';
import { plainFileRoute } from '../../../src/devices/printer/plain-file-route.ts';
import { tcpRoute } from '../../../src/devices/printer/tcp-link.ts';
import { patternPicture } from '../../contracts/printer.contract.ts';
import { EscposPrinter } from '../../support/escpos-printer.ts';
import { hasPty } from '../../support/pty.ts';
import { Recorder } from '../../support/recorder.ts';
import { fifoRig, linked, serialRig, tempFolder, until } from './rigs.ts';

const TALL = { id: 'K7000001', picture: patternPicture(320, 16_000) };
/** Node's default: as many hung calls stop everything that waits for the pool. */
const POOL_THREADS = 4;

describe.each([
  ['device files', fifoRig, true],
  ['serial ports (skipped without a pseudo terminal: install python3)', serialRig, hasPty],
] as const)('hung %s', (_, makeRig, canRun) => {
  test.skipIf(!canRun)('more hung printers than pool threads do not stop the rest of the program', async () => {
    const rigs = await Promise.all(Array.from({ length: POOL_THREADS + 1 }, makeRig));
    const jobs = rigs.map(({ printer, jam }) => {
      printer.start(() => {});
      jam();
      return printer.print(TALL);
    });
    let ended = 0;
    for (const job of jobs) void job.then(() => (ended += 1));
    const readable = await readFile(import.meta.filename);
    expect(readable.length).toBeGreaterThan(0);
    expect(ended).toBe(0);
    for (const outcome of await Promise.all(jobs)) expect(outcome).toMatchObject({ error: { kind: 'timeout' } });
    for (const { printer, close } of rigs) {
      await printer.stop();
      await close();
    }
  });
});

describe('what a failed job leaves behind', () => {
  let folder: string;
  beforeEach(() => {
    folder = tempFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const lost = async (route: Parameters<typeof linked>[0]): Promise<DeviceStatus> => {
    const statuses = new Recorder<DeviceStatus>();
    const printer = linked(route);
    printer.start(statuses.listener);
    const status = await statuses.next();
    expect(await printer.print(TALL)).toMatchObject({ ok: false, error: { kind: 'lost', detail: status.detail } });
    await printer.stop();
    return status;
  };

  test('a network printer that stopped reading is reset: what waits in the kernel is not printed later', async () => {
    let isReset = false;
    const sockets: Socket[] = [];
    const device = new EscposPrinter(() => {});
    const server = createServer({ pauseOnConnect: true }, (socket) => {
      socket.on('error', (thrown) => {
        isReset ||= 'code' in thrown && thrown.code === 'ECONNRESET';
      });
      sockets.push(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const printer = linked(tcpRoute('127.0.0.1', typeof address === 'object' ? (address?.port ?? 0) : 0));
    printer.start(() => {});
    // More than two kernels hold for one connection.
    const huge = { id: 'K7000001', picture: patternPicture(320, 400_000) };
    expect(await printer.print(huge)).toMatchObject({ ok: false, error: { kind: 'timeout' } });
    await printer.stop();
    for (const socket of sockets) socket.on('data', device.receive).resume();
    await until(() => isReset);
    expect(device.stickers).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });

  test('the path of an unplugged printer is not created as a plain file', async () => {
    const path = join(folder, 'lp0');
    expect((await lost(deviceFileRoute(path))).detail).toBe(
      `There is no printer at ${path}: plug it in and switch it on.`,
    );
    expect(existsSync(path)).toBe(false);
  });

  test('a plain file where the printer should be is named, not written to', async () => {
    const path = join(folder, 'lp0');
    writeFileSync(path, '');
    expect((await lost(deviceFileRoute(path))).detail).toMatch(/is not a device/);
  });

  test('a device given to the driver of plain files is named, not filled', async () => {
    expect((await lost(plainFileRoute('/dev/null'))).detail).toMatch(/is a device/);
  });

  test('a file that cannot be made says where', async () => {
    expect((await lost(plainFileRoute(join(folder, 'absent', 'out.bin')))).detail).toMatch(/ENOENT/);
  });

  test('the name of a network printer is refused: looking it up could hang a pool thread', async () => {
    expect((await lost(tcpRoute('printer.local'))).detail).toMatch(/IP address/);
  });
});
