import type { IncomingMessage } from 'node:http';
import { err, ok, type Result } from '../base/result.ts';
import { type Reply, refusal } from './route.ts';

/** The longest request body, in bytes. */
export const MAX_BODY_BYTES = 64 * 1024;

const TOO_LONG = err(refusal(413, `the body is longer than ${MAX_BODY_BYTES} bytes`));

/** Reads a body up to the limit and parses it as JSON: 413 past the limit, 400 for anything that is not JSON. */
export async function readJsonBody(request: IncomingMessage): Promise<Result<unknown, Reply>> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return TOO_LONG;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) return TOO_LONG;
    }
    return ok(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch {
    return err(refusal(400, 'the body is not JSON'));
  }
}
