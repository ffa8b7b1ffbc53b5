import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** True where strace may look into a process of ours. */
export const hasStrace: boolean = spawnSync('strace', ['-o', '/dev/null', '-e', 'trace=none', 'true']).status === 0;

/** One system call as strace wrote it down. */
export interface SystemCall {
  readonly name: string;
  /** Everything after the name; descriptors bear the path that they stand for. */
  readonly rest: string;
  /** Null for a call during which another thread made one of its own: strace tells its result in a later line. */
  readonly result: number | null;
}

const CALL = /^\d+\s+(\w+)\((.*?)(?:\)\s+= (-?\d+).*| <unfinished \.\.\.>)$/;

/** Follows every thread of a running process until the returned function is called, which gives its calls in order. */
export async function traceCalls(
  pid: number,
  calls: string,
  file: string,
): Promise<() => Promise<readonly SystemCall[]>> {
  const args = ['-f', '-yy', '-s', '64', '-e', `trace=${calls}`, '-e', 'signal=none', '-o', file, '-p', String(pid)];
  const tracer = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const lines = createInterface({ input: tracer.stderr });
  const attached = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line.includes(`Process ${pid} attached`)) resolve();
    });
  });
  await Promise.race([attached, once(tracer, 'exit').then(() => Promise.reject(new Error('strace could not attach')))]);
  return async () => {
    const ended = once(tracer, 'exit');
    tracer.kill('SIGINT');
    await ended;
    return readFileSync(file, 'utf8').split('\n').flatMap(callOf);
  };
}

function callOf(line: string): readonly SystemCall[] {
  const [, name, rest, result] = CALL.exec(line) ?? [];
  return name === undefined || rest === undefined
    ? []
    : [{ name, rest, result: result === undefined ? null : Number(result) }];
}
