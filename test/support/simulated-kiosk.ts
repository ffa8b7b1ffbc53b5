import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { PublicState } from '../../src/door/public-state.ts';
import type { WorldState } from '../../src/simulation/world-state.ts';
import { ask, openStream } from './http.ts';
import { CLI } from './kiosk-process.ts';
import { Recorder } from './recorder.ts';

/** A running `munjigi simulate`, moved through the same requests as its page sends. */
export class SimulatedKiosk {
  readonly #child: ChildProcess;
  readonly #port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  static async start(data: string): Promise<SimulatedKiosk> {
    const args = [CLI, 'simulate', '--no-open', '--port', '0', '--data', data];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const log = new Recorder<string>();
    createInterface({ input: child.stderr }).on('line', log.listener);
    child.once('exit', () => log.listener('exit'));
    const line = await log.next((said) => said === 'exit' || said.includes('/simulator'));
    const port = /127\.0\.0\.1:(\d+)\//.exec(line)?.[1];
    if (port === undefined) throw new Error(`the simulator did not start: ${log.all.join('; ')}`);
    return new SimulatedKiosk(child, Number(port));
  }

  async post(action: 'scan' | 'press' | 'fault', body: object): Promise<void> {
    const headers = { Origin: `http://127.0.0.1:${this.#port}`, 'Content-Type': 'application/json' };
    const request = { method: 'POST', path: `/simulation/${action}`, headers, body: JSON.stringify(body) };
    const { status } = await ask(this.#port, request);
    if (status !== 200) throw new Error(`${action}: ${status}`);
  }

  async door(): Promise<PublicState['door']> {
    const { body } = await ask(this.#port, { path: '/api/state' });
    return (JSON.parse(body.toString()) as PublicState).door;
  }

  /** The first state of the surroundings that satisfies `wanted`. */
  async world(wanted: (world: WorldState) => boolean): Promise<WorldState> {
    const stream = await openStream(this.#port, '/simulation/events');
    try {
      for (;;) {
        const world = JSON.parse((await stream.next()).data) as WorldState;
        if (wanted(world)) return world;
      }
    } finally {
      stream.close();
    }
  }

  async picture(stickerId: string): Promise<Buffer> {
    return (await ask(this.#port, { path: `/simulation/stickers/${stickerId}.png` })).body;
  }

  stop(): Promise<number | null> {
    return this.#endBy('SIGTERM');
  }

  kill(): Promise<number | null> {
    return this.#endBy('SIGKILL');
  }

  async #endBy(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }
}
