import { SECOND_MS } from '../base/time.ts';
import type { Timers } from '../base/timers.ts';
import type { Commands } from '../door/commands.ts';
import { json, type Reply, type Route, refusal } from './route.ts';

/** Nobody types a number and chooses a district faster; whoever fills the disk with made-up visits is. */
const ONE_IN_MS = 2 * SECOND_MS;
const NOT_UNDERSTOOD = refusal(400, 'this page is of another version: load it again');
const BUSY = refusal(429, 'somebody has registered just now: try again in a moment');

/**
 * Where a visitor's page leaves number and district. The answer repeats nothing of it: 200 with the receipt, 409 with
 * one sentence if nothing was stored.
 */
export function registerRoutes(commands: Pick<Commands, 'registerVisitor'>, timers: Timers): readonly Route[] {
  let isBusy = false;
  const reply = async (body: unknown): Promise<Reply> => {
    const phone = member(body, 'phone');
    const district = member(body, 'district');
    if (typeof phone !== 'string' || typeof district !== 'string') return NOT_UNDERSTOOD;
    if (isBusy) return BUSY;
    isBusy = true;
    const stored = await commands.registerVisitor(phone, district);
    // A number that was mistyped is corrected at once.
    if (stored.ok) {
      timers.after(ONE_IN_MS, () => {
        isBusy = false;
      });
    } else isBusy = false;
    return stored.ok ? json(stored.value) : refusal(409, stored.error);
  };
  return [{ kind: 'action', path: '/api/register', reply }];
}

const member = (body: unknown, name: string): unknown =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined;
