import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Kernel } from './kernel.ts';
import { TOOL_ENV } from './needs.ts';

const BUSYBOX = '/bin/busybox';
const SYSTEM_MIB = 400;
const MOUNT_POINTS = ['proc', 'sys', 'dev', 'tmp', 'data', 'bin', 'etc'];
/** Sources of what is compiled: the guest runs the compiled modules of this machine. */
const NOT_NEEDED =
  /\/better-sqlite3\/(deps|src|build\/Release\/(obj|test_extension))|\/build\/Release\/obj\.target|\/\.cache/;

/** The first file system: busybox, the modules, and the script that mounts the disks. */
export function makeInitramfs(folder: string, { modules }: Kernel, initScript: string): string {
  const root = join(folder, 'initramfs');
  for (const name of ['bin', 'modules', 'system', 'proc', 'sys', 'dev'])
    mkdirSync(join(root, name), { recursive: true });
  copyFileSync(BUSYBOX, join(root, 'bin', 'busybox'));
  for (const file of modules) copyFileSync(file, join(root, 'modules', basename(file)));
  writeFileSync(join(root, 'modules', 'order'), `${modules.map((file) => basename(file)).join('\n')}\n`);
  copyFileSync(initScript, join(root, 'init'));
  chmodSync(join(root, 'init'), 0o755);
  const path = join(folder, 'initramfs.cpio');
  execFileSync('sh', ['-c', `cd '${root}' && find . | cpio -o -H newc --quiet >'${path}'`]);
  rmSync(root, { recursive: true });
  return path;
}

/**
 * The disk that the guest only reads: this machine's node with its libraries, the project's packages, a build, and more.
 * @param dist the build to run
 * @param files further files, by their path in the guest
 */
export function makeSystemDisk(
  folder: string,
  project: string,
  dist: string,
  files: Readonly<Record<string, string>>,
): string {
  const root = join(folder, 'system');
  for (const name of MOUNT_POINTS) mkdirSync(join(root, name), { recursive: true });
  copyFileSync(BUSYBOX, join(root, 'bin', 'busybox'));
  for (const file of [process.execPath, ...librariesOf(process.execPath)]) copyInto(root, file);
  copyFileSync(process.execPath, join(root, 'bin', 'node'));
  rmSync(join(root, process.execPath));
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
  };
  for (const [path, { dev, optional }] of Object.entries(lock.packages)) {
    if (path === '' || dev === true || path.includes('/node_modules/', 'node_modules/'.length)) continue;
    const into = join(root, 'app', path);
    try {
      cpSync(join(project, path), into, {
        recursive: true,
        dereference: true,
        filter: (file) => !NOT_NEEDED.test(file),
      });
    } catch (thrown) {
      // Packages of other machines are on the list and not on the disk.
      if (optional !== true) throw thrown;
    }
  }
  copyFileSync(join(project, 'package.json'), join(root, 'app', 'package.json'));
  cpSync(dist, join(root, 'app', 'dist'), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const disk = makeDisk(join(folder, 'system.ext4'), SYSTEM_MIB, root);
  rmSync(root, { recursive: true });
  return disk;
}

/** An ext4 file system in a file, with the content of `root`. */
export function makeDisk(path: string, mib: number, root: string): string {
  rmSync(path, { force: true });
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-E', 'root_owner=0:0', '-d', root, path, `${mib}M`], {
    env: TOOL_ENV,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return path;
}

/** The script of the guest's first process. */
export const initScript = (project: string): string => join(project, 'test', 'guest', 'init.sh');

function librariesOf(program: string): readonly string[] {
  return execFileSync('ldd', [program], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
}

function copyInto(root: string, file: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  copyFileSync(file, join(root, file));
}
