import { readFileSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { UsageError } from './command.ts';
import { readStandardInput } from './standard-input.ts';

/** More than this is no text of ours. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a file, or of standard input for `-`. */
export async function textFrom(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = path === '-' ? await readStandardInput() : readFileSync(path);
  } catch (thrown) {
    throw new UsageError(`${path} cannot be read: ${reasonOf(thrown)}`);
  }
  if (bytes.length > MAX_TEXT_BYTES) throw new UsageError(`${path} is longer than ${MAX_TEXT_BYTES} bytes`);
  try {
    return utf8.decode(bytes);
  } catch {
    throw new UsageError(`${path} is no text file`);
  }
}
