import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { BackOffice, OfficeAnswer, OfficeRequest } from './back-office.ts';

/** A request carries files of keys as base64; more than this is no request of ours. */
const MAX_REQUEST_BYTES = 64 * 1024 * 1024;

/**
 * Answers writing commands while the kiosk runs: one JSON line each way on `DIR/control.sock`, which only this user may
 * open. Whoever can open it can read the keys beside it, so it asks for no PIN.
 */
export async function startControl(path: string, office: BackOffice): Promise<Result<{ stop(): void }, string>> {
  const server = createServer((socket) => serve(socket, office));
  try {
    // The folder's lock is ours, so a socket file that is there was left by a run that was killed.
    rmSync(path, { force: true });
    await listen(server, path);
    chmodSync(path, 0o600);
  } catch (thrown) {
    return err(`${path} cannot be made: ${reasonOf(thrown)}; give the data folder to this user or use a shorter path`);
  }
  return ok({
    stop() {
      server.close();
      rmSync(path, { force: true });
    },
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
}

function serve(socket: Socket, office: BackOffice): void {
  const received: Buffer[] = [];
  let size = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    size += bytes.length;
    if (size > MAX_REQUEST_BYTES) {
      socket.destroy();
      return;
    }
    received.push(bytes);
    if (bytes.at(-1) !== 0x0a) return;
    socket.pause();
    void answer(Buffer.concat(received).toString('utf8'), office).then((reply) => {
      socket.end(`${JSON.stringify(reply)}\n`);
    });
  });
}

async function answer(text: string, office: BackOffice): Promise<Result<OfficeAnswer, string>> {
  let request: OfficeRequest;
  try {
    request = JSON.parse(text) as OfficeRequest;
  } catch {
    return err('the request is not JSON');
  }
  return office.carryOut(request);
}
