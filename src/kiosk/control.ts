import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { BackOffice } from './back-office.ts';
import { parseOfficeRequest } from './office-request.ts';

/** A request carries files of keys as base64; more than this is no request of ours. */
const MAX_REQUEST_BYTES = 64 * 1024 * 1024;
const MAX_CONNECTIONS = 16;
const LINE_FEED = 0x0a;

/** `sun_path` of sockaddr_un with its terminating zero; a longer path would be cut and name another file. */
const MAX_SOCKET_PATH_BYTES = 107;

/**
 * Answers writing commands while the kiosk runs: one JSON line each way on `DIR/control.sock`, which only this user may
 * open. Whoever can open it can read the keys beside it, so it asks for no PIN.
 */
export async function startControl(path: string, office: BackOffice): Promise<Result<{ stop(): void }, string>> {
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
    return err(`${path} is too long for a socket: name a data folder with a shorter path with --data DIR`);
  }
  const open = new Set<Socket>();
  // A client may end its side after the request and still wants the answer.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    serve(socket, office);
  });
  server.maxConnections = MAX_CONNECTIONS;
  const stop = (): void => {
    server.close();
    // Whoever is still connected must not hold up the end of the kiosk.
    for (const socket of open) socket.destroy();
    rmSync(path, { force: true });
  };
  try {
    // The folder's lock is ours, so a socket file that is there was left by a run that was killed.
    rmSync(path, { force: true });
    await listen(server, path);
    chmodSync(path, 0o600);
  } catch (thrown) {
    server.close();
    return err(`${path} cannot be made: ${reasonOf(thrown)}; give the data folder to this user`);
  }
  return ok({ stop });
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
  socket.on('end', () => {
    if (received.at(-1)?.at(-1) !== LINE_FEED) socket.end();
  });
  socket.on('data', (bytes: Buffer) => {
    size += bytes.length;
    if (size > MAX_REQUEST_BYTES) {
      socket.destroy();
      return;
    }
    received.push(bytes);
    if (bytes.at(-1) !== LINE_FEED) return;
    socket.pause();
    const request = parseOfficeRequest(Buffer.concat(received).toString('utf8'));
    void (request.ok ? office.carryOut(request.value) : Promise.resolve(request)).then((reply) => {
      socket.end(`${JSON.stringify(reply)}\n`);
    });
  });
}
