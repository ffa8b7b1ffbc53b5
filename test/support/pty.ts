import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Recorder } from './recorder.ts';

/** A pseudo terminal: the code under test opens `path`, the test plays the device at the other end. */
export interface Pty {
  readonly path: string;
  /** Sends bytes as the device would. */
  write(bytes: Buffer | string): void;
  /** Resolves when all bytes written so far are with the terminal, read by someone or not (it keeps about 4,000). */
  delivered(): Promise<void>;
  /** What the code under test wrote to the device. */
  readonly output: Readable;
  /** Pulls the plug: both the terminal and its link are gone when it resolves. */
  close(): Promise<void>;
}

// Raw, or the terminal echoes and turns CR into LF. The slave stays open here so that its modes survive a reopening.
const PYTHON = `
import os, pty, select, sys, tty
master, slave = pty.openpty()
tty.setraw(slave)
name = os.ttyname(slave)
link = sys.argv[1] if len(sys.argv) > 1 else None
if link:
    os.symlink(name, link + '.new')
    os.replace(link + '.new', link)
sys.stderr.write((link or name) + '\\n')
sys.stderr.flush()
while True:
    for fd in select.select([0, master], [], [])[0]:
        data = os.read(fd, 65536)
        if not data:
            sys.exit(0)
        target = master if fd == 0 else 1
        while data:
            done = os.write(target, data)
            data = data[done:]
            if fd == 0:
                os.write(2, b'%d\\n' % done)
`;

/** True where python3 can make pseudo terminals; a test that needs one names python3 when it is skipped. */
export const hasPty: boolean = spawnSync('python3', ['-c', 'import pty; pty.openpty()']).status === 0;

/** Opens a pseudo terminal in raw mode, with `link` as a stable name for it, like a udev rule makes one. */
export async function openPty(link?: string): Promise<Pty> {
  const child = spawn('python3', ['-c', PYTHON, ...(link === undefined ? [] : [link])], { stdio: 'pipe' });
  const { stdin, stdout, stderr } = child;
  stdin.on('error', () => {});
  const notes = new Recorder<string>();
  createInterface({ input: stderr }).on('line', notes.listener);
  child.once('exit', () => notes.listener('exit'));
  const path = await notes.next();
  if (path === 'exit') throw new Error('python3 could not open a pseudo terminal');
  let outstandingBytes = 0;
  return {
    path,
    output: stdout,
    write(bytes) {
      outstandingBytes += Buffer.byteLength(bytes);
      stdin.write(bytes);
    },
    async delivered() {
      while (outstandingBytes > 0) outstandingBytes -= Number(await notes.next());
    },
    async close() {
      if (link !== undefined) rmSync(link, { force: true });
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
