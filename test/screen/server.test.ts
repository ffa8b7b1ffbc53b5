import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { BEAT_MS, MAX_CLIENTS } from '../../src/screen/event-stream.ts';
import { MAX_BODY_BYTES } from '../../src/screen/request-body.ts';
import { json, type Route } from '../../src/screen/route.ts';
import { type ScreenServer, startServer } from '../../src/screen/server.ts';
import { AT_REST, type FakeKiosk, fakeKiosk, showing } from '../support/fake-kiosk.ts';
import { ask, askRaw, openStream } from '../support/http.ts';

let kiosk: FakeKiosk;
let time: SimulatedTime;
let server: ScreenServer;
let received: unknown[];

const routes: readonly Route[] = [
  { kind: 'page', path: '/things/:id.png', reply: (id) => json({ id }) },
  {
    kind: 'action',
    path: '/act',
    reply(body) {
      received.push(body);
      return json({ done: true });
    },
  },
];

beforeEach(async () => {
  kiosk = fakeKiosk();
  time = new SimulatedTime(0);
  received = [];
  const started = await startServer({ port: 0, commands: kiosk.commands, routes, timers: time });
  if (!started.ok) throw new Error(started.error);
  server = started.value;
});
afterEach(() => server.stop());

const origin = (): string => `http://127.0.0.1:${server.port}`;
const asJson = (): Record<string, string> => ({ Origin: origin(), 'Content-Type': 'application/json' });

describe('the address', () => {
  it.each(['127.0.0.1', 'localhost', '[::1]'])('answers to %s with its port', async (name) => {
    const reply = await ask(server.port, { path: '/api/state', headers: { Host: `${name}:${server.port}` } });
    expect(reply.status).toBe(200);
  });

  it.each(['evil.example:PORT', '127.0.0.1', 'localhost:1', '127.0.0.1.evil.example:PORT', '0.0.0.0:PORT', ''])(
    'a page that rebinds its name to this machine is turned away: Host %j',
    async (name) => {
      const host = name.replace('PORT', String(server.port));
      for (const target of ['GET /api/state', 'GET /nothing', 'POST /act', 'OPTIONS /act']) {
        const head = `${target} HTTP/1.1\r\nOrigin: http://${host}\r\nContent-Type: application/json\r\nHost: ${host}`;
        expect(await askRaw(server.port, head)).toBe(421);
      }
      expect(received).toEqual([]);
    },
  );

  it('a second Host or a whole address in the first line does not smuggle a foreign name in', async () => {
    const own = `127.0.0.1:${server.port}`;
    expect(await askRaw(server.port, `GET /api/state HTTP/1.1\r\nHost: ${own}`)).toBe(200);
    expect(await askRaw(server.port, `GET /api/state HTTP/1.1\r\nHost: ${own}\r\nHost: evil.example`)).toBe(421);
    expect(await askRaw(server.port, `GET http://evil.example/api/state HTTP/1.1\r\nHost: ${own}`)).toBe(404);
    expect(await askRaw(server.port, 'GET /api/state HTTP/1.0')).toBe(421);
  });

  it('is not there for the rest of the network', async () => {
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address !== undefined && !address.internal && address.family === 'IPv4');
    for (const other of others) {
      const host = other?.address ?? '';
      await expect(fetch(`http://${host}:${server.port}/api/state`)).rejects.toThrow();
    }
    await expect(fetch(`http://127.0.0.1:${server.port}/api/state`)).resolves.toMatchObject({ status: 200 });
  });

  it('a port in use is one sentence that says what to do', async () => {
    const again = await startServer({ port: server.port, commands: kiosk.commands, routes: [], timers: time });
    expect(again).toEqual({
      ok: false,
      error: `port ${server.port} is in use: stop the other program or choose another with --port N`,
    });
  });

  it('a stopped server leaves its port free, open streams or not', async () => {
    const stream = await openStream(server.port, '/api/events');
    await stream.next();
    await server.stop();
    await expect(stream.next()).rejects.toThrow();
    const blocker = createServer();
    await new Promise<void>((resolve, reject) => {
      blocker.once('error', reject);
      blocker.listen(server.port, '127.0.0.1', () => resolve());
    });
    await new Promise((resolve) => blocker.close(resolve));
  });
});

