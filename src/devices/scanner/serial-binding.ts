import { readSync } from 'node:fs';
import {
  BindingsError,
  LinuxBinding,
  type LinuxBindingInterface,
  type LinuxPortBinding,
} from '@serialport/bindings-cpp';
import { err, ok } from '../../base/result.ts';

const TRY_AGAIN: ReadonlySet<string | undefined> = new Set(['EAGAIN', 'EWOULDBLOCK', 'EINTR']);

/**
 * The Linux binding of serialport with one change: it reads without libuv's thread pool.
 *
 * The original reads by `fs.read`, so that four hung file operations anywhere in the process stop the scanner. Here
 * the event loop itself polls the descriptor (it is non-blocking) and the bytes are taken synchronously.
 */
export const polledBinding: LinuxBindingInterface = {
  list: () => Promise.reject(new Error('ports are named in hardware.yaml, never searched')),
  async open(options) {
    const port = await LinuxBinding.open(options);
    port.read = (buffer, offset, length) => readWhenReadable(port, buffer, offset, length);
    try {
      // What the kernel kept while nobody listened is thrown away: a code held up minutes ago must not open the door.
      await port.flush();
    } catch (thrown) {
      await port.close();
      throw thrown;
    }
    return port;
  },
};

async function readWhenReadable(
  port: LinuxPortBinding,
  buffer: Buffer,
  offset: number,
  length: number,
): Promise<{ buffer: Buffer; bytesRead: number }> {
  for (;;) {
    // Polling before each read, though bytes may be waiting, gives the rest of the loop its turn during a flood.
    await readable(port);
    if (port.fd === null) throw new BindingsError('the port was closed', { canceled: true });
    const taken = take(port.fd, buffer, offset, length);
    if (!taken.ok) continue;
    // A readable terminal without bytes has been hung up.
    if (taken.value === 0) throw new Error('the port hung up');
    return { buffer, bytesRead: taken.value };
  }
}

function readable(port: LinuxPortBinding): Promise<void> {
  return new Promise((resolve, reject) => {
    if (port.fd === null) {
      reject(new BindingsError('the port is closed', { canceled: true }));
      return;
    }
    port.poller.once('readable', (error) => (error === null ? resolve() : reject(error)));
  });
}

function take(fd: number, buffer: Buffer, offset: number, length: number) {
  try {
    return ok(readSync(fd, buffer, offset, length, null));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && TRY_AGAIN.has(String(thrown.code))) return err('not yet');
    throw thrown;
  }
}
