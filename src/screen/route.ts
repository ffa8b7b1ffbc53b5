import type { Result } from '../base/result.ts';
import type { StreamSource } from './event-stream.ts';

export interface Reply {
  readonly status: number;
  /** The media type of `body`. */
  readonly type: string;
  readonly body: string | Uint8Array;
}

/**
 * One row of the route table. `path` may hold one `:id`, which stands for 1 to 64 of `[A-Za-z0-9_-]`.
 * A page route reads, an action route changes something and gets a parsed JSON body, a stream route never ends.
 */
export type Route =
  | { readonly kind: 'page'; readonly path: string; reply(id: string): Reply }
  | { readonly kind: 'action'; readonly path: string; reply(body: unknown): Reply | Promise<Reply> }
  | { readonly kind: 'stream'; readonly path: string; readonly source: StreamSource };

const PARAMETER = ':id';
const PARAMETER_VALUE = /^[A-Za-z0-9_-]{1,64}$/;

/** What stands in the place of `:id` ('' for a path without one), or null where the path is another one. */
function matched(pattern: string, path: string): string | null {
  const at = pattern.indexOf(PARAMETER);
  if (at < 0) return pattern === path ? '' : null;
  const before = pattern.slice(0, at);
  const after = pattern.slice(at + PARAMETER.length);
  if (!path.startsWith(before) || !path.endsWith(after)) return null;
  const value = path.slice(before.length, path.length - after.length);
  return PARAMETER_VALUE.test(value) ? value : null;
}

export const methodOf = (route: Route): 'GET' | 'POST' => (route.kind === 'action' ? 'POST' : 'GET');

export interface Found {
  readonly route: Route;
  readonly id: string;
}

/** The row for a method and a path, else the refusal: 404 for an unknown path, 405 for the wrong method. */
export function findRoute(routes: readonly Route[], method: string, path: string): Result<Found, Reply> {
  let allowed: string | null = null;
  for (const route of routes) {
    const id = matched(route.path, path);
    if (id === null) continue;
    if (methodOf(route) === method) return { ok: true, value: { route, id } };
    allowed = methodOf(route);
  }
  const error =
    allowed === null
      ? refusal(404, 'there is nothing at this address')
      : refusal(405, `only ${allowed} is allowed here`);
  return { ok: false, error };
}

export function json(value: unknown, status = 200): Reply {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

/** A refusal that says in one sentence what is wrong. */
export function refusal(status: number, sentence: string): Reply {
  return json({ error: sentence }, status);
}
