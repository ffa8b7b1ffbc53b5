import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A GPIO tree mounted over /sys/class/gpio in a mount namespace of its own; nothing of it is seen outside. */
export interface SysfsGpio {
  /** `command` as it must be started to see the tree. */
  inside(...command: readonly string[]): [string, ...string[]];
  read(line: number, member: SysfsMember): string;
  write(line: number, member: SysfsMember, text: string): void;
  close(): Promise<void>;
}
type SysfsMember = 'value' | 'direction' | 'active_low';

/** True where this user may make mount namespaces: root with unshare and nsenter of util-linux. */
export const hasMountNamespaces: boolean =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/sys/class']).status === 0 &&
  spawnSync('nsenter', ['--version']).status === 0;

export interface SysfsChip {
  readonly label: string;
  readonly base: number;
  readonly lineCount: number;
  /** Kernel numbers of lines that are exported already: a plain file system cannot make them on demand. */
  readonly exported: readonly number[];
}

/** Mounts a tree that holds `chip`; its lines are inputs, and read 1, as after a crash with everything on. */
export async function mountSysfsGpio(chip: SysfsChip): Promise<SysfsGpio> {
  const script = 'mount -t tmpfs none /sys/class && echo mounted && exec cat';
  const holder = spawn('unshare', ['-m', 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  const root = `/proc/${holder.pid}/root/sys/class/gpio`;
  const put = (folder: string, members: Readonly<Record<string, string>>): void => {
    mkdirSync(join(root, folder), { recursive: true });
    for (const [name, text] of Object.entries(members)) writeFileSync(join(root, folder, name), text);
  };
  put('.', { export: '', unexport: '' });
  put(`gpiochip${chip.base}`, { label: `${chip.label}\n`, base: `${chip.base}\n`, ngpio: `${chip.lineCount}\n` });
  for (const line of chip.exported) {
    put(`gpio${line}`, { value: '1\n', direction: 'in\n', active_low: '0\n', edge: 'none\n' });
  }
  const file = (line: number, member: SysfsMember): string => join(root, `gpio${line}`, member);
  return {
    inside: (...command) => ['nsenter', '-t', String(holder.pid), '-m', ...command],
    read: (line, member) => readFileSync(file(line, member), 'utf8').trim(),
    write: (line, member, text) => writeFileSync(file(line, member), text),
    async close() {
      const exited = once(holder, 'exit');
      holder.kill('SIGKILL');
      await exited;
    },
  };
}
