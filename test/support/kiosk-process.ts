import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Entry } from '../../src/journal/entry.ts';
import { Recorder } from './recorder.ts';

export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** What lies in a pipe whose writer was killed is read within this time. */
const READ_WITHIN_MS = 1_000;

/** One line of the simulated signal's acknowledgement. */
export interface Ack {
  readonly seq: number | null;
  readonly green: boolean;
  readonly amber: boolean;
  readonly red: boolean;
  readonly buzzer: boolean;
  readonly relay: boolean;
}

/** Runs the built command and gives what it printed; a non-zero exit throws. */
export function munjigi(...args: readonly string[]): string {
  return execFileSync(process.execPath, [CLI, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A place with a data folder, an issuer that the kiosk trusts, and a named pipe for acknowledgements. */
export class Site {
  readonly folder = mkdtempSync(join(tmpdir(), 'munjigi-'));
  readonly data = join(this.folder, 'data');
  readonly acks = join(this.folder, 'acks');
  readonly #key = join(this.folder, 'issuer');

  constructor() {
    execFileSync('mkfifo', [this.acks]);
    munjigi('pass', 'keygen', '--iss', 'tests', '--out', this.#key);
    munjigi('trust', 'import', '--unsigned', join(this.#key, 'public.jwks.json'), '--data', this.data);
  }

  issue(kind: string, ...more: readonly string[]): string {
    const key = join(this.#key, 'key.jwk');
    return munjigi(
      'pass',
      'issue',
      '--key',
      key,
      '--iss',
      'tests',
      '--kind',
      kind,
      '--exp',
      '2099-01-01T00:00:00Z',
      ...more,
    ).trim();
  }

  claims(content: object): string {
    const path = join(this.folder, 'claims.json');
    writeFileSync(path, JSON.stringify(content));
    return path;
  }

  get trustFile(): string {
    return join(this.#key, 'public.jwks.json');
  }

  /** Writes a hardware file; `scanner` and `printer` as YAML flow maps. */
  hardware(scanner: string, printer = '{driver: none}'): string {
    const path = join(this.folder, 'hardware.yaml');
    const lines = [
      'board: generic',
      `scanner: ${scanner}`,
      `signal: {driver: simulated, path: ${this.acks}}`,
      `printer: ${printer}`,
    ];
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  }

  entries(): readonly Entry[] {
    const lines = munjigi('journal', 'tail', '--json', '--lines', '1000000', '--data', this.data).split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Entry);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A running kiosk process with its acknowledgements. */
export class KioskProcess {
  readonly child: ChildProcess;
  readonly #acks = new Recorder<Ack>();
  readonly #reader: ChildProcess;
  readonly #log = new Recorder<string>();
  port = 0;
  #lastSeq: number | null = null;

  private constructor(child: ChildProcess, acksPath: string) {
    this.child = child;
    this.#reader = spawn('cat', [acksPath], { stdio: ['ignore', 'pipe', 'ignore'] });
    if (this.#reader.stdout !== null) {
      createInterface({ input: this.#reader.stdout }).on('line', (line) =>
        this.#acks.listener(JSON.parse(line) as Ack),
      );
    }
    if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', this.#log.listener);
  }

  /** Starts `munjigi run`; resolves when its screen answers. */
  static async start(site: Site, hardware: string, nodeOptions: readonly string[] = []): Promise<KioskProcess> {
    const args = [...nodeOptions, CLI, 'run', '--hardware', hardware, '--data', site.data, '--port', '0'];
    const kiosk = new KioskProcess(spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'pipe'] }), site.acks);
    for (;;) {
      const line = await kiosk.#log.next();
      const port = /^screen: http:\/\/127\.0\.0\.1:(\d+)\/$/.exec(line)?.[1];
      if (port === undefined) continue;
      kiosk.port = Number(port);
      return kiosk;
    }
  }

  /** The first acknowledgement of the next entry that is shown; its rhythm and its end come under the same `seq`. */
  async nextVerdict(): Promise<Ack> {
    const ack = await this.#acks.next((next) => next.seq !== this.#lastSeq && (next.green || next.amber || next.red));
    this.#lastSeq = ack.seq;
    return ack;
  }

  /** The next admission, whoever was judged before it. */
  nextAdmission(): Promise<Ack> {
    return this.#acks.next((next) => next.green && next.relay);
  }

  /** All entries that were acknowledged so far. */
  acknowledged(): ReadonlySet<number | null> {
    return new Set(this.#acks.all.map(({ seq }) => seq));
  }

  async state(): Promise<{
    door: Record<string, unknown>;
    devices: Record<string, { state: string; detail: string }>;
    trust: Record<string, unknown>;
    journal: Record<string, unknown>;
  }> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/api/state`);
    return (await answer.json()) as Awaited<ReturnType<KioskProcess['state']>>;
  }

  /** Resolves when `accept` holds for a state that the event stream brings. */
  async until(accept: (state: Awaited<ReturnType<KioskProcess['state']>>) => boolean): Promise<void> {
    const stream = await fetch(`http://127.0.0.1:${this.port}/api/events`);
    const reader = stream.body?.getReader();
    let text = '';
    for (;;) {
      const chunk = await reader?.read();
      if (chunk === undefined || chunk.done) throw new Error('the event stream ended');
      text += new TextDecoder().decode(chunk.value);
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const json = event
          .split('\n')
          .find((line) => line.startsWith('data:'))
          ?.slice(5);
        if (json !== undefined && accept(JSON.parse(json))) {
          await reader?.cancel();
          return;
        }
      }
    }
  }

  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    const [code] =
      this.child.exitCode === null ? ((await once(this.child, 'exit')) as [number | null]) : [this.child.exitCode];
    this.#reader.kill();
    return code;
  }

  /** A power cut for this process; resolves when all that it had acknowledged is known. */
  async kill(): Promise<void> {
    const read = once(this.#reader, 'close');
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
    // The reader ends with the pipe, unless the kiosk had not opened it yet.
    const waits = setTimeout(() => this.#reader.kill(), READ_WITHIN_MS);
    await read;
    clearTimeout(waits);
  }

  /** A code in front of a scanner that is standard input. */
  scan(line: string): void {
    this.child.stdin?.write(`${line}\r`);
  }

  /** The next line of its log that holds `text`. */
  async logged(text: string): Promise<void> {
    await this.#log.next((line) => line.includes(text));
  }
}
