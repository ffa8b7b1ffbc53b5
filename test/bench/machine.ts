import { statfsSync } from 'node:fs';
import { arch, cpus, loadavg, release, type } from 'node:os';

const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  2435016766: 'btrfs',
  1481003842: 'xfs',
  4076150800: 'f2fs',
  2035054128: 'overlayfs',
  16914836: 'tmpfs (memory: its syncs cost nothing)',
};

/** What the figures hold for: Node, processor, load (1, 5, 15 minutes), and the file system under the journal. */
export function machineLine(folder: string): string {
  const [first] = cpus();
  const kind = statfsSync(folder).type;
  const load = loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');
  return [
    `node ${process.version}`,
    `${type()} ${release()} ${arch()}`,
    `${cpus().length} x ${first?.model.trim() ?? 'unknown processor'}`,
    `load ${load}`,
    `journal on ${FILE_SYSTEMS[kind] ?? `file system 0x${kind.toString(16)}`}`,
  ].join(', ');
}
