import { STAFF_REASONS } from '../policy/staff-reasons.ts';
import { json, type Reply, type Route, refusal } from '../screen/route.ts';
import { codePicture } from './code-picture.ts';
import { FAULTS, STAFF_BUTTONS, type World } from './world.ts';
import { worldState } from './world-state.ts';

const DONE = json({ done: true });
const NOT_UNDERSTOOD = refusal(400, 'the request lacks a member or names something unknown');
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The member of a request body, or undefined where the body has none of that name. */
function member(body: unknown, name: string): unknown {
  if (typeof body !== 'object' || body === null) return undefined;
  return Object.entries(body).find(([key]) => key === name)?.[1];
}

/** The codes that a request holds up: `{pass}` or `{sticker}` by id, `{base64}` for whatever a visitor typed. */
function scan(world: World, body: unknown): Reply {
  const base64 = member(body, 'base64');
  const passId = member(body, 'pass');
  const stickerId = member(body, 'sticker');
  let lines: readonly Buffer[] | undefined;
  if (typeof base64 === 'string' && BASE64.test(base64)) {
    lines = [Buffer.from(base64, 'base64')];
  } else if (typeof passId === 'string') {
    const pass = world.wallet().find(({ id }) => id === passId);
    lines = pass?.lines.map((line) => Buffer.from(line, 'latin1'));
  } else if (typeof stickerId === 'string') {
    const sticker = world.stickers().find(({ id }) => id === stickerId);
    lines = sticker === undefined ? undefined : [Buffer.from(sticker.token, 'latin1')];
  }
  if (lines === undefined) return NOT_UNDERSTOOD;
  for (const line of lines) world.scan(line);
  return DONE;
}

const isWholeNumber = (value: unknown): value is number => Number.isSafeInteger(value);

function press(world: World, body: unknown): Reply {
  const button = STAFF_BUTTONS.find((known) => known === member(body, 'button'));
  const scan = member(body, 'scan') ?? null;
  const given = member(body, 'because') ?? 'not-said';
  const because = STAFF_REASONS.find((known) => known === given);
  if (button === undefined || because === undefined || !(scan === null || isWholeNumber(scan))) return NOT_UNDERSTOOD;
  world.press(button, scan, because);
  return DONE;
}

function setFault(world: World, body: unknown): Reply {
  const fault = FAULTS.find((known) => known === member(body, 'fault'));
  const on = member(body, 'on');
  if (fault === undefined || typeof on !== 'boolean') return NOT_UNDERSTOOD;
  world.setFault(fault, on);
  return DONE;
}

function stickerPicture(world: World, id: string): Reply {
  const sticker = world.stickers().find((one) => one.id === id);
  return sticker === undefined
    ? refusal(404, 'there is no such sticker')
    : { status: 200, type: 'image/png', body: sticker.png };
}

function walletPicture(world: World, id: string): Reply {
  const pass = world.wallet().find((one) => one.id === id);
  if (pass === undefined) return refusal(404, 'there is no such pass');
  const picture = codePicture(pass.lines);
  return picture.ok ? { status: 200, type: 'image/svg+xml', body: picture.value } : refusal(404, picture.error);
}

/** What a visitor of the simulator can do to the kiosk's surroundings; only the simulated kiosk has these routes. */
export function simulationRoutes(world: World): readonly Route[] {
  return [
    { kind: 'page', path: '/simulation/state', reply: () => json(worldState(world)) },
    {
      kind: 'stream',
      path: '/simulation/events',
      source: {
        event: 'world',
        snapshot: () => worldState(world),
        subscribe: (listener) => world.subscribe(listener),
      },
    },
    { kind: 'action', path: '/simulation/scan', reply: (body) => scan(world, body) },
    { kind: 'action', path: '/simulation/press', reply: (body) => press(world, body) },
    {
      kind: 'action',
      path: '/simulation/leave',
      reply: () => {
        world.leave();
        return DONE;
      },
    },
    { kind: 'action', path: '/simulation/fault', reply: (body) => setFault(world, body) },
    { kind: 'page', path: '/simulation/stickers/:id.png', reply: (id) => stickerPicture(world, id) },
    { kind: 'page', path: '/simulation/wallet/:id.svg', reply: (id) => walletPicture(world, id) },
  ];
}
