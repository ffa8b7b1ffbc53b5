import type { Readable } from 'node:stream';
import { lineReader } from './line-reader.ts';
import type { Scanner } from './scanner.ts';

/**
 * A scanner whose lines come down a stream, usually standard input. A last line without terminator is no scan, and the end
 * of the stream is a fault that only a new start mends.
 */
export function stdinScanner(options: { readonly input: Readable }): Scanner {
  const { input } = options;
  let close = (): void => {};
  return {
    start(listener) {
      const reader = lineReader(listener);
      const read = (chunk: Buffer): void => reader.write(chunk);
      const end = (): void => {
        close();
        const detail = 'Standard input has ended, no scan can follow: start again, or use another scanner.driver.';
        listener({ kind: 'status', status: { state: 'fault', detail } });
      };
      close = () => {
        close = () => {};
        input.off('data', read);
        input.off('end', end);
        input.off('error', end);
        reader.close();
        input.pause();
      };
      listener({ kind: 'status', status: { state: 'ready', detail: '' } });
      input.on('data', read);
      input.once('end', end);
      input.once('error', end);
    },
    pause: () => void input.pause(),
    resume: () => void input.resume(),
    stop() {
      close();
      return Promise.resolve();
    },
    describe: () => 'scanner: standard input',
  };
}
