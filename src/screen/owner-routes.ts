import type { Result } from '../base/result.ts';
import type { OwnerCommands, OwnerRefusal } from '../door/commands.ts';
import { json, type Reply, type Route, refusal } from './route.ts';

const FORBIDDEN = 403;
const NOT_UNDERSTOOD = refusal(400, 'this page is of another version: load it again');

type Members = Readonly<Record<string, unknown>>;

/** What the owner's page asks: the PIN first, then the token that it was given for it. A refusal says why. */
export function ownerRoutes(owner: OwnerCommands): readonly Route[] {
  const action = (name: string, reply: (body: Members) => Reply | Promise<Reply>): Route => ({
    kind: 'action',
    path: `/api/owner/${name}`,
    reply: (body) => (isMembers(body) ? reply(body) : NOT_UNDERSTOOD),
  });
  return [
    action('enter', async ({ pin }) => (typeof pin === 'string' ? answer(await owner.enter(pin)) : NOT_UNDERSTOOD)),
    action('look', ({ token }) => (typeof token === 'string' ? answer(owner.look(token)) : NOT_UNDERSTOOD)),
    action('sign', ({ token, since }) =>
      typeof token === 'string' && isCount(since) ? answer(owner.sign(token, since)) : NOT_UNDERSTOOD,
    ),
    action('slip', ({ token, day }) =>
      typeof token === 'string' && typeof day === 'string' ? answer(owner.printSlip(token, day)) : NOT_UNDERSTOOD,
    ),
    action('leave', ({ token }) => {
      if (typeof token !== 'string') return NOT_UNDERSTOOD;
      owner.leave(token);
      return json({});
    }),
  ];
}

const answer = <T>(result: Result<T, OwnerRefusal>): Reply =>
  result.ok ? json(result.value) : json(result.error, FORBIDDEN);

const isMembers = (body: unknown): body is Members => typeof body === 'object' && body !== null && !Array.isArray(body);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
