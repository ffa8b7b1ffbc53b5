import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { type ScreenServer, startServer } from '../../src/screen/server.ts';
import { simulationRoutes } from '../../src/simulation/controls.ts';
import { fakeKiosk } from '../support/fake-kiosk.ts';
import { type FakeWorld, fakeWorld, sticker, WALLET } from '../support/fake-world.ts';
import { ask, type HttpReply, openStream } from '../support/http.ts';

let faked: FakeWorld;
let time: SimulatedTime;
let server: ScreenServer;

beforeEach(async () => {
  faked = fakeWorld();
  time = new SimulatedTime(0);
  const started = await startServer({
    port: 0,
    commands: fakeKiosk().commands,
    routes: simulationRoutes(faked.world),
    timers: time,
  });
  if (!started.ok) throw new Error(started.error);
  server = started.value;
});
afterEach(() => server.stop());

function post(path: string, body: unknown): Promise<HttpReply> {
  const headers = { Origin: `http://127.0.0.1:${server.port}`, 'Content-Type': 'application/json' };
  return ask(server.port, { method: 'POST', path, headers, body: JSON.stringify(body) });
}

describe('the simulated surroundings', () => {
  it('tells the wallet, the faults and the stickers, and no code of any of them', async () => {
    faked.print(sticker('A1-7KQ2XZ'));
    const text = (await ask(server.port, { path: '/simulation/state' })).body.toString();
    const state = JSON.parse(text);
    expect(state.wallet.map(({ id }: { id: string }) => id)).toEqual(WALLET.map(({ id }) => id));
    expect(state.faults).toEqual({
      'scanner-unplugged': false,
      'paper-out': false,
      'disk-full': false,
      'clock-wrong': false,
    });
    expect(state.stickers).toEqual([{ id: 'A1-7KQ2XZ', printedAt: '2021-12-13T02:40:00.000Z' }]);
    expect(text).not.toContain('HC1:');
    expect(text).not.toContain('token-of');
  });

  it('holds up a pass, every code of a card in order, as its very bytes', async () => {
    expect((await post('/simulation/scan', { pass: 'card-of-two' })).status).toBe(200);
    expect((await post('/simulation/scan', { pass: 'forged' })).status).toBe(200);
    expect(faked.scanned.map((line) => line.toString('hex'))).toEqual(
      ['shc:/1/2/567629', 'shc:/2/2/095243', '\u00ff\u0000binary'].map((line) =>
        Buffer.from(line, 'latin1').toString('hex'),
      ),
    );
  });

  it('holds up a sticker that came out of the printer', async () => {
    faked.print(sticker('A1-7KQ2XZ'));
    await post('/simulation/scan', { sticker: 'A1-7KQ2XZ' });
    expect(faked.scanned.map(String)).toEqual(['token-of-A1-7KQ2XZ']);
  });

  it('holds up whatever was typed, blanks and Hangul included', async () => {
    await post('/simulation/scan', { base64: Buffer.from(' 문지기  ').toString('base64') });
    expect(faked.scanned.map(String)).toEqual([' 문지기  ']);
  });

  it.each([
    ['/simulation/scan', { pass: 'nobody' }],
    ['/simulation/scan', { pass: '__proto__' }],
    ['/simulation/scan', { sticker: 'nobody' }],
    ['/simulation/scan', { base64: '!' }],
    ['/simulation/scan', { base64: 5 }],
    ['/simulation/scan', {}],
    ['/simulation/scan', null],
    ['/simulation/scan', []],
    ['/simulation/press', { button: 'open-all-doors' }],
    ['/simulation/press', { button: 'constructor' }],
    ['/simulation/press', { button: 'admit', scan: 'x' }],
    ['/simulation/press', { button: 'admit', because: 'charm' }],
    ['/simulation/press', { button: 'admit', scan: 1.5 }],
    ['/simulation/fault', { fault: 'paper-out' }],
    ['/simulation/fault', { fault: 'paper-out', on: 'yes' }],
    ['/simulation/fault', { fault: 'earthquake', on: true }],
  ])('%s with %j does nothing and says so', async (path, body) => {
    expect((await post(path, body)).status).toBe(400);
    expect(faked.scanned).toEqual([]);
    expect(faked.pressed).toEqual([]);
    expect(Object.values(faked.world.faults())).not.toContain(true);
  });

  it('presses the staff buttons', async () => {
    for (const button of ['admit', 'refuse', 'sticker']) await post('/simulation/press', { button });
    expect(faked.pressed).toEqual(['admit', 'refuse', 'sticker']);
    await post('/simulation/press', { button: 'admit', scan: 7 });
    expect(faked.pressedFor).toEqual([null, null, null, 7]);
    await post('/simulation/press', { button: 'refuse', scan: 7, because: 'not-theirs' });
    expect(faked.because).toEqual(['not-said', 'not-said', 'not-said', 'not-said', 'not-theirs']);
  });

  it('lets one person leave', async () => {
    expect((await post('/simulation/leave', {})).status).toBe(200);
    expect(faked.left()).toBe(1);
  });

  it('tells a fault and a new sticker to every open page', async () => {
    const stream = await openStream(server.port, '/simulation/events');
    expect(JSON.parse((await stream.next()).data).stickers).toEqual([]);
    await post('/simulation/fault', { fault: 'disk-full', on: true });
    faked.print(sticker('A1-7KQ2XZ'));
    time.advance(0);
    const next = await stream.next();
    expect(next.event).toBe('world');
    expect(JSON.parse(next.data)).toMatchObject({ faults: { 'disk-full': true }, stickers: [{ id: 'A1-7KQ2XZ' }] });
    stream.close();
  });

  it('shows stickers and codes as pictures', async () => {
    faked.print(sticker('A1-7KQ2XZ'));
    const png = await ask(server.port, { path: '/simulation/stickers/A1-7KQ2XZ.png' });
    expect(png.headers['content-type']).toBe('image/png');
    expect(png.body.subarray(1, 4).toString()).toBe('PNG');
    const svg = await ask(server.port, { path: '/simulation/wallet/vaccinated.svg' });
    expect(svg.headers['content-type']).toBe('image/svg+xml');
    expect(svg.body.toString()).toMatch(/^<svg /);
    for (const path of [
      '/simulation/stickers/nobody.png',
      '/simulation/wallet/nobody.svg',
      '/simulation/wallet/endless.svg',
    ]) {
      expect((await ask(server.port, { path })).status).toBe(404);
    }
  });
});

it('a real kiosk has none of these routes', async () => {
  const started = await startServer({ port: 0, commands: fakeKiosk().commands, routes: [], timers: time });
  if (!started.ok) throw new Error(started.error);
  const headers = { Origin: `http://127.0.0.1:${started.value.port}`, 'Content-Type': 'application/json' };
  for (const path of ['/simulation/scan', '/simulation/press', '/simulation/leave', '/simulation/fault']) {
    expect((await ask(started.value.port, { method: 'POST', path, headers, body: '{}' })).status).toBe(404);
  }
  await started.value.stop();
});
