import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Reply, Route } from './route.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Routes for a folder of built pages: each page at its address, all other files at `/assets/<name>`. The files are read
 * now and never again, so a request opens nothing. Errors: one sentence for a folder or page that is not there.
 * @param addresses by the file name of the page
 */
export function readAssets(
  folder: string,
  addresses: Readonly<Record<string, string>>,
): Result<readonly Route[], string> {
  const replies = new Map<string, Reply>();
  try {
    for (const name of readdirSync(folder)) {
      const type = TYPES[extname(name)];
      if (type !== undefined) replies.set(name, { status: 200, type, body: readFileSync(join(folder, name)) });
    }
  } catch (thrown) {
    return err(`the pages in ${folder} cannot be read (${reasonOf(thrown)}): build them first`);
  }
  const missing = Object.keys(addresses).find((page) => !replies.has(page));
  if (missing !== undefined) return err(`${join(folder, missing)} is missing: build the pages first`);
  return ok(
    [...replies].map(([name, reply]) => ({
      kind: 'page',
      path: addresses[name] ?? `/assets/${name}`,
      reply: () => reply,
    })),
  );
}