describe('routes', () => {
  it('tells the whole state', async () => {
    const reply = await ask(server.port, { path: '/api/state?x=1' });
    expect(JSON.parse(reply.body.toString())).toEqual(AT_REST);
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it.each([
    '/',
    '/api',
    '/api/state/',
    '/things/.png',
    '/things/a/b.png',
    `/things/${'a'.repeat(65)}.png`,
    '/things/%2e.png',
    '/../etc/passwd',
  ])('an unknown address is 404 with a sentence: %s', async (path) => {
    const reply = await ask(server.port, { path });
    expect(reply.status).toBe(404);
    expect(JSON.parse(reply.body.toString())).toEqual({ error: 'there is nothing at this address' });
  });

  it('hands over an id of up to 64 characters', async () => {
    const id = 'aZ09_-'.padEnd(64, 'x');
    expect(JSON.parse((await ask(server.port, { path: `/things/${id}.png` })).body.toString())).toEqual({ id });
  });

  it.each([
    ['POST', '/api/state', 'GET'],
    ['HEAD', '/api/state', 'GET'],
    ['OPTIONS', '/act', 'POST'],
    ['GET', '/act', 'POST'],
    ['PUT', '/act', 'POST'],
    ['DELETE', '/api/events', 'GET'],
  ])('%s %s is 405 and names the method that is allowed', async (method, path, allowed) => {
    const reply = await ask(server.port, { method, path, headers: asJson() });
    expect(reply.status).toBe(405);
    expect(reply.headers.allow).toBe(allowed);
    expect(received).toEqual([]);
  });

  it('sends the same strict headers with every reply, and never one that shares it with other origins', async () => {
    for (const path of ['/api/state', '/nothing', '/act']) {
      const { headers } = await ask(server.port, { path, headers: { Origin: 'http://evil.example' } });
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toContain('unsafe');
      expect(policy).not.toContain('*');
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('actions', () => {
  it('does what a page of this screen asks', async () => {
    const reply = await ask(server.port, { method: 'POST', path: '/act', headers: asJson(), body: '{"a":1}' });
    expect(reply.status).toBe(200);
    expect(received).toEqual([{ a: 1 }]);
  });

  it.each([
    ['none', {}],
    ['a foreign one', { Origin: 'http://evil.example' }],
    ['null', { Origin: 'null' }],
    ['another port', { Origin: 'http://127.0.0.1:1' }],
    ['the other name of this machine', { Origin: 'http://localhost' }],
  ])('a page from elsewhere changes nothing: origin %s', async (_, headers) => {
    const reply = await ask(server.port, {
      method: 'POST',
      path: '/act',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: '{}',
    });
    expect(reply.status).toBe(403);
    expect(received).toEqual([]);
  });

  it.each(['cross-site', 'same-site', 'none'])('nor does one that the browser calls %s', async (site) => {
    const headers = { ...asJson(), 'Sec-Fetch-Site': site };
    expect((await ask(server.port, { method: 'POST', path: '/act', headers, body: '{}' })).status).toBe(403);
    expect(received).toEqual([]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])(
    'a form cannot pose as JSON: %s',
    async (type) => {
      const headers = { Origin: origin(), 'Content-Type': type };
      expect((await ask(server.port, { method: 'POST', path: '/act', headers, body: '{}' })).status).toBe(415);
      expect(received).toEqual([]);
    },
  );

  it('takes JSON with a charset', async () => {
    const headers = { ...asJson(), 'Content-Type': 'application/json; charset=utf-8' };
    expect((await ask(server.port, { method: 'POST', path: '/act', headers, body: '{}' })).status).toBe(200);
  });

  it.each(['', '{', 'nothing'])('a body that is no JSON is 400: %j', async (body) => {
    expect((await ask(server.port, { method: 'POST', path: '/act', headers: asJson(), body })).status).toBe(400);
  });

  it('takes a body of the limit and refuses one byte more, with a length or in chunks', async () => {
    const body = (bytes: number): string => `"${'x'.repeat(bytes - 2)}"`;
    for (const extra of [{}, { 'Transfer-Encoding': 'chunked' }]) {
      const headers = { ...asJson(), ...extra };
      const fits = await ask(server.port, { method: 'POST', path: '/act', headers, body: body(MAX_BODY_BYTES) });
      expect(fits.status).toBe(200);
      const tooLong = await ask(server.port, { method: 'POST', path: '/act', headers, body: body(MAX_BODY_BYTES + 1) });
      expect(tooLong.status).toBe(413);
    }
    expect(received).toHaveLength(2);
  });

  it.each([{}, { 'Transfer-Encoding': 'chunked' }])(
    'a body of many megabytes gets its reply, not a broken connection: %j',
    async (extra) => {
      const body = Buffer.alloc(8 * 1024 * 1024, 0x20);
      const reply = await ask(server.port, { method: 'POST', path: '/act', headers: { ...asJson(), ...extra }, body });
      expect(reply.status).toBe(413);
    },
  );
});

describe('the state stream', () => {
  it('tells the state at once, then every change with a rising id', async () => {
    const stream = await openStream(server.port, '/api/events');
    const first = await stream.next();
    expect(first.event).toBe('state');
    expect(JSON.parse(first.data)).toEqual(AT_REST);
    kiosk.show(showing('admit', 'ok', 7));
    time.advance(0);
    const second = await stream.next();
    expect(JSON.parse(second.data)).toEqual(showing('admit', 'ok', 7));
    expect(second.id).toBeGreaterThan(first.id);
    stream.close();
  });

  it('beats while nothing changes, so that a page can tell a dead kiosk from a quiet one', async () => {
    const stream = await openStream(server.port, '/api/events');
    const first = await stream.next();
    time.advance(BEAT_MS);
    const beat = await stream.next();
    expect(beat.id).toBeGreaterThan(first.id);
    expect(beat.data).toBe(first.data);
    stream.close();
  });

  it('takes as many pages as it says and turns the next one away until one goes', async () => {
    const streams = await Promise.all(
      Array.from({ length: MAX_CLIENTS }, () => openStream(server.port, '/api/events')),
    );
    expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200));
    const refused = await ask(server.port, { path: '/api/events' });
    expect(refused.status).toBe(503);
    streams[0]?.close();
    await expect
      .poll(async () => {
        const stream = await openStream(server.port, '/api/events');
        stream.close();
        return stream.status;
      })
      .toBe(200);
    for (const stream of streams) stream.close();
  });
});
