import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** True where zbarimg reads codes; a test that needs it names the package zbar-tools when it is skipped. */
export const hasZbar: boolean = spawnSync('zbarimg', ['--version']).status === 0;

/** What a picture's code says to a program that is not ours. */
export function readCode(png: Buffer, folder: string): string {
  const file = join(folder, 'code.png');
  writeFileSync(file, png);
  const { stdout } = spawnSync('zbarimg', ['--nodbus', '-q', '--raw', file], { encoding: 'latin1' });
  return stdout.trimEnd();
}
