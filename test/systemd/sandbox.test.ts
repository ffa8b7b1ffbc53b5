import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';

const PROJECT = realpathSync(join(import.meta.dirname, '../..'));
const SCRIPT = join(import.meta.dirname, 'boot.sh');
const BOOT_TIMEOUT_MS = 40_000;

const OVERLAY_CHECK =
  'mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w /mnt/r && mount -t overlay o -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r';
const reason = ((): string | null => {
  if (process.getuid?.() !== 0) return 'needs root';
  if (!existsSync('/lib/systemd/systemd')) return 'needs /lib/systemd/systemd: install the package systemd';
  if (spawnSync('ip', ['-V']).status !== 0) return 'needs ip: install the package iproute2';
  const overlay = spawnSync('unshare', ['--mount', '--pid', '--fork', '--cgroup', 'sh', '-c', OVERLAY_CHECK]);
  return overlay.status === 0 ? null : 'needs a kernel that lets root mount an overlay in a namespace';
})();

const running: { readonly child: ChildProcess; readonly work: string }[] = [];

/** Boots systemd around munjigi.service with `lines` added to it; answers the folder where the probe leaves its findings. */
function boot(lines: readonly string[]): string {
  const work = mkdtempSync(join(tmpdir(), 'munjigi-systemd-'));
  mkdirSync(join(work, 'state'));
  const exec = '/usr/bin/node --max-semi-space-size=1 --max-old-space-size=128 /opt/munjigi/test/systemd/probe.mjs';
  const dropIn = ['[Service]', 'ExecStart=', `ExecStart=${exec}`, 'WatchdogSec=2', ...lines, ''].join('\n');
  writeFileSync(join(work, 'drop-in.conf'), dropIn);
  const node = realpathSync(process.execPath);
  const child = spawn('unshare', ['--mount', 'sh', SCRIPT, 'start', PROJECT, work, node], { stdio: 'ignore' });
  running.push({ child, work });
  return join(work, 'state');
}

async function finding(state: string, name: string): Promise<string> {
  const path = join(state, name);
  await expect.poll(() => existsSync(path), { timeout: BOOT_TIMEOUT_MS / 2, message: `${name} is written` }).toBe(true);
  return readFileSync(path, 'utf8');
}

afterEach(async () => {
  for (const { child, work } of running.splice(0)) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const clean = () => spawnSync('unshare', ['--mount', 'sh', SCRIPT, 'clean', PROJECT, work, '']).status;
    await expect.poll(clean, { timeout: 5_000, message: 'no control group is left' }).toBe(0);
    rmSync(work, { recursive: true, force: true });
  }
});

describe.skipIf(reason !== null)(`munjigi.service under a real systemd${reason === null ? '' : ` (${reason})`}`, () => {
  test(
    'the kiosk reaches its lines, its journal and its page, and nothing else; the relay falls however it ends',
    async () => {
      const state = boot([]);
      expect(JSON.parse(await finding(state, 'first'))).toEqual({
        export: 'ok',
        onoff: '1',
        otherSysfs: 'EROFS',
        otherDevice: 'EPERM',
        configuration: 'EROFS',
        program: 'EROFS',
        network: 'silence',
        page: 'page',
        journal: 'ok',
        drawing: 8,
        worker: 'ok',
        bootId: 36,
        otherProcesses: 'hidden',
        capabilities: '0000000000000000',
      });
      expect(await finding(state, 'second'), 'the guard switched off when the watchdog bit').toBe('0');
      expect(readFileSync(join(state, 'guard'), 'utf8')).toBe('SIGTERM');
      expect(await finding(state, 'third'), 'outputs-safe.sh switched off after a SIGKILL').toBe('0');
    },
    BOOT_TIMEOUT_MS,
  );

  test(
    'each of these lines of the unit is what makes the difference',
    async () => {
      const state = boot(['ReadWritePaths=', 'DeviceAllow=/dev/other rw', 'IPAddressAllow=192.0.2.1', 'ExecStopPost=']);
      expect(JSON.parse(await finding(state, 'first'))).toMatchObject({
        export: 'EROFS',
        onoff: 'EROFS',
        otherDevice: 'ok',
        network: 'ECONNREFUSED',
      });
    },
    BOOT_TIMEOUT_MS,
  );
});
