import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface MachineParts {
  readonly kernel: string;
  readonly initramfs: string;
  /** Read only in the guest, as /. */
  readonly system: string;
  /** The disk whose data a power cut may catch in the guest's memory, as /data. */
  readonly data: string;
  /** A shell script on the system disk. */
  readonly run: string;
}

const MEMORY_MIB = 512;
/** What is kept of the console, for the report of a failure. */
const KEPT_CHARACTERS = 4_000;

/**
 * A simulated PC whose power can be cut. Its lines reach this process: `console`, `ttyS1` in both directions, and what is
 * written to `/dev/port`, which is here as soon as the guest's write has returned.
 */
export class Machine {
  readonly #folder: string;
  readonly #servers: readonly Server[];
  readonly #qemu: ChildProcess;
  readonly #closed: Promise<unknown>;
  #serial: Socket | null = null;
  #console = '';
  readonly ended: Promise<unknown>;

  private constructor(folder: string, servers: readonly Server[], qemu: ChildProcess, closed: Promise<unknown>) {
    this.#folder = folder;
    this.#servers = servers;
    this.#qemu = qemu;
    this.#closed = closed;
    this.ended = once(qemu, 'exit');
  }

  /** @param folder where its sockets lie; @param onLine takes each line from `/dev/port` */
  static async start(folder: string, parts: MachineParts, onLine: (line: string) => void): Promise<Machine> {
    const [consoleServer, serialServer, portServer] = await Promise.all(
      ['console', 'serial', 'port'].map((name) => listen(join(folder, name))),
    );
    if (consoleServer === undefined || serialServer === undefined || portServer === undefined)
      throw new Error('no sockets');
    const portClosed = once(portServer, 'connection').then(([socket]) => {
      const lines = createInterface({ input: socket as Socket });
      lines.on('line', onLine);
      return once(lines, 'close');
    });
    const qemu = spawn('qemu-system-x86_64', argumentsOf(folder, parts), { stdio: ['ignore', 'ignore', 'pipe'] });
    const machine = new Machine(folder, [consoleServer, serialServer, portServer], qemu, portClosed);
    const keep = (bytes: Buffer): void => {
      machine.#console = (machine.#console + bytes.toString('latin1')).slice(-KEPT_CHARACTERS);
    };
    qemu.stderr?.on('data', keep);
    consoleServer.once('connection', (socket) => socket.on('data', keep).on('error', () => {}));
    const [serial] = (await Promise.race([once(serialServer, 'connection'), machine.ended.then(() => [null])])) as [
      Socket | null,
    ];
    if (serial === null) throw new Error(`the machine did not start: ${machine.#console}`);
    serial.on('error', () => {}).resume();
    machine.#serial = serial;
    return machine;
  }

  /** The end of what the guest's console said. */
  get console(): string {
    return this.#console;
  }

  /** Sends bytes to the guest's `ttyS1`. */
  send(text: string): void {
    this.#serial?.write(text);
  }

  /** The plug is pulled; resolves when everything that had left the guest was handed on. */
  async cutPower(): Promise<void> {
    this.#qemu.kill('SIGKILL');
    await this.ended;
    await this.#closed;
    for (const server of this.#servers) server.close();
    for (const name of ['console', 'serial', 'port']) rmSync(join(this.#folder, name), { force: true });
  }
}

async function listen(path: string): Promise<Server> {
  rmSync(path, { force: true });
  const server = createServer().listen(path);
  await once(server, 'listening');
  return server;
}

function argumentsOf(folder: string, { kernel, initramfs, system, data, run }: MachineParts): readonly string[] {
  const socket = (name: string): string => `socket,id=${name},path=${join(folder, name)}`;
  return [
    ...['-accel', 'tcg', '-cpu', 'Nehalem', '-smp', '1', '-m', String(MEMORY_MIB)],
    ...['-display', 'none', '-vga', 'none', '-net', 'none', '-no-reboot', '-nodefaults'],
    ...['-kernel', kernel, '-initrd', initramfs, '-append', `console=ttyS0 quiet panic=-1 run=${run}`],
    ...['-drive', `file=${system},if=virtio,format=raw,readonly=on`],
    ...['-drive', `file=${data},if=virtio,format=raw,cache=writeback`],
    ...['-chardev', socket('console'), '-serial', 'chardev:console'],
    ...['-chardev', socket('serial'), '-serial', 'chardev:serial'],
    ...['-device', 'virtio-serial-pci', '-chardev', socket('port'), '-device', 'virtserialport,chardev=port,name=port'],
  ];
}
