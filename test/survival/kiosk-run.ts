import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Build } from './mutants.ts';
import type { Site } from './site.ts';

/** What is kept of a kiosk's words, for the report of a failure. */
const KEPT_CHARACTERS = 4_000;

/** One run of `munjigi run` on a site, from its start to its end, whichever way that comes. */
export class KioskRun {
  readonly child: ChildProcess;
  /** Code and signal of its end. */
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>;
  #said = '';

  /**
   * @param around a command that runs it, such as strace with its arguments
   * @param command another command of the program on the same folder
   */
  constructor(build: Build, site: Site, around: readonly string[] = [], command?: readonly string[]) {
    const asked = command ?? ['run', '--hardware', site.hardware, '--port', '0'];
    const kiosk = [process.execPath, build.cli, ...asked, '--data', site.data];
    const [program = process.execPath, ...args] = [...around, ...kiosk];
    this.child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] });
    // A killed kiosk's input is closed under what is being written to it.
    this.child.stdin?.on('error', () => {});
    this.child.stderr?.on('data', (bytes: Buffer) => {
      this.#said = (this.#said + bytes.toString()).slice(-KEPT_CHARACTERS);
    });
    this.ended = once(this.child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  }

  /** The end of what it said on its standard error. */
  get said(): string {
    return this.#said;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  scan(line: string): void {
    this.child.stdin?.write(`${line}\r`);
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** @returns its exit code, or null if it had to be killed */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    const [code] = await this.ended;
    return code;
  }
}
