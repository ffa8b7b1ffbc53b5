import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** The calls that put something on the disk or take it away. */
export const CALLS: readonly string[] = [
  ...['write', 'pwrite64', 'fsync', 'fdatasync', 'ftruncate', 'fallocate'],
  ...['rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'link', 'linkat'],
];

export type Mode = 'EIO' | 'ENOSPC' | 'KILL';
export const MODES: readonly Mode[] = ['EIO', 'ENOSPC', 'KILL'];

/** One call that is made to fail, once. */
export interface Fault {
  readonly call: string;
  readonly occurrence: number;
  readonly mode: Mode;
}

/** One call as strace wrote it down. */
export interface Call {
  readonly thread: string;
  readonly name: string;
  /** What it was about: names in quotes, descriptors with the path that they stand for. */
  readonly rest: string;
}

/**
 * The strace command in front of a program. The tracer is a child of its own, so that the program's end is seen as it is.
 * @param paths only calls about these files count
 */
export function straceOf(log: string, paths: readonly string[], fault: Fault | null): readonly string[] {
  const about = paths.flatMap((path) => ['-P', path]);
  const inject = fault === null ? [] : ['-e', `inject=${fault.call}:${effectOf(fault)}:when=${fault.occurrence}`];
  // The quick way of tracing loses the signal of a fault that kills.
  const quick = fault?.mode === 'KILL' ? [] : ['--seccomp-bpf'];
  return [
    'strace',
    '-D',
    '-f',
    ...quick,
    '-y',
    '-s',
    '16',
    '-o',
    log,
    ...about,
    '-e',
    `trace=${CALLS.join(',')}`,
    ...inject,
  ];
}

const effectOf = ({ mode }: Fault): string => (mode === 'KILL' ? 'signal=KILL' : `error=${mode}`);

const CALL = /^(\d+) +(\w+)\((.*)/;
const LOG_WITHIN_MS = 5_000;

/** The finished log of a program that has ended. */
export async function finishedLog(log: string, pid: number | undefined): Promise<string> {
  const beganMs = performance.now();
  for (;;) {
    const text = readFileSync(log, 'utf8');
    if (new RegExp(`^${pid} +\\+\\+\\+ (exited|killed)`, 'm').test(text)) return text;
    if (performance.now() - beganMs > LOG_WITHIN_MS) throw new Error('strace did not finish its log');
    await wait(10);
  }
}

/** Calls in order, unfinished ones included. */
export function callsIn(text: string): readonly Call[] {
  return text.split('\n').flatMap((line) => {
    const [, thread, name, rest] = CALL.exec(line) ?? [];
    return thread === undefined || name === undefined || rest === undefined ? [] : [{ thread, name, rest }];
  });
}

/** How often each call was made, by the thread that made it most often: strace counts each thread for itself. */
export function countsIn(calls: readonly Call[]): ReadonlyMap<string, number> {
  const byThread = new Map<string, number>();
  const most = new Map<string, number>();
  for (const { thread, name } of calls) {
    const count = (byThread.get(`${thread} ${name}`) ?? 0) + 1;
    byThread.set(`${thread} ${name}`, count);
    most.set(name, Math.max(count, most.get(name) ?? 0));
  }
  return most;
}

/** Whether the fault came: a fault that never fired proves nothing. */
export function hasFired(text: string, { mode }: Fault, signal: NodeJS.Signals | null): boolean {
  return mode === 'KILL' ? signal === 'SIGKILL' : text.includes('(INJECTED)');
}

/**
 * What a power cut could take back although it was acknowledged: a rename whose folder is never synced, and an entry
 * whose light came before the sync of the log that holds it.
 * @param acks the pipe of the acknowledgements
 */
export function durabilityProblems(calls: readonly Call[], acks: string): readonly string[] {
  const problems: string[] = [];
  const isSync = (name: string): boolean => name === 'fsync' || name === 'fdatasync';
  for (const [index, { name, rest }] of calls.entries()) {
    if (!name.startsWith('rename')) continue;
    const target = /, (?:[^"]*, )?"([^"]+)"/.exec(rest)?.[1] ?? '';
    const folder = target.slice(0, target.lastIndexOf('/'));
    const isSynced = calls.slice(index).some((later) => isSync(later.name) && later.rest.includes(`<${folder}>`));
    if (!isSynced) problems.push(`unsynced: the folder of ${target.slice(folder.length + 1)} after its rename`);
  }
  let isDirty = false;
  for (const { name, rest } of calls) {
    if (rest.includes('-wal>')) isDirty = isSync(name) ? false : isDirty || name === 'pwrite64';
    if (name === 'write' && rest.includes(`<${acks}>`) && isDirty)
      problems.push('unsynced: an entry when its light came');
  }
  return problems;
}
