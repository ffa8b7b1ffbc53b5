import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CLI } from './kiosk-process.ts';

/** What a run of the built command gave. */
export interface Ran {
  /** Null where it had to be killed. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** A process that it started and left behind. */
  readonly leftSomething: boolean;
}

/** A command that takes longer hangs. */
const PATIENCE_MS = 20_000;

/** Runs the built command to its end, in a process group of its own. */
export async function ran(
  args: readonly string[],
  { input = '', cwd }: { readonly input?: string | Buffer; readonly cwd?: string } = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [CLI, ...args], { cwd, detached: true, stdio: 'pipe' });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
  // A command that refuses its arguments does not wait for its input.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const hangs = setTimeout(() => killGroup(child.pid), PATIENCE_MS);
  const closed = once(child, 'close');
  const [code] = (await once(child, 'exit')) as [number | null];
  const leftSomething = killGroup(child.pid);
  await closed;
  clearTimeout(hangs);
  return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString(), leftSomething };
}

/** True where there was something to kill. */
function killGroup(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/**
 * The sentence of a command that refused: it ended by itself, left nothing running, and beside the lines of its log
 * said one thing only, to people, on standard error.
 */
export function complaintOf({ code, out, err, leftSomething }: Ran): { readonly code: number; readonly says: string } {
  if (code === null) throw new Error(`it did not end by itself: ${err}`);
  if (leftSomething) throw new Error('a process of it was left running');
  if (out !== '') throw new Error(`it answered all the same: ${out}`);
  const told = err
    .split('\n')
    .filter((line) => line !== '' && !/^(data folder: |made the new data folder |\{"event":)/.test(line));
  const [says] = told;
  if (told.length !== 1 || says === undefined || !says.startsWith('munjigi: ')) throw new Error(`not one line: ${err}`);
  return { code, says: says.slice('munjigi: '.length) };
}

/** Each line of standard output as the JSON object it must be. */
export const jsonLines = ({ out }: Ran): readonly Record<string, unknown>[] =>
  out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Runs a line of shell with the built command as `$CLI`; the code is that of the first command of its last pipe. */
export async function inShell(line: string): Promise<Pick<Ran, 'code' | 'out' | 'err'>> {
  const child = spawn('bash', ['-c', `${line}; exit "\${PIPESTATUS[0]}"`], {
    env: { ...process.env, CLI },
    stdio: 'pipe',
  });
  child.stdin.end();
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
}
