import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';

/** What hangs every thread of a process's pool on a signal, and lets go of them again. */
export interface HungPool {
  /** Options that make a Node process obey `signal`; it logs 'pool hangs' and, when all is over, 'pool is free'. */
  readonly nodeOptions: readonly string[];
  readonly signal: NodeJS.Signals;
  release(): void;
}

/** libuv starts this many threads unless told otherwise. */
const POOL_THREADS = 4;

/** Opening a named pipe to read waits until somebody opens it to write. */
export function hungPool(folder: string): HungPool {
  const pipes = Array.from({ length: POOL_THREADS }, (_, index) => join(folder, `never-written-${index}`));
  execFileSync('mkfifo', pipes);
  const preload = `
    import { readFile, stat } from 'node:fs';
    process.on('SIGUSR2', () => {
      for (const path of ${JSON.stringify(pipes)}) readFile(path, () => {});
      stat('/', () => process.stderr.write('pool is free\\n'));
      setImmediate(() => process.stderr.write('pool hangs\\n'));
    });`;
  return {
    nodeOptions: ['--import', `data:text/javascript,${encodeURIComponent(preload)}`],
    signal: 'SIGUSR2',
    release() {
      for (const path of pipes) closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    },
  };
}
