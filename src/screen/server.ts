import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { SECOND_MS } from '../base/time.ts';
import type { Timers } from '../base/timers.ts';
import type { Commands } from '../door/commands.ts';
import { type EventStream, eventStream } from './event-stream.ts';
import { localHosts, refuseForeignAction, refuseForeignHost, SECURITY_HEADERS } from './gate.ts';
import { registerRoutes } from './register-routes.ts';
import { readJsonBody } from './request-body.ts';
import { findRoute, json, methodOf, type Reply, type Route, refusal } from './route.ts';

const MAX_HEADER_BYTES = 8 * 1024;
const HEADERS_TIMEOUT_MS = 5 * SECOND_MS;
const REQUEST_TIMEOUT_MS = 10 * SECOND_MS;
const MAX_CONNECTIONS = 128;

export interface ScreenServer {
  readonly port: number;
  /** Resolves when the port is free again; open streams are cut. */
  stop(): Promise<void>;
}

export interface ScreenServerOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly commands: Commands;
  /** Pages and whatever else this kiosk offers beside the state, see `readAssets`. */
  readonly routes: readonly Route[];
  readonly timers: Timers;
}

function stateRoutes(commands: Commands): readonly Route[] {
  return [
    { kind: 'page', path: '/api/state', reply: () => json(commands.state()) },
    {
      kind: 'stream',
      path: '/api/events',
      source: {
        event: 'state',
        snapshot: () => commands.state(),
        subscribe: (listener) => commands.subscribe(listener),
      },
    },
  ];
}

function send(response: ServerResponse, reply: Reply): void {
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, { 'Content-Type': reply.type, 'Content-Length': body.length });
  response.end(body);
}

/** The reply to one request, or the stream that takes it over. */
async function answer(
  request: IncomingMessage,
  routes: readonly Route[],
  hosts: ReadonlySet<string>,
): Promise<Reply | Extract<Route, { kind: 'stream' }>> {
  const foreign = refuseForeignHost(request, hosts);
  if (foreign !== null) return foreign;
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const found = findRoute(routes, request.method ?? '', path);
  if (!found.ok) return found.error;
  const { route, id } = found.value;
  switch (route.kind) {
    case 'page':
      return route.reply(id);
    case 'stream':
      return route;
    case 'action': {
      const refused = refuseForeignAction(request);
      if (refused !== null) return refused;
      const body = await readJsonBody(request);
      return body.ok ? route.reply(body.value) : body.error;
    }
  }
}

/**
 * Serves the screen on 127.0.0.1 and nowhere else.
 * @returns the server, or one sentence for a port that cannot be had
 */
export async function startServer(options: ScreenServerOptions): Promise<Result<ScreenServer, string>> {
  const { commands, timers } = options;
  const routes = [...stateRoutes(commands), ...registerRoutes(commands, timers), ...options.routes];
  const streams = new Map<Route, EventStream>();
  let hosts: ReadonlySet<string> = new Set();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const answered = await answer(request, routes, hosts);
    if ('status' in answered) {
      if (answered.status === 405) response.setHeader('Allow', allowedAt(routes, request));
      send(response, answered);
    } else if (streams.get(answered)?.attach(response) !== true) {
      send(response, refusal(503, 'too many pages are open: close one'));
    }
  };

  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: SECOND_MS,
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('request', (request, response) => {
    // A route that throws is a bug of this program: it must reach the process, not vanish in a promise.
    serve(request, response).catch((thrown: unknown) => options.timers.after(0, () => raise(thrown)));
  });

  const failure = await new Promise<unknown>((resolve) => {
    server.once('error', resolve);
    server.listen({ host: '127.0.0.1', port: options.port }, () => {
      server.off('error', resolve);
      resolve(null);
    });
  });
  if (failure !== null) return err(portSentence(options.port, failure));

  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  hosts = localHosts(port);
  for (const route of routes) {
    if (route.kind === 'stream') streams.set(route, eventStream(route.source, options.timers));
  }
  return ok({
    port,
    stop: () =>
      new Promise((resolve) => {
        for (const stream of streams.values()) stream.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

function raise(thrown: unknown): never {
  throw thrown instanceof Error ? thrown : new Error(reasonOf(thrown));
}

function allowedAt(routes: readonly Route[], request: IncomingMessage): string {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const methods = routes.map(methodOf).filter((method) => findRoute(routes, method, path).ok);
  return [...new Set(methods)].join(', ');
}

function portSentence(port: number, failure: unknown): string {
  const code = failure instanceof Error && 'code' in failure ? failure.code : null;
  if (code === 'EADDRINUSE') {
    return `port ${port} is in use: stop the other program or choose another with --port N`;
  }
  if (code === 'EACCES') return `port ${port} needs more rights: choose one above 1023 with --port N`;
  return `port ${port} cannot be opened (${reasonOf(failure)}): choose another with --port N`;
}
