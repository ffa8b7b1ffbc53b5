import type { IncomingMessage } from 'node:http';
import { type Reply, refusal } from './route.ts';

/** The names under which this machine may be addressed; with another name in `Host` a DNS answer was rebound. */
export function localHosts(port: number): ReadonlySet<string> {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  // A browser leaves the port out of Host where it is the default one.
  return new Set(names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])));
}

/** Every request: addressed to this machine by its own name and nothing else. Null lets it through, else 421. */
export function refuseForeignHost(request: IncomingMessage, hosts: ReadonlySet<string>): Reply | null {
  const { host: given = [] } = request.headersDistinct;
  const [host] = given;
  if (given.length === 1 && host !== undefined && hosts.has(host)) return null;
  return refusal(421, 'this screen answers to 127.0.0.1 and localhost only');
}

/** A request that changes something: sent by a page of this very screen (403), as JSON (415). Null lets it through. */
export function refuseForeignAction(request: IncomingMessage): Reply | null {
  const site = request.headers['sec-fetch-site'];
  const isOwnSite = site === undefined || site === 'same-origin';
  if (!isOwnSite || request.headers.origin !== `http://${request.headers.host}`) {
    return refusal(403, 'only a page of this screen may do that');
  }
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  return type === 'application/json' ? null : refusal(415, 'send application/json');
}

/** Sent with every reply: nothing from elsewhere is loaded, nothing inline runs, nobody else frames or reads it. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), usb=(), serial=()',
  'Cache-Control': 'no-store',
};
