import { reasonOf } from '../base/assert.ts';
import { UsageError } from './command.ts';
import { splitLines } from './lines.ts';

/** All of standard input. As a stream, because a synchronous read fails where whoever gave it to us made it non-blocking. */
export async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  } catch (thrown) {
    throw new UsageError(`standard input cannot be read: ${reasonOf(thrown)}`);
  }
  return Buffer.concat(chunks);
}

/** The scan that an argument stands for: its own UTF-8 bytes, or for `-` the first line of standard input as it is. */
export async function scanFrom(given: string): Promise<Buffer> {
  if (given !== '-') return Buffer.from(given, 'utf8');
  return splitLines(await readStandardInput())[0] ?? Buffer.alloc(0);
}
