import { spawnSync } from 'node:child_process';

/** Each program that a guest needs on this machine, with Debian's package that holds it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  busybox: 'busybox-static',
  cpio: 'cpio',
  mke2fs: 'e2fsprogs',
  modprobe: 'kmod',
  'dpkg-deb': 'dpkg',
};

/** System tools lie where a plain user's path does not look. */
export const TOOL_ENV: NodeJS.ProcessEnv = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };

/** The packages that are missing for a guest; empty where one can be started. */
export function missingPackages(): readonly string[] {
  const isThere = (program: string): boolean =>
    spawnSync('sh', ['-c', `command -v ${program}`], { env: TOOL_ENV, stdio: 'ignore' }).status === 0;
  return Object.entries(PROGRAMS).flatMap(([program, name]) => (isThere(program) ? [] : [name]));
}
