import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TOOL_ENV } from './needs.ts';

/** Debian's kernel for machines that are simulated: the smallest that has ext4 and virtio. */
const PACKAGE = 'linux-image-cloud-amd64';
/** What the guest's devices need beyond what is built in, with what those need in turn. */
const MODULES = ['virtio_pci', 'virtio_blk', 'virtio_console'];

export interface Kernel {
  readonly image: string;
  /** Module files in the order in which they are loaded. */
  readonly modules: readonly string[];
}

/**
 * The guest's kernel, unpacked from Debian's package and not installed. It is kept in `cache` between runs.
 * Throws where the package cannot be had.
 */
export function guestKernel(cache: string): Kernel {
  const root = join(cache, 'kernel');
  if (!existsSync(join(root, 'boot'))) unpackKernel(root);
  const boot = readdirSync(join(root, 'boot')).find((name) => name.startsWith('vmlinuz-'));
  if (boot === undefined) throw new Error(`there is no kernel in ${root}: remove that folder and try again`);
  const release = boot.slice('vmlinuz-'.length);
  run('depmod', ['-b', root, release]);
  const files = MODULES.flatMap((name) =>
    run('modprobe', ['-d', root, '-S', release, '--show-depends', name]).match(/(?<=^insmod )\S+/gm),
  );
  return { image: join(root, 'boot', boot), modules: [...new Set(files.filter((file) => file !== null))] };
}

function unpackKernel(root: string): void {
  mkdirSync(root, { recursive: true });
  const name = /^\s*Depends: (linux-image-\S+)/m.exec(run('apt-cache', ['depends', PACKAGE]))?.[1];
  if (name === undefined) throw new Error(`the package ${PACKAGE} is not known here: run apt-get update`);
  run('apt-get', ['download', '-q', name], root);
  const file = readdirSync(root).find((each) => each.endsWith('.deb'));
  if (file === undefined) throw new Error(`the package ${name} could not be downloaded`);
  run('dpkg-deb', ['-x', join(root, file), root]);
}

const run = (program: string, args: readonly string[], cwd?: string): string =>
  execFileSync(program, args, { cwd, env: TOOL_ENV, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
