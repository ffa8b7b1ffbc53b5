import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Issuers } from './samples.ts';

/** npm runs a script in the folder of its package.json. */
const PROJECT = process.cwd();
const CLI = join(PROJECT, 'dist', 'cli.js');

/** A kiosk that has not started: its data on the disk of the project, its trust, its hardware. */
export interface KioskSite {
  readonly folder: string;
  readonly data: string;
  /** The scanner's device file: a link that stands where a pseudo terminal is opened. */
  readonly scanner: string;
  /** The named pipe of the simulated signal. */
  readonly acks: string;
  /** `node`'s own arguments and those of the program, as systemd/munjigi.service gives them. */
  readonly command: readonly string[];
  remove(): void;
}

export function makeKioskSite({ keySets }: Issuers): KioskSite {
  const cache = join(PROJECT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'munjigi-bench-'));
  const [data, scanner, acks, hardware] = ['data', 'scanner', 'acks', 'hardware.yaml'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  execFileSync('mkfifo', [acks]);
  writeFileSync(
    hardware,
    [
      'board: generic',
      `scanner: {driver: serial, path: ${scanner}}`,
      `signal: {driver: simulated, path: ${acks}}`,
      'printer: {driver: none}',
      '',
    ].join('\n'),
  );
  const files = keySets.map((keySet, index) => {
    const path = join(folder, `keys-${index}.json`);
    writeFileSync(path, keySet);
    return path;
  });
  execFileSync(process.execPath, [CLI, 'trust', 'import', '--unsigned', ...files, '--data', data], { stdio: 'pipe' });
  return {
    folder,
    data,
    scanner,
    acks,
    command: [...serviceOptions(), CLI, 'run', '--hardware', hardware, '--data', data, '--port', '0'],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What the service gives to `node` before the program's name. */
function serviceOptions(): readonly string[] {
  const unit = readFileSync(resolve(PROJECT, 'systemd', 'munjigi.service'), 'utf8');
  const options = /^ExecStart=\S*node (.*?) ?\S*cli\.js /m.exec(unit)?.[1];
  if (options === undefined) throw new Error('systemd/munjigi.service does not start node');
  return options.split(' ').filter((option) => option !== '');
}
