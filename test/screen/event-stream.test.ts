import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { type EventStream, eventStream, MAX_WAITING_BYTES } from '../../src/screen/event-stream.ts';
import { openStream } from '../support/http.ts';

let server: Server;
let stream: EventStream;
let time: SimulatedTime;
let snapshots: number;
let payload: string;
let change: () => void;

beforeEach(async () => {
  time = new SimulatedTime(0);
  snapshots = 0;
  payload = 'small';
  const source = {
    event: 'state',
    snapshot: () => {
      snapshots += 1;
      return payload;
    },
    subscribe(listener: () => void) {
      change = listener;
      return () => {};
    },
  };
  stream = eventStream(source, time);
  server = createServer((_, response) => stream.attach(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  stream.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function port(): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('an event stream', () => {
  it('does no work on the way from scan to lamp, whoever watches', async () => {
    const watcher = await openStream(port(), '/');
    await watcher.next();
    const before = snapshots;
    for (let round = 0; round < 1_000; round += 1) change();
    expect(snapshots).toBe(before);
    watcher.close();
  });

  it('takes one snapshot for all watchers, and one for all changes of a turn', async () => {
    const watchers = await Promise.all([1, 2, 3].map(() => openStream(port(), '/')));
    await Promise.all(watchers.map((watcher) => watcher.next()));
    const before = snapshots;
    change();
    change();
    payload = 'newest';
    time.advance(0);
    expect(snapshots).toBe(before + 1);
    for (const watcher of watchers) {
      expect((await watcher.next()).data).toBe('"newest"');
      watcher.close();
    }
  });

  it('drops a watcher that does not read before it fills the memory, and keeps the others', async () => {
    const deaf: Socket = connect(port(), '127.0.0.1');
    deaf.on('error', () => {});
    deaf.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    deaf.pause();
    const watcher = await openStream(port(), '/');
    await watcher.next();
    await expect.poll(() => stream.clients()).toBe(2);
    payload = 'x'.repeat(MAX_WAITING_BYTES);
    await expect
      .poll(
        async () => {
          change();
          time.advance(0);
          await watcher.next();
          return stream.clients();
        },
        { interval: 1, timeout: 20_000 },
      )
      .toBe(1);
    watcher.close();
    deaf.destroy();
  });

  it('forgets a watcher that went away', async () => {
    const watcher = await openStream(port(), '/');
    await watcher.next();
    expect(stream.clients()).toBe(1);
    watcher.close();
    await expect.poll(() => stream.clients()).toBe(0);
  });
});
